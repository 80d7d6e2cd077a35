// Options of the plugin, with what holds where nothing is said.
import type { Layer } from "effect"
import { defaultQuality } from "./decoder/decode-frames.ts"
import type { Decoder } from "./decoder/decoder.ts"
import type { Progress } from "./sampling/progress.ts"
import type { FrameTimes } from "./sampling/selection.ts"
import { defaultPartBytes } from "./split/split-video.ts"

/** How a video is predicted: sent to the service, or decoded here and sent as images. */
export type PredictWay = "auto" | "remote" | "local"

/**
 * Options of `video()`.
 *
 * `predict`: `auto` sends the video whole, or in parts where it passes the connection's limits, and decodes here what
 * the service cannot do (`between`, `keyframes`, `scenes`, `skipSimilar`, a video that cannot be cut) or, with an engine
 * in this process, has no reason to get whole. A function decides for each model. `partBytes`: the size at which a part is
 * full; it is larger only where key pictures are further apart. `fetchUrls`: read videos given by URL here, by ranges,
 * and cut those over the limits; else a URL is predicted as it is, whatever its length (verbs that need frames here, such
 * as `between` and `frames`, read it all the same). Choose that for URLs you trust: this program can reach what it can.
 * `frameTimes`: where in its step a frame that is decoded here is taken, at its `start` (default) or in its `middle`, as
 * the service does with videos that it gets whole or in parts.
 * `quality` (1..100) and `maxSide` (pixels) are of the images that frames become. `onProgress` is told of each frame
 * that is decoded here, or answered of a video that is sent in parts.
 */
export interface VideoOptions {
  readonly predict?: PredictWay | ((model: string) => PredictWay)
  readonly partBytes?: number
  readonly fetchUrls?: boolean
  readonly frameTimes?: FrameTimes
  /** Whether clips are sent without their metadata. @default true */
  readonly strip?: boolean
  readonly quality?: number
  readonly maxSide?: number
  readonly maxPixels?: number
  readonly fetch?: typeof globalThis.fetch
  readonly decoder?: Layer.Layer<Decoder>
  readonly onProgress?: (progress: Progress) => void
}

/** The options with their defaults. */
export const settingsOf = (options: VideoOptions) => ({
  predict: options.predict ?? "auto",
  partBytes: options.partBytes ?? defaultPartBytes,
  fetchUrls: options.fetchUrls ?? false,
  frameTimes: options.frameTimes ?? "start",
  strip: options.strip ?? true,
  render: {
    form: "jpeg",
    quality: options.quality ?? defaultQuality,
    ...(options.maxSide === undefined ? {} : { maxSide: options.maxSide })
  } as const,
  open: {
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
    ...(options.maxPixels === undefined ? {} : { maxPixels: options.maxPixels })
  },
  onProgress: options.onProgress
})

/** The plugin's settings as its parts use them. */
export type Settings = ReturnType<typeof settingsOf>
