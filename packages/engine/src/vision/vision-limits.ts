/** How much one picture may cost. Every decoder of the engine obeys these. */

/** Limits for one picture. */
export interface VisionLimits {
  /** Most bytes of the encoded picture. */
  readonly maxBytes: number
  /** Most pixels (width × height) its header may declare. */
  readonly maxPixels: number
  /** Most work for decoding and describing it, in milliseconds: waits for a free process or a processor do not count. */
  readonly timeoutMs: number
  /** Most memory a decoding process may add while it works on one picture, in MiB. */
  readonly memoryMiB: number
  /** Whether SVG (a program more than a picture) is rendered. Off unless asked for. */
  readonly allowSvg: boolean
}

/** 20 MiB and 85 megapixels as the Clarifai service takes them; 3.5 seconds; 256 MiB; no SVG. */
export const defaultVisionLimits: VisionLimits = {
  maxBytes: 20 * 2 ** 20,
  maxPixels: 85_000_000,
  timeoutMs: 3500,
  memoryMiB: 256,
  allowSvg: false
}
