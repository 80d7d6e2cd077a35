/** Cuts metadata out of a file without decoding it. */
import { unsupported } from "@sightline/platform/bytes/format-error"
import { stripBmp } from "../bmp/bmp-metadata.ts"
import { stripGif } from "../gif/gif-metadata.ts"
import { stripHeif } from "../heif/strip-heif.ts"
import type { ImageFormat } from "../image/image-format.ts"
import { stripJpeg } from "../jpeg/jpeg-metadata.ts"
import { stripPng } from "../png/png-metadata.ts"
import { stripTiff } from "../tiff/strip-tiff.ts"
import { stripWebp } from "../webp/webp-metadata.ts"
import { hasWideProfile, wideProfileProblem } from "./read-raw-metadata.ts"
import { type ReadResult, withFormat } from "./read-result.ts"

/** Metadata that can be kept. `"icc"`: the colour profile. */
export type KeptMetadata = "icc"

/** Options of `strip`. */
export interface StripOptions {
  /** What stays. @default ["icc"] */
  readonly keep?: ReadonlyArray<KeptMetadata>
}

const strippers: Readonly<Record<ImageFormat, (bytes: Uint8Array, keepIcc: boolean) => Uint8Array>> = {
  jpeg: (bytes, icc) => stripJpeg(bytes, { icc }),
  png: stripPng,
  webp: stripWebp,
  avif: (bytes) => stripHeif(bytes, "AVIF"),
  heic: (bytes) => stripHeif(bytes, "HEIC"),
  tiff: stripTiff,
  gif: stripGif,
  bmp: stripBmp
}

/** True when the colour profile stays. */
export const keepsIcc = (keep: ReadonlyArray<KeptMetadata> = ["icc"]): boolean => keep.includes("icc")

/**
 * The same picture without EXIF (position, serial numbers, maker notes, thumbnail), XMP, IPTC, comments, and bytes that do
 * not belong to the picture.
 *
 * Coded pixels are copied as they are; nothing is decoded. Cost: one copy of the file. Orientation is part of EXIF, so
 * turn a picture upright first if its orientation is not 1; TIFF, AVIF and HEIC keep theirs, which says how their pixels
 * are stored. What hides inside compressed pixel data is not looked for.
 *
 * Fails with `ImageBroken` when the file is corrupt. Fails with `ImageUnsupported` when a profile other than sRGB's would
 * be dropped, which changes colours (the verb `strip` converts the pixels instead), and for TIFF files whose strips may
 * contain metadata (JPEG 2000, WebP, JPEG XL) or do not state their size.
 *
 * @example
 * const result = strip(bytes)
 * if (result.ok) upload(result.value)
 */
export const strip = (bytes: Uint8Array, options: StripOptions = {}): ReadResult<Uint8Array> => {
  const keepIcc = keepsIcc(options.keep)
  return withFormat(bytes, (file, format) => {
    if (!keepIcc && hasWideProfile(file, format)) throw unsupported(format.toUpperCase(), wideProfileProblem)
    return strippers[format](file, keepIcc)
  })
}
