// The decoder as a service: what the verbs of this package stand on, and what another platform may replace.
import { Context, Effect, Layer, Stream } from "effect"
import type { Scope } from "effect"
import type { VideoInput } from "../bytes/byte-source.ts"
import { type OpenOptions, openVideo, type OpenVideo } from "./open-video.ts"
import { isVideoError, type VideoError, VideoUnsupported } from "../errors.ts"
import { type Frame, type FramesOptions, sampleFrames } from "../sampling/sample-frames.ts"
import type { Selection } from "../sampling/selection.ts"

/** Ours as they are; what a decoder throws beside them is told as a typed error too. */
export const toVideoError = (cause: unknown): VideoError =>
  isVideoError(cause)
    ? cause
    : new VideoUnsupported({
        reason: "not-a-video",
        detail: cause instanceof Error ? cause.message : "it cannot be read"
      })

/** What a decoder does: opens videos, and shows frames of those that are open. */
export interface DecoderShape {
  /** Opens a video for as long as the scope lasts. Fails with a typed error; nothing stays open then. */
  readonly open: (input: VideoInput, options?: OpenOptions) => Effect.Effect<OpenVideo, VideoError, Scope.Scope>
  /** The frames of a selection, decoded as they are taken; the stream's end frees all that decoding holds. */
  readonly frames: (video: OpenVideo, selection: Selection, options: FramesOptions) => Stream.Stream<Frame, VideoError>
}

/** Opens a video; one that is open only after everybody has left is closed again. */
const openUnless = async (signal: AbortSignal, input: VideoInput, options: OpenOptions): Promise<OpenVideo> => {
  const video = await openVideo(input, { signal, ...options })
  if (!signal.aborted) return video
  await video.close()
  throw signal.reason
}

/** libav in this process in Node, WebCodecs in browsers; mediabunny reads the containers on both. */
export const platformDecoder: DecoderShape = {
  open: Effect.fn("video.open")((input: VideoInput, options: OpenOptions = {}) =>
    Effect.acquireRelease(
      Effect.tryPromise({ try: (signal) => openUnless(signal, input, options), catch: toVideoError }),
      (video) => Effect.promise(() => video.close()),
      { interruptible: true } // a server may never answer
    )
  ),
  frames: (video, selection, options) =>
    Stream.suspend(() => Stream.fromAsyncIterable(sampleFrames(video, selection, options), toVideoError))
}

/**
 * Decodes video. `layer` is the platform's own: libav in Node (package node-av; no ffmpeg command), WebCodecs in
 * browsers. Give another to `video({ decoder })`.
 */
export class Decoder extends Context.Service<Decoder, DecoderShape>()("@sightline/plugin-video/Decoder") {
  static readonly layer = Layer.succeed(Decoder, platformDecoder)
}
