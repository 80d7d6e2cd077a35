// Calls with frames of a clip that are decoded here and sent as images, many at once.
import { type SplitRequest, type DividedCall, Media } from "@sightline/core/plugin"
import { Effect, Stream } from "effect"
import { decoderOf, framesOf, toImage, whileOpen } from "../clip/clip-frames.ts"
import { type Clip, selectionOf } from "../clip/clip.ts"
import type { OpenVideo } from "../decoder/open-video.ts"
import { platformDecoder } from "../decoder/decoder.ts"
import { toVideoError } from "../decoder/error-data.ts"
import type { VideoError } from "../errors.ts"
import type { Frame } from "../sampling/frame.ts"
import type { Settings } from "../settings.ts"
import { releaseMemory, makeTimeline, type AppendFrame } from "./one-timeline.ts"

/** The calls that a clip is predicted with. */
export type Calls = Stream.Stream<DividedCall, VideoError>

/** What calls are made of: the clip, the plugin's settings, the prediction's options, and what collects the frames. */
export interface Work {
  readonly clip: Clip
  readonly settings: Settings
  readonly asked: SplitRequest
  readonly append: AppendFrame
}

/** Makes the calls of a clip as images. */
export type ImageCalls = (work: Work) => Calls

const note = "frames are decoded here and sent as images"

/** How many frames go in one call: estimated from their size in pixels, so that a plan need not decode. */
const framesPerCall = ({ track }: OpenVideo, { render }: Settings, { limits }: SplitRequest) => {
  const { height, width } = track.info
  const scale = Math.min(1, (render.maxSide ?? Infinity) / Math.max(width, height, 1))
  const estimatedBytes = Math.ceil(width * height * scale * scale * 0.25) + 1024
  const fitting = Math.floor((limits.targetBodyBytes * 0.75) / estimatedBytes)
  return { count: Math.max(1, Math.min(limits.inputsPerCall.image, 32, fitting)), estimatedBytes }
}

const imagesCall = (
  images: ReadonlyArray<Media>,
  timesMs: ReadonlyArray<number>,
  append: AppendFrame,
  answered: () => void = () => {}
): DividedCall => ({
  kind: "image",
  media: images,
  sampleMs: undefined,
  note,
  frames: (outputs) => {
    answered()
    return outputs.flatMap(({ data }, i) => append(timesMs[i] ?? 0, data))
  }
})

/** Groups of frames; those before a failure still make a call, and the failure follows it. */
const grouped = (
  frames: Stream.Stream<Frame, VideoError>,
  count: number
): Stream.Stream<ReadonlyArray<Frame>, VideoError> =>
  Stream.map(frames, (frame): Frame | VideoError => frame).pipe(
    Stream.catch((error) => Stream.succeed<Frame | VideoError>(error)),
    Stream.grouped(count),
    Stream.flatMap((group) => {
      const shown = group.filter((item): item is Frame => !(item instanceof Error))
      const error = group.find((item): item is VideoError => item instanceof Error)
      const before = shown.length === 0 ? Stream.empty : Stream.succeed(shown)
      return error === undefined ? before : Stream.concat(before, Stream.fail(error))
    })
  )

/** Calls with the frames of the clip, decoded as the calls are taken. */
export const asImages: ImageCalls = ({ asked, clip, append, settings }) =>
  whileOpen(clip, settings, (video) => {
    const { count } = framesPerCall(video, settings, asked)
    return Stream.map(grouped(framesOf(clip, settings), count), (frames) =>
      imagesCall(
        frames.map((frame) => toImage(clip, frame)),
        frames.map(({ timeMs }) => timeMs),
        append,
        // another decoder may still use the bytes that it gave
        () => {
          if (decoderOf(clip) !== platformDecoder) return
          // moments that share a picture share its bytes; those of the last may go on in the next call
          const last = frames.at(-1)?.bytes
          for (const bytes of new Set(frames.map((frame) => frame.bytes))) if (bytes !== last) releaseMemory(bytes)
        }
      )
    )
  })

/** How many frames a clip will give; undefined if it is known only after decoding. */
const countOf = async ({ clip, settings }: Work, video: OpenVideo): Promise<number | undefined> =>
  clip.request.pick === "scenes" || clip.request.similarBound !== undefined
    ? undefined
    : video.countFrames(selectionOf(clip.request, settings.frameTimes))

/** `total` in shares of `count`. A hostile length claims millions of them: never all at once. */
const shares = (total: number, count: number): Iterable<number> => ({
  *[Symbol.iterator]() {
    for (let at = 0; at < total; at += count) yield Math.min(count, total - at)
  }
})

/** The calls of {@link asImages} as a plan lists them: as many, with an estimated size. */
export const plannedImages: ImageCalls = (work) =>
  whileOpen(work.clip, work.settings, (video) =>
    Stream.unwrap(
      Effect.map(Effect.tryPromise({ try: () => countOf(work, video), catch: toVideoError }), (total): Calls => {
        if (total === undefined) return asImages(work)
        const { count, estimatedBytes } = framesPerCall(video, work.settings, work.asked)
        const blank = new Media("image", { from: "bytes", bytes: new Uint8Array(estimatedBytes) })
        return Stream.map(Stream.fromIterable(shares(total, count)), (images) =>
          imagesCall(
            Array.from({ length: images }, () => blank),
            [],
            makeTimeline()
          )
        )
      })
    )
  )
