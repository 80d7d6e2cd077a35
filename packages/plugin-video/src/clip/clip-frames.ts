// The frames of a clip in a chain, decoded as they are taken, as image media.
import { Media } from "@sightline/core/plugin"
import { Effect, Result, Stream } from "effect"
import { choiceOf, type Clip, inputOf, selectionOf } from "./clip.ts"
import { type DecoderShape, platformDecoder } from "../decoder/decoder.ts"
import { toVideoError } from "../decoder/error-data.ts"
import type { VideoError } from "../errors.ts"
import type { OpenVideo } from "../decoder/open-video.ts"
import type { Frame, FramesOptions } from "../sampling/frame.ts"
import type { Selection } from "../sampling/selection.ts"
import type { Settings } from "../settings.ts"

/** The decoder of a clip. */
export const decoderOf = (clip: Clip): DecoderShape => clip.decoder ?? platformDecoder

/** Opens a clip for as long as a stream lasts. `otherwise` may replace the stream of a clip that cannot be opened. */
export const whileOpen = <A, E>(
  clip: Clip,
  settings: Settings,
  use: (video: OpenVideo, decoder: DecoderShape) => Stream.Stream<A, E>,
  otherwise: (error: VideoError) => Stream.Stream<A, E | VideoError> = Stream.fail
): Stream.Stream<A, E | VideoError> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const input = yield* Effect.try({ try: () => inputOf(clip), catch: toVideoError })
      const { track } = clip.request
      const decoder = decoderOf(clip)
      const opened = yield* Effect.result(
        decoder.open(input, { ...settings.open, ...(track === undefined ? {} : { track }) })
      )
      return Result.isSuccess(opened) ? use(opened.success, decoder) : otherwise(opened.failure)
    })
  )

const framesOptions = (clip: Clip, settings: Settings): FramesOptions => {
  const choose = choiceOf(clip.request)
  return {
    render: settings.render,
    ...(choose === undefined ? {} : { choose }),
    ...(settings.onProgress === undefined ? {} : { onProgress: settings.onProgress })
  }
}

/** The frames that a clip's request asks for. */
export const framesOf = (clip: Clip, settings: Settings): Stream.Stream<Frame, VideoError> =>
  whileOpen(clip, settings, (video, decoder) =>
    decoder.frames(video, selectionOf(clip.request, settings.frameTimes), framesOptions(clip, settings))
  )

/** A few frames, evenly spaced, each in the middle of its share of the clip; at most `maxSide` pixels on a side. */
export const thumbnailsOf = (
  clip: Clip,
  settings: Settings,
  { count, maxSide }: { readonly count: number; readonly maxSide: number }
): Stream.Stream<Frame, VideoError> =>
  whileOpen(clip, settings, (video, decoder) =>
    Stream.unwrap(
      Effect.map(Effect.tryPromise({ try: () => video.track.endUs(), catch: toVideoError }), (endUs) => {
        const fromMs = clip.request.fromMs
        const lengthMs = Math.max(0, Math.min(clip.request.toMs, endUs / 1000) - fromMs)
        const timesMs = Array.from({ length: count }, (_, i) => Math.floor(fromMs + ((i + 0.5) * lengthMs) / count))
        const selection: Selection = { kind: "at", timesMs }
        return decoder.frames(video, selection, { render: { ...settings.render, maxSide } })
      })
    )
  )

/** A frame as an image medium; `facts.timeMs` is its time in the clip. */
export const toImage = (clip: Clip, { bytes, height, timeMs, width }: Frame): Media<"image"> =>
  new Media(
    "image",
    { from: "bytes", bytes },
    {
      ...(clip.facts.key === undefined ? {} : { key: `${clip.facts.key}@${timeMs}` }),
      name: `${clip.facts.name ?? "video"} at ${timeMs} ms`,
      contentType: "image/jpeg",
      sizeBytes: bytes.byteLength,
      reference: { original: { width, height }, steps: [] },
      timeMs
    }
  )
