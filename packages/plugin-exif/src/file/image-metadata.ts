/** The metadata of an image file, whatever its format. */
import { attempt } from "@sightline/platform/bytes/format-error"
import type { ImageFormat } from "../image/image-format.ts"
import { type Orientation, orientationOf } from "../image/orientation.ts"
import { type Exif, readExif } from "../metadata/exif-block.ts"
import { type Icc, readIcc } from "../metadata/icc-profile.ts"
import type { RawMetadata, Size } from "../metadata/raw-metadata.ts"
import { readXmp } from "../metadata/xmp-packet.ts"
import { readRawMetadata } from "./read-raw-metadata.ts"
import { type ReadResult, withFormat } from "./read-result.ts"

/**
 * An image's metadata.
 *
 * Units: pixels. Private values (position, serial numbers, owner) are `Withheld`: `reveal()` returns them, logging and
 * JSON do not show them.
 */
export interface ImageMetadata {
  readonly format: ImageFormat
  /** The size of the pixels as the file stores them. */
  readonly stored: Size
  /** The size of the upright picture. */
  readonly upright: Size
  readonly orientation: Orientation
  /**
   * Where the orientation is stated. `container`: `irot` and `imir` of AVIF and HEIC, which every decoder applies. `none`:
   * nowhere, or only where it is not honoured (XMP, and EXIF in AVIF and HEIC).
   */
  readonly orientationFrom: "exif" | "container" | "none"
  /** `tiff:Orientation` of an XMP packet. Not honoured, as in browsers, libvips and ImageMagick. */
  readonly xmpOrientation?: number
  readonly exif?: Exif
  readonly icc?: Icc
  /** True when EXIF or XMP states a position. */
  readonly hasGps: boolean
  readonly hasXmp: boolean
  readonly hasIptc: boolean
  readonly hasComment: boolean
  readonly hasThumbnail: boolean
  /** True when the file has bytes after its picture. */
  readonly hasTrailer: boolean
  readonly hasAlpha: boolean
  /** True when the file has more than one frame or page. */
  readonly animated: boolean
}

/** The first readable EXIF block. */
const firstExif = (blocks: ReadonlyArray<Uint8Array>): Exif | undefined => {
  for (const block of blocks) {
    const exif = attempt(() => readExif(block))
    if (exif !== undefined) return exif
  }
  return undefined
}

/** Formats whose orientation is `irot` and `imir` alone: their EXIF orientation is informative (ISO/IEC 23008-12). */
const containerFormats: ReadonlySet<ImageFormat> = new Set(["avif", "heic"])

/** Raw metadata in the terms of this package. */
export const toImageMetadata = (format: ImageFormat, raw: RawMetadata): ImageMetadata => {
  const exif = firstExif(raw.exif)
  const packets = raw.xmp.map(readXmp)
  const xmpOrientation = packets.find((packet) => packet.orientation !== undefined)?.orientation
  const exifOrientation = containerFormats.has(format) ? undefined : exif?.orientation
  const orientation = raw.containerOrientation ?? orientationOf(exifOrientation)
  const { height, width } = raw.stored
  const isStated = exifOrientation !== undefined
  return {
    format,
    stored: raw.stored,
    upright: orientation >= 5 ? { width: height, height: width } : { width, height },
    orientation,
    orientationFrom: raw.containerOrientation !== undefined ? "container" : isStated ? "exif" : "none",
    ...(xmpOrientation === undefined ? {} : { xmpOrientation }),
    ...(exif === undefined ? {} : { exif }),
    ...(raw.icc === undefined ? {} : { icc: readIcc(raw.icc) }),
    hasGps: exif?.hasGps === true || packets.some(({ hasGps }) => hasGps),
    hasXmp: raw.xmp.length > 0,
    hasIptc: raw.hasIptc,
    hasComment: raw.hasComment || exif?.hasComment === true,
    hasThumbnail: raw.hasThumbnail || exif?.hasThumbnail === true,
    hasTrailer: raw.hasTrailer,
    hasAlpha: raw.hasAlpha,
    animated: raw.animated
  }
}

/**
 * Reads an image's metadata: JPEG, PNG, WebP, AVIF, HEIC, TIFF, GIF, BMP, recognised by their bytes.
 *
 * Runs in every runtime and decodes nothing. Damaged EXIF does not make the image an error: what can be read of it is
 * returned. Fails with `ImageBroken` when the bytes are not a complete image file, and with `ImageUnsupported` for the few
 * that this package does not read.
 *
 * @example
 * const result = readMetadata(bytes)
 * if (result.ok) console.log(result.value.upright, result.value.hasGps)
 */
export const readMetadata = (bytes: Uint8Array): ReadResult<ImageMetadata> =>
  withFormat(bytes, (file, format) => toImageMetadata(format, readRawMetadata(file, format)))
