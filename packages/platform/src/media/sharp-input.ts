/** Files that libvips, and so sharp, does not read or misreads, as files that it reads. Pure: no `node:` modules. */
import { decodeBitmap, readBitmapHeader } from "../bitmap/bitmap.ts"
import { unsupported } from "../bytes/format-error.ts"
import { startsWith } from "../bytes/view.ts"
import { plainTiff } from "../tiff/plain-tiff.ts"
import { writePlainTiff } from "../tiff/tiff-writer.ts"

/** Most pixels of a bitmap that is decoded here: 128 MiB with alpha. */
const maxBitmapPixels = 1 << 25

const [rgb, unassociatedAlpha] = [2, 2]

const bitmapAsTiff = (bytes: Uint8Array): Uint8Array => {
  const { height, profile, width } = readBitmapHeader(bytes)
  if (width * height > maxBitmapPixels) throw unsupported("BMP", `${width * height} pixels`)
  const pixels = decodeBitmap(bytes)
  return writePlainTiff({
    ...pixels,
    bits: 8,
    photometric: rgb,
    ...(pixels.channels === 4 ? { alpha: unassociatedAlpha } : {}),
    ...(profile === undefined ? {} : { icc: bytes.subarray(profile.start, profile.end) })
  })
}

/**
 * What sharp is given to decode: a BMP, or a TIFF with unusual samples (see `plainTiff`), as a plain TIFF; any other bytes
 * as they are. The size in pixels stays, an orientation does not.
 *
 * @throws {FormatError} `corrupt` when the pixels are damaged, `unsupported` when they are too many to be decoded here.
 */
export const sharpInput = (bytes: Uint8Array): Uint8Array => {
  if (startsWith(bytes, "BM")) return bitmapAsTiff(bytes)
  const isTiff = startsWith(bytes, "II") || startsWith(bytes, "MM")
  return isTiff ? (plainTiff(bytes) ?? bytes) : bytes
}
