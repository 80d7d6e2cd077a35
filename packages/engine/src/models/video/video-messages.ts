/** Messages between the engine and a process that decodes videos and sounds. */

/** A video and how it is sampled. Times and lengths are milliseconds. */
export interface VideoJob {
  readonly bytes: Uint8Array
  readonly sampleMs: number
  /** How far into its interval each frame is taken. */
  readonly offsetMs: number
  readonly maxMs: number
  readonly maxFrames: number
  readonly maxPixels: number
  readonly maxMemoryMiB: number
}

/** A recording, or a video whose sound is wanted: mono samples at this rate. */
export interface SoundJob {
  readonly sound: Uint8Array
  readonly sampleRate: number
  readonly maxMs: number
  readonly maxMemoryMiB: number
}

/** What the engine sends: a video, a recording, or that it has taken the last frame. */
export type VideoOrder = VideoJob | SoundJob | "next"

/**
 * What the process sends. `ready`: its program has started. `loaded`: work on the video begins. `open`: how many frames will come. Each `frame` is answered
 * with `next`. `missing`: the plugin that decodes is not installed.
 */
export type VideoReply =
  | { readonly kind: "ready" }
  | { readonly kind: "loaded" }
  | { readonly kind: "open"; readonly frames: number; readonly endMs: number }
  | { readonly kind: "frame"; readonly index: number; readonly timeMs: number; readonly jpeg: Uint8Array }
  | { readonly kind: "sound"; readonly samples: Float32Array }
  | { readonly kind: "end"; readonly note: string }
  | { readonly kind: "missing" }
  | { readonly kind: "refused"; readonly code: number; readonly details: string }
