/**
 * Folder `vision/decoding`: decoding of images with sharp in separate processes, within limits. This file: limits on the
 * decoding of one image.
 */

/** Limits for one image. */
export interface VisionLimits {
  /** Most bytes of the encoded image. */
  readonly maxBytes: number
  /** Most pixels (width × height) that its header may declare. */
  readonly maxPixels: number
  /** Most work for decoding and embedding it, in milliseconds. Waiting for a process or a processor does not count. */
  readonly timeoutMs: number
  /** Most memory that a decoding process may add for one image, in MiB. */
  readonly memoryMiB: number
  /** Whether SVG (more a program than an image) is rendered. @default false */
  readonly allowSvg: boolean
}

/** 20 MiB and 85 megapixels, as the Clarifai service accepts them; 3.5 seconds; 256 MiB; no SVG. */
export const defaultVisionLimits: VisionLimits = {
  maxBytes: 20 * 2 ** 20,
  maxPixels: 85_000_000,
  timeoutMs: 3500,
  memoryMiB: 256,
  allowSvg: false
}
