/** Image formats and orientations. This file: formats by their first bytes; names and claimed types are ignored. */
import { latin1, startsWith } from "@sightline/platform/bytes/view"

/** The formats that this package reads. */
export type ImageFormat = "jpeg" | "png" | "webp" | "avif" | "heic" | "tiff" | "gif" | "bmp"

/** Media types by format. */
export const mediaTypes: Readonly<Record<ImageFormat, string>> = {
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  avif: "image/avif",
  heic: "image/heic",
  tiff: "image/tiff",
  gif: "image/gif",
  bmp: "image/bmp"
}

const heicBrands: ReadonlySet<string> = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx"])
const avifBrands: ReadonlySet<string> = new Set(["avif", "avis"])

/** AVIF or HEIC by the brands of the `ftyp` box, the major brand first; generic `mif1` files count as HEIC. */
const isobmffFormat = (bytes: Uint8Array): ImageFormat | undefined => {
  if (!startsWith(bytes, "ftyp", 4)) return undefined
  const size = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)
  const brands: Array<string> = [latin1(bytes.subarray(8, 12))]
  for (let at = 16; at + 4 <= Math.min(size, bytes.length, 256); at += 4)
    brands.push(latin1(bytes.subarray(at, at + 4)))
  for (const brand of brands) {
    if (avifBrands.has(brand)) return "avif"
    if (heicBrands.has(brand)) return "heic"
  }
  return brands.includes("mif1") || brands.includes("msf1") ? "heic" : undefined
}

/**
 * The format that the bytes start like, or undefined for none of those above.
 *
 * @example formatOf(Uint8Array.of(0xff, 0xd8, 0xff)) // => "jpeg"
 */
export const formatOf = (bytes: Uint8Array): ImageFormat | undefined => {
  if (startsWith(bytes, "\xff\xd8\xff")) return "jpeg"
  if (startsWith(bytes, "\x89PNG\r\n\x1a\n")) return "png"
  if (startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8)) return "webp"
  // 42 is the version of TIFF, 43 that of BigTIFF.
  if (/^(II[*+]\0|MM\0[*+])/.test(latin1(bytes.subarray(0, 4)))) return "tiff"
  if (startsWith(bytes, "GIF87a") || startsWith(bytes, "GIF89a")) return "gif"
  if (startsWith(bytes, "BM") && bytes.length >= 26) return "bmp"
  return isobmffFormat(bytes)
}
