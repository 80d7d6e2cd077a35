/** The part that must see pixels: decode, turn, make smaller, encode. A service, so that anybody can bring another. */
import { Context, Effect, Layer } from "effect"
import { type ImageError, ImageUndecodable } from "../errors.ts"
import type { ImageFormat } from "../format.ts"
import type { Orientation } from "../orientation.ts"
import { renderWithCanvas, hasCanvas } from "./canvas.ts"
import { renderWithSharp } from "./sharp.ts"

/** What a picture is encoded as. `quality` is 1 to 100 on libjpeg's scale. */
export type Encoding =
  | { readonly format: "jpeg"; readonly quality: number; readonly chroma: "4:4:4" | "4:2:0" }
  | { readonly format: "png" }
  | { readonly format: "webp"; readonly lossless: boolean; readonly quality: number }
  | { readonly format: "gif" }

/** One job for a codec. */
export interface RenderJob {
  /** A whole file, already without metadata; turns that its container states are for the decoder to make. */
  readonly bytes: Uint8Array
  readonly format: ImageFormat
  /** The EXIF orientation to undo, after the container's own turns. */
  readonly orientation: Orientation
  /** The longest side allowed, in pixels; smaller pictures are not enlarged. */
  readonly maxSide?: number
  readonly encoding: Encoding
  /** Keep the embedded profile and the pixel values; otherwise convert to sRGB and drop it. */
  readonly keepIcc: boolean
  readonly animated: boolean
  /** Refuse to decode more pixels than this. */
  readonly maxPixels: number
}

/** What a codec answers: an encoded file and its size in pixels. */
export interface Rendered {
  readonly bytes: Uint8Array
  readonly width: number
  readonly height: number
}

/**
 * Decodes, turns, scales and encodes.
 *
 * Replace it to decode what the default cannot (HEIC through libheif, say): `exif({ codec: Layer.succeed(PixelCodec, …) })`.
 * Fails with `ImageUndecodable` where the format is beyond it, with `ImageBroken` where the file is at fault.
 */
export class PixelCodec extends Context.Service<
  PixelCodec,
  {
    readonly name: string
    readonly render: (job: RenderJob) => Effect.Effect<Rendered, ImageError>
  }
>()("@sightline/plugin-exif/PixelCodec") {
  /** libvips through sharp: Node, Bun and Deno. */
  static readonly layerSharp = Layer.succeed(PixelCodec, { name: "sharp", render: renderWithSharp })

  /** `createImageBitmap` and `OffscreenCanvas`: browsers and their workers. */
  static readonly layerCanvas = Layer.succeed(PixelCodec, { name: "canvas", render: renderWithCanvas })

  /** A codec that refuses: byte-level work only. */
  static readonly layerNone = Layer.succeed(PixelCodec, {
    name: "none",
    render: ({ format }) => Effect.fail(new ImageUndecodable({ format, detail: "no pixel codec is installed" }))
  })

  /** Canvas where the runtime has one, else sharp, which is loaded when it is first needed. */
  static readonly layer = Layer.unwrap(
    Effect.sync(() => (hasCanvas() ? PixelCodec.layerCanvas : PixelCodec.layerSharp))
  )
}
