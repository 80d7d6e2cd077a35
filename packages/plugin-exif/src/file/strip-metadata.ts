/** Cuts metadata out of a file without decoding it. */
import type { ImageFormat } from "../image/image-format.ts"
import { stripBmp } from "../bmp/bmp-metadata.ts"
import { stripGif } from "../gif/gif-metadata.ts"
import { stripHeif } from "../heif/heif-metadata.ts"
import { stripJpeg } from "../jpeg/jpeg-metadata.ts"
import { unsupported } from "@sightline/platform/bytes/format-error"
import { readIcc } from "../metadata/icc-profile.ts"
import { stripPng } from "../png/png-metadata.ts"
import { readRawMetadata, type Read, reading } from "./read-result.ts"
import { stripTiff } from "../tiff/strip-tiff.ts"
import { stripWebp } from "../webp/webp-metadata.ts"

/** What may stay. `"icc"`: the colour profile. */
export type Kept = "icc"

/** Options of `strip`. `keep` defaults to `["icc"]`. */
export interface StripOptions {
  readonly keep?: ReadonlyArray<Kept>
}

/** Why a profile cannot simply go. */
export const wideProfile = "dropping this colour profile without converting pixels changes colours"

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

/**
 * True when the file has a colour profile whose colours are not those of sRGB: without it, and without converting its
 * pixels, the picture would look different.
 */
export const hasWideProfile = (bytes: Uint8Array, format: ImageFormat): boolean => {
  const { icc } = readRawMetadata(bytes, format)
  return icc !== undefined && !readIcc(icc).isSrgb
}

/**
 * The same picture without EXIF (position, serial numbers, maker notes, thumbnail), XMP, IPTC, comments and trailers.
 *
 * Image data is byte for byte that of the source; nothing is decoded. The colour profile stays unless `keep` leaves it
 * out. Cost: one copy of the file. Orientation goes with EXIF: make the picture upright first where it is not 1 (TIFF,
 * AVIF and HEIC keep theirs, which is part of how their pixels are stored).
 * Fails with `ImageBroken`, and with `ImageUnsupported` where a profile other than sRGB would be dropped, which would
 * change the colours: `exif().strip` converts the pixels instead.
 */
export const strip = (given: Uint8Array, options: StripOptions = {}): Read<Uint8Array> => {
  const keepIcc = (options.keep ?? ["icc"]).includes("icc")
  return reading(given, (bytes, format) => {
    if (!keepIcc && hasWideProfile(bytes, format)) {
      throw unsupported(format.toUpperCase(), wideProfile)
    }
    return strippers[format](bytes, keepIcc)
  })
}
