/** Files that libvips does not read, or misreads, as files that it reads. */
import { decodeBitmap, readBitmapHeader } from "@sightline/platform/bitmap"
import { asBitmapFormatError } from "../bmp/bmp-metadata.ts"
import { unsupported } from "../bytes/format-error.ts"
import type { ImageFormat } from "../image/image-format.ts"
import { plainTiff } from "../tiff/plain-tiff.ts"
import { writePlainTiff } from "../tiff/tiff-writer.ts"

/** Most pixels of a bitmap that is decoded here: 128 MiB with alpha. */
const maxBitmapPixels = 1 << 25

const rgb = 2

const bitmapAsTiff = (bytes: Uint8Array): Uint8Array =>
  asBitmapFormatError(() => {
    const { height, profile, width } = readBitmapHeader(bytes)
    if (width * height > maxBitmapPixels) throw unsupported("BMP", `${width * height} pixels`)
    const pixels = decodeBitmap(bytes)
    return writePlainTiff({
      ...pixels,
      bits: 8,
      photometric: rgb,
      ...(pixels.channels === 4 ? { alpha: 2 } : {}),
      ...(profile === undefined ? {} : { icc: bytes.subarray(profile.start, profile.end) })
    })
  })

/**
 * What sharp is given to decode: a BMP, or a TIFF with unusual samples, as a plain TIFF; other files as they are.
 *
 * Fails (`FormatError`): `corrupt` when the pixels are damaged, `unsupported` when they are too many to be decoded here.
 */
export const sharpInput = (bytes: Uint8Array, format: ImageFormat | undefined): Uint8Array => {
  if (format === "bmp") return bitmapAsTiff(bytes)
  return format === "tiff" ? (plainTiff(bytes) ?? bytes) : bytes
}
