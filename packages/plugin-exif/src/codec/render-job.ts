/** Decoding and encoding of pixels, by sharp, the canvas, or a codec of the caller. This file: what a codec is asked. */
import type { Effect } from "effect"
import type { ImageError } from "../errors.ts"
import type { ImageFormat } from "../image/image-format.ts"
import type { Orientation } from "../image/orientation.ts"

/** What a picture is encoded as. `quality` is 1 to 100 on libjpeg's scale (WebP: on libwebp's). */
export type Encoding =
  | { readonly format: "jpeg"; readonly quality: number; readonly chroma: "4:4:4" | "4:2:0" }
  | { readonly format: "png" }
  | { readonly format: "webp"; readonly lossless: boolean; readonly quality: number }
  | { readonly format: "gif" }

/** One picture to decode, turn, make smaller and encode. */
export interface RenderJob {
  /**
   * A whole file without metadata that decoders act on. Turns that its container states (`irot`, `imir`) are for the
   * decoder to make.
   */
  readonly bytes: Uint8Array
  readonly format: ImageFormat
  /** The EXIF orientation to undo, after the container's turns. */
  readonly orientation: Orientation
  /** The longest side allowed, in pixels. Smaller pictures are not enlarged. */
  readonly maxSide?: number
  readonly encoding: Encoding
  /** True to keep the embedded profile and the pixel values; false to convert to sRGB and drop the profile. */
  readonly keepIcc: boolean
  /** True to keep all frames. */
  readonly animated: boolean
  /** The most pixels to decode. */
  readonly maxPixels: number
}

/** An encoded file and its size in pixels. */
export interface Rendered {
  readonly bytes: Uint8Array
  readonly width: number
  readonly height: number
}

/** Decodes, turns, scales and encodes pictures. */
export interface Codec {
  /** Shown in spans. */
  readonly name: string
  /**
   * Fails with `ImageUndecodable` when the codec does not read the format, with `ImageBroken` when the file is corrupt,
   * and with `ImageTooLarge` over `maxPixels`.
   */
  readonly render: (job: RenderJob) => Effect.Effect<Rendered, ImageError>
}
