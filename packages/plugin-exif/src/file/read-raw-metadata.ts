/** Reads the metadata of a file of any format, in the terms of that format. */
import { readBmpMetadata } from "../bmp/bmp-metadata.ts"
import { readGifMetadata } from "../gif/gif-metadata.ts"
import { readHeifMetadata } from "../heif/heif-metadata.ts"
import type { ImageFormat } from "../image/image-format.ts"
import { readJpegMetadata } from "../jpeg/jpeg-metadata.ts"
import { readIcc } from "../metadata/icc-profile.ts"
import type { RawMetadata } from "../metadata/raw-metadata.ts"
import { readPngMetadata } from "../png/png-metadata.ts"
import { readTiffMetadata } from "../tiff/tiff-metadata.ts"
import { readWebpMetadata } from "../webp/webp-metadata.ts"

const readers: Readonly<Record<ImageFormat, (bytes: Uint8Array) => RawMetadata>> = {
  jpeg: readJpegMetadata,
  png: readPngMetadata,
  webp: readWebpMetadata,
  avif: (bytes) => readHeifMetadata(bytes, "AVIF"),
  heic: (bytes) => readHeifMetadata(bytes, "HEIC"),
  tiff: readTiffMetadata,
  gif: readGifMetadata,
  bmp: readBmpMetadata
}

/** Reads a file's metadata. Fails (`FormatError`) when the file is corrupt. */
export const readRawMetadata = (bytes: Uint8Array, format: ImageFormat): RawMetadata => readers[format](bytes)

/**
 * True when the file has a colour profile other than sRGB's: without it, and without converting its pixels, the picture
 * would look different.
 */
export const hasWideProfile = (bytes: Uint8Array, format: ImageFormat): boolean => {
  const { icc } = readRawMetadata(bytes, format)
  return icc !== undefined && !readIcc(icc).isSrgb
}

/** Why such a profile cannot be dropped without decoding. */
export const wideProfileProblem = "dropping this colour profile without converting pixels changes colours"
