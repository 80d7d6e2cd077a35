/** Cuts parts out of pictures with sharp, for core's `crops()`: a picture is decoded once and cut from memory. */
import type { EncodedPicture, ImageCodec, PixelBox } from "@sightline/core/plugin"
import { Effect } from "effect"
import { formatOf } from "../image/image-format.ts"
import { loadSharp, problemOf } from "./sharp-codec.ts"

/** Parts of JPEGs are encoded at this quality, without chroma subsampling. */
const jpegQuality = 95

/**
 * Core's image codec for Node, Bun and Deno.
 *
 * Shape: boxes are in the file's stored pixels; its orientation tag is ignored. Colours are converted to sRGB. Parts of
 * JPEGs are JPEGs, all others PNGs. `maxPixels` is the most that are decoded.
 */
export const sharpImageCodec = (maxPixels: number): ImageCodec => ({
  open: (bytes) =>
    Effect.gen(function* () {
      const { open, sharp } = yield* Effect.mapError(loadSharp, (error) => error.message)
      const { data, info } = yield* Effect.tryPromise({
        try: () =>
          open(bytes, { limitInputPixels: maxPixels })
            .toColourspace("srgb")
            .raw({ depth: "uchar" })
            .toBuffer({ resolveWithObject: true }),
        catch: problemOf
      })
      const { channels, height, width } = info
      const asJpeg = formatOf(bytes) === "jpeg"
      const cut = async ({ bottom, left, right, top }: PixelBox): Promise<EncodedPicture> => {
        const part = sharp(data, { raw: { width, height, channels } }).extract({
          left,
          top,
          width: right - left,
          height: bottom - top
        })
        const encoded = asJpeg ? part.jpeg({ quality: jpegQuality, chromaSubsampling: "4:4:4" }) : part.png()
        const file = await encoded.toBuffer()
        return {
          bytes: new Uint8Array(file.buffer, file.byteOffset, file.byteLength),
          contentType: asJpeg ? "image/jpeg" : "image/png"
        }
      }
      return {
        size: { width, height },
        cut: (box) => Effect.tryPromise({ try: () => cut(box), catch: problemOf })
      }
    })
})
