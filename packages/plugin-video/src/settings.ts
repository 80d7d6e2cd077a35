// Options of the plugin, with their defaults.
import type { Layer } from "effect"
import { defaultQuality } from "./decoder/decode-frames.ts"
import type { Decoder } from "./decoder/decoder.ts"
import type { Progress } from "./sampling/progress.ts"
import type { FrameTimes } from "./sampling/selection.ts"
import { defaultPartBytes } from "./split/split-video.ts"

/** How a video is predicted: sent to the service, or decoded here and sent as images. */
export type PredictWay = "auto" | "remote" | "local"

/** Options of `video()`. */
export interface VideoOptions {
  /**
   * How clips are predicted; a function decides for each model. `remote` sends them whole, or in parts if they are over the
   * connection's limits. `local` decodes them here and sends frames as images. `auto` is `remote`, but decodes here what the
   * service cannot do (`between`, `keyframes`, `scenes`, `skipSimilar`, a clip that cannot be split) and all clips for an
   * engine in this process.
   *
   * @default "auto"
   */
  readonly predict?: PredictWay | ((model: string) => PredictWay)
  /** The size at which a part is full, in bytes. It is larger only where key pictures are further apart. @default 4 MiB */
  readonly partBytes?: number
  /**
   * Whether clips given by URL are read here, by ranges, to split those over the limits. Otherwise a URL is predicted as it
   * is, whatever its length. Verbs that need frames here, such as `between` and `frames`, read it in either case.
   *
   * @default false
   */
  readonly fetchUrls?: boolean
  /** Whether URLs that are read here may be at addresses that are not public. @default false */
  readonly allowPrivate?: boolean
  /** Sends the requests for URLs that are read here. @default in Node one that reaches public addresses only */
  readonly fetch?: typeof globalThis.fetch
  /**
   * Where in its step a frame that is decoded here is taken: at its `start`, or in its `middle` as the service does with
   * clips that it gets whole or in parts.
   *
   * @default "start"
   */
  readonly frameTimes?: FrameTimes
  /**
   * Whether clips are sent without their metadata: position, camera, software, dates, names, and tracks other than pictures
   * and sound. Pictures and sound stay as they are.
   *
   * @default true
   */
  readonly strip?: boolean
  /** JPEG quality of frames, 1..100. @default 90 */
  readonly quality?: number
  /** The longer side of frames in pixels at most. @default the size of the clip */
  readonly maxSide?: number
  /** The largest picture that is decoded, in pixels. @default 134,217,728 */
  readonly maxPixels?: number
  /** Memory in MiB that the decoder process may take for a clip. @default 512 */
  readonly memoryMiB?: number
  /** Another decoder. @default `Decoder.layer` */
  readonly decoder?: Layer.Layer<Decoder>
  /** Called for each frame that is decoded here, or answered of a clip that is sent in parts. */
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
    ...(options.allowPrivate === undefined ? {} : { allowPrivate: options.allowPrivate }),
    ...(options.memoryMiB === undefined ? {} : { memoryMiB: options.memoryMiB }),
    ...(options.maxPixels === undefined ? {} : { maxPixels: options.maxPixels })
  },
  onProgress: options.onProgress
})

/** The plugin's settings as its parts use them. */
export type Settings = ReturnType<typeof settingsOf>
