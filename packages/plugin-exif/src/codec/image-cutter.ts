/** Cuts parts out of pictures through sharp, for core's `crops()`: decoded once, then cut from memory. */
import type { EncodedPicture, ImageCodec, Picture } from "@sightline/core/plugin"
import { Effect } from "effect"
import { formatOf } from "../image/image-format.ts"
import { loadSharp } from "./sharp-codec.ts"
import { sharpInput } from "./sharp-input.ts"

/** Longest that decoding may take, in seconds. */
const timeoutSeconds = 60
/** Cuts of photographs are encoded this well, without thinning colours out. */
const quality = 95

const problemOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : "the picture cannot be decoded"

interface Decoded {
  readonly pixels: Uint8Array
  readonly width: number
  readonly height: number
  readonly channels: 1 | 2 | 3 | 4
}

/**
 * The cutter of Node, Bun and Deno. Pixels lie as the file stores them: its orientation tag is not looked at.
 *
 * Colours are converted to sRGB. Cuts of JPEGs are JPEGs, all others PNGs. `maxPixels`: most that are decoded.
 */
export const sharpCutter = (maxPixels: number): ImageCodec => ({
  open: (bytes) =>
    Effect.gen(function* () {
      const sharp = yield* Effect.mapError(loadSharp, (error) => error.message)
      const { channels, height, pixels, width } = yield* Effect.tryPromise({
        try: async (): Promise<Decoded> => {
          const { data, info } = await sharp(sharpInput(bytes, formatOf(bytes)), {
            failOn: "error",
            limitInputPixels: maxPixels
          })
            .timeout({ seconds: timeoutSeconds })
            .toColourspace("srgb")
            .raw({ depth: "uchar" })
            .toBuffer({ resolveWithObject: true })
          const { channels, height, width } = info
          return { pixels: data, width, height, channels }
        },
        catch: problemOf
      })
      const asJpeg = formatOf(bytes) === "jpeg"
      const cut: Picture["cut"] = ({ bottom, left, right, top }) =>
        Effect.tryPromise({
          try: async (): Promise<EncodedPicture> => {
            const part = sharp(pixels, { raw: { width, height, channels } }).extract({
              left,
              top,
              width: right - left,
              height: bottom - top
            })
            const encoded = asJpeg ? part.jpeg({ quality, chromaSubsampling: "4:4:4" }) : part.png()
            const data = await encoded.toBuffer()
            return {
              bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
              contentType: asJpeg ? "image/jpeg" : "image/png"
            }
          },
          catch: problemOf
        })
      return { size: { width, height }, cut }
    })
})
