/** The part that must see pixels: decode, turn, make smaller, encode. A service, so that anybody can bring another. */
import { Context, Effect, Layer } from "effect"
import { type ImageError, ImageUndecodable, isImageError } from "../errors.ts"
import type { ImageFormat } from "../image/image-format.ts"
import type { Orientation } from "../image/orientation.ts"
import { hasCanvas, renderWithCanvas } from "./canvas-codec.ts"
import { renderWithSharp } from "./sharp-codec.ts"

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

/** What decodes, turns, scales and encodes. Anybody can bring another, to decode HEIC through libheif, say. */
export interface Codec {
  /** For people and spans. */
  readonly name: string
  /** Fails with `ImageUndecodable` where the format is beyond it, with `ImageBroken` where the file is at fault. */
  readonly render: (job: RenderJob) => Effect.Effect<Rendered, ImageError>
}

/** libvips through sharp: Node, Bun and Deno. The module is loaded when it is first needed. */
export const sharpCodec: Codec = { name: "sharp", render: renderWithSharp }

/** `createImageBitmap` and `OffscreenCanvas`: browsers and their workers. */
export const canvasCodec: Codec = { name: "canvas", render: renderWithCanvas }

/** A codec that refuses, for byte-level work only. */
export const noCodec: Codec = {
  name: "none",
  render: ({ format }) => Effect.fail(new ImageUndecodable({ format, detail: "no pixel codec is installed" }))
}

/** Canvas where the runtime has one, else sharp. */
export const defaultCodec: Codec = {
  name: "default",
  render: (job) => (hasCanvas() ? canvasCodec : sharpCodec).render(job)
}

/**
 * A codec from a function that returns a Promise, for those who do not write Effects.
 *
 * What it rejects with becomes `ImageUndecodable`, unless it is one of this package's errors.
 */
export const codecFrom = (name: string, render: (job: RenderJob) => Promise<Rendered>): Codec => ({
  name,
  render: (job) =>
    Effect.tryPromise({
      try: () => render(job),
      catch: (cause): ImageError => {
        if (isImageError(cause)) return cause
        const detail = cause instanceof Error ? cause.message : `${name} refused it`
        return new ImageUndecodable({ format: job.format, detail })
      }
    })
})

/** The codec as a service; `exif({ codec })` replaces it. */
export class PixelCodec extends Context.Service<PixelCodec, Codec>()("@sightline/plugin-exif/PixelCodec") {
  static readonly layer = Layer.succeed(PixelCodec, defaultCodec)
}
