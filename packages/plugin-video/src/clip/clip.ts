// A video in a chain: where its bytes are, and which of its frames are wanted.
import { Media, type MediaFacts, type MediaInput, toMedia } from "@sightline/core/plugin"
import type { VideoInput } from "../bytes/byte-source.ts"
import type { DecoderShape } from "../decoder/decoder.ts"
import { VideoSourceError } from "../errors.ts"
import type { ChoiceSpec } from "../sampling/choose.ts"
import { type FrameTimes, sampleBounds, type Selection } from "../sampling/selection.ts"

/** Which frames are wanted. Times are milliseconds from the first frame; `toMs` is Infinity for the end. */
export interface Wish {
  readonly pick: "every" | "keyframes" | "scenes"
  readonly everyMs: number
  /** Where in its step a frame is taken; as the plugin's options say where nothing is said. */
  readonly frameTimes?: FrameTimes
  readonly fromMs: number
  readonly toMs: number
  readonly threshold?: number
  readonly similarBound?: number
  readonly track?: number
}

/** One frame a second, from start to end. */
export const everySecond: Wish = { pick: "every", everyMs: sampleBounds.default, fromMs: 0, toMs: Infinity }

/** A video medium that remembers which of its frames are wanted. */
export class Clip extends Media<"video"> {
  readonly wish: Wish
  /** The decoder of the app it belongs to; undefined for the default one. */
  readonly decoder: DecoderShape | undefined
  constructor(source: Media["source"], facts: MediaFacts, wish: Wish, decoder: DecoderShape | undefined) {
    super("video", source, facts)
    this.wish = wish
    this.decoder = decoder
  }
  override with(facts: MediaFacts, source: Media["source"] = this.source): Clip {
    return new Clip(source, { ...this.facts, ...facts }, this.wish, this.decoder)
  }
  /** The same video with other frames wanted. */
  wanting(wish: Partial<Wish>): Clip {
    return new Clip(this.source, this.facts, { ...this.wish, ...wish }, this.decoder)
  }
}

/** A video from whatever the caller has. */
export const toClip = (
  input: MediaInput,
  facts: MediaFacts = {},
  wish: Partial<Wish> = {},
  decoder?: DecoderShape
): Clip => {
  const media = toMedia("video", input, facts)
  if (media instanceof Clip) return media.wanting(wish)
  return new Clip(media.source, media.facts, { ...everySecond, ...wish }, decoder)
}

/** Where the decoder finds a clip's bytes. */
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
      throw new VideoSourceError({ from: `a medium of ${source.from}`, detail: "it holds no video" })
  }
}

/** What the decoder is asked for. */
export const selectionOf = ({ everyMs, fromMs, pick, toMs, ...wish }: Wish, usual: FrameTimes): Selection => {
  if (pick === "keyframes") return { kind: "keyframes", fromMs, toMs }
  return pick === "scenes"
    ? { kind: "all", fromMs, toMs }
    : { kind: "every", everyMs, fromMs, toMs, frameTimes: wish.frameTimes ?? usual }
}

/** Which of the decoded pictures are kept; undefined for all. */
export const choiceOf = ({ pick, similarBound, threshold }: Wish): ChoiceSpec | undefined => {
  if (pick === "scenes") return { kind: "scenes", ...(threshold === undefined ? {} : { threshold }) }
  return similarBound === undefined ? undefined : { kind: "different", bound: similarBound }
}
