/** What the engine and the process that decodes a video say to each other. */

/** A video and how it is to be looked at. Times and lengths are milliseconds. */
export interface ClipJob {
  readonly bytes: Uint8Array
  readonly sampleMs: number
  /** How far into its interval each frame is taken. */
  readonly offsetMs: number
  readonly maxMs: number
  readonly maxFrames: number
  readonly maxPixels: number
  readonly maxMemoryMiB: number
}

/** `open` says how many frames will come; each frame is answered with `next`. `loaded` says that work on it begins. */
export type ClipReply =
  | { readonly kind: "open"; readonly frames: number; readonly endMs: number }
  | { readonly kind: "loaded" }
  | { readonly kind: "frame"; readonly index: number; readonly timeMs: number; readonly jpeg: Uint8Array }
  | { readonly kind: "end"; readonly note: string }
  | { readonly kind: "missing" }
  | { readonly kind: "refused"; readonly code: number; readonly details: string }
