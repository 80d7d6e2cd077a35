// A video in a chain: where its bytes are, and which of its frames are requested.
import { Media, type MediaFacts, type MediaInput, toMedia } from "@sightline/core/plugin"
import type { VideoInput } from "../bytes/byte-source.ts"
import type { DecoderShape } from "../decoder/decoder.ts"
import { VideoSourceError } from "../errors.ts"
import type { ChoiceSpec } from "../sampling/choose.ts"
import { type FrameTimes, sampleBounds, type Selection } from "../sampling/selection.ts"

/** Which frames are requested. Times are milliseconds from the first frame; `toMs` is Infinity for the end. */
export interface FrameRequest {
  readonly pick: "every" | "keyframes" | "scenes"
  readonly everyMs: number
  /** Where in its step a frame is taken. @default the plugin's option */
  readonly frameTimes?: FrameTimes
  readonly fromMs: number
  readonly toMs: number
  readonly threshold?: number
  readonly similarBound?: number
  readonly track?: number
}

/** One frame a second, from start to end. */
export const everySecond: FrameRequest = { pick: "every", everyMs: sampleBounds.default, fromMs: 0, toMs: Infinity }

/** A video medium with a request for some of its frames. */
export class Clip extends Media<"video"> {
  readonly request: FrameRequest
  /** The decoder of the app it belongs to; undefined for the default one. */
  readonly decoder: DecoderShape | undefined
  constructor(source: Media["source"], facts: MediaFacts, request: FrameRequest, decoder: DecoderShape | undefined) {
    super("video", source, facts)
    this.request = request
    this.decoder = decoder
  }
  override with(facts: MediaFacts, source: Media["source"] = this.source): Clip {
    return new Clip(source, { ...this.facts, ...facts }, this.request, this.decoder)
  }
  /** The same video with another request. */
  withRequest(request: Partial<FrameRequest>): Clip {
    return new Clip(this.source, this.facts, { ...this.request, ...request }, this.decoder)
  }
}

/** A clip from any input. */
export const toClip = (
  input: MediaInput,
  facts: MediaFacts = {},
  request: Partial<FrameRequest> = {},
  decoder?: DecoderShape
): Clip => {
  const media = toMedia("video", input, facts)
  if (media instanceof Clip) return media.withRequest(request)
  return new Clip(media.source, media.facts, { ...everySecond, ...request }, decoder)
}

/** A clip's source as the decoder's input. */
export const inputOf = ({ source }: Media): VideoInput => {
  switch (source.from) {
    case "url":
      return source.url
    case "file":
      return { path: source.path }
    case "bytes":
      return source.bytes
    case "blob":
      return source.blob
    case "stream":
      return source.stream
    default:
      throw new VideoSourceError({ from: `a medium of ${source.from}`, detail: "it contains no video" })
  }
}

/** A request as the decoder's selection. */
export const selectionOf = (
  { everyMs, fromMs, pick, toMs, ...request }: FrameRequest,
  usual: FrameTimes
): Selection => {
  if (pick === "keyframes") return { kind: "keyframes", fromMs, toMs }
  return pick === "scenes"
    ? { kind: "all", fromMs, toMs }
    : { kind: "every", everyMs, fromMs, toMs, frameTimes: request.frameTimes ?? usual }
}

/** Which of the decoded pictures are kept; undefined for all. */
export const choiceOf = ({ pick, similarBound, threshold }: FrameRequest): ChoiceSpec | undefined => {
  if (pick === "scenes") return { kind: "scenes", ...(threshold === undefined ? {} : { threshold }) }
  return similarBound === undefined ? undefined : { kind: "different", bound: similarBound }
}
