// The decoder as a service: what the verbs of this package use, and what another platform may replace.
import { Context, Effect, Layer, Stream } from "effect"
import type { Scope } from "effect"
import type { VideoInput } from "../bytes/byte-source.ts"
import type { VideoError } from "../errors.ts"
import type { Frame, FramesOptions } from "../sampling/frame.ts"
import type { Selection } from "../sampling/selection.ts"
import { toVideoError } from "./error-data.ts"
import { type OpenOptions, openVideo, type OpenVideo, sampleFrames } from "./open-video.ts"

/** What a decoder does: opens videos, and shows frames of those that are open. */
export interface DecoderShape {
  /** Opens a video for as long as the scope lasts. Fails with a typed error; nothing stays open then. */
  readonly open: (input: VideoInput, options?: OpenOptions) => Effect.Effect<OpenVideo, VideoError, Scope.Scope>
  /** The frames of a selection, decoded as they are taken; the stream's end frees all that decoding holds. */
  readonly frames: (video: OpenVideo, selection: Selection, options: FramesOptions) => Stream.Stream<Frame, VideoError>
}

/** Opens a video; if the signal aborts meanwhile, it is closed again. */
const openUnless = async (signal: AbortSignal, input: VideoInput, options: OpenOptions): Promise<OpenVideo> => {
  const video = await openVideo(input, { signal, ...options })
  if (!signal.aborted) return video
  await video.close()
  throw signal.reason
}

const decoderWith = (defaults: OpenOptions): DecoderShape => ({
  open: Effect.fn("video.open")((input: VideoInput, options: OpenOptions = {}) =>
    Effect.acquireRelease(
      Effect.tryPromise({
        try: (signal) => openUnless(signal, input, { ...defaults, ...options }),
        catch: toVideoError
      }),
      (video) => Effect.promise(() => video.close()),
      { interruptible: true } // a server may never answer
    )
  ),
  frames: (video, selection, options) =>
    Stream.suspend(() => Stream.fromAsyncIterable(sampleFrames(video, selection, options), toVideoError))
})

/**
 * The platform's decoder: a child process in Node, WebCodecs in browsers; mediabunny reads the containers on both.
 */
export const platformDecoder: DecoderShape = decoderWith({})

/**
 * Decodes video. Give another layer to `video({ decoder })`.
 *
 * `layer` is the platform's own: in Node a child process that is killed if a file makes it hang or take too much memory, in
 * browsers WebCodecs. `layerInProcess` decodes in this process, for programs that are such a child process themselves.
 */
export class Decoder extends Context.Service<Decoder, DecoderShape>()("@sightline/plugin-video/Decoder") {
  static readonly layer = Layer.succeed(Decoder, platformDecoder)
  static readonly layerInProcess = Layer.succeed(Decoder, decoderWith({ isolate: false }))
}
