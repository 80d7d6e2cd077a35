/** What a file says besides its pixels, whatever its format. */
import type { ImageFormat } from "../image/image-format.ts"
import { FormatError } from "@sightline/platform/bytes/format-error"
import { type Orientation, orientationOf } from "../image/orientation.ts"
import { readRawMetadata, type Read, reading } from "./read-result.ts"
import { type Exif, readExif } from "../metadata/exif-block.ts"
import type { RawMetadata, Size } from "../metadata/raw-metadata.ts"
import { type Icc, readIcc } from "../metadata/icc-profile.ts"
import { readXmp } from "../metadata/xmp-packet.ts"

/**
 * A picture's metadata.
 *
 * Units: pixels. Private values (position, serial numbers, owner) are `Withheld`: `reveal()` gives them, printing and
 * JSON do not.
 */
export interface ImageMetadata {
  readonly format: ImageFormat
  readonly stored: Size
  /** The size once the picture is turned. */
  readonly upright: Size
  readonly orientation: Orientation
  /**
   * Where the orientation is stated. `container`: `irot`/`imir`, which decoders honour by themselves, and which win over
   * an EXIF orientation. `none`: nowhere, or only in XMP.
   */
  readonly orientationFrom: "exif" | "container" | "none"
  /** `tiff:Orientation` of an XMP packet. Told, not honoured: browsers, libvips and ImageMagick do not honour it either. */
  readonly xmpOrientation?: number
  readonly exif?: Exif
  readonly icc?: Icc
  /** A position anywhere: in EXIF or in XMP. */
  readonly hasGps: boolean
  readonly hasXmp: boolean
  readonly hasIptc: boolean
  readonly hasComment: boolean
  readonly hasThumbnail: boolean
  readonly hasTrailer: boolean
  readonly hasAlpha: boolean
  /** More than one frame or page. */
  readonly animated: boolean
}

const firstReadable = (blocks: ReadonlyArray<Uint8Array>): Exif | undefined => {
  for (const block of blocks) {
    try {
      return readExif(block)
    } catch (cause) {
      if (!(cause instanceof FormatError)) throw cause
    }
  }
  return undefined
}

/** Puts findings into words. */
export const describe = (format: ImageFormat, found: RawMetadata): ImageMetadata => {
  const exif = firstReadable(found.exif)
  const packets = found.xmp.map(readXmp)
  const xmpOrientation = packets.find((packet) => packet.orientation !== undefined)?.orientation
  const fromContainer = found.containerTurn !== undefined
  const orientation = found.containerTurn ?? orientationOf(exif?.orientation)
  const { height, width } = found.stored
  return {
    format,
    stored: found.stored,
    upright: orientation >= 5 ? { width: height, height: width } : { width, height },
    orientation,
    orientationFrom: fromContainer ? "container" : exif?.orientation === undefined ? "none" : "exif",
    ...(xmpOrientation === undefined ? {} : { xmpOrientation }),
    ...(exif === undefined ? {} : { exif }),
    ...(found.icc === undefined ? {} : { icc: readIcc(found.icc) }),
    hasGps: exif?.hasGps === true || packets.some(({ hasGps }) => hasGps),
    hasXmp: found.xmp.length > 0,
    hasIptc: found.hasIptc,
    hasComment: found.hasComment || exif?.hasComment === true,
    hasThumbnail: found.hasThumbnail || exif?.hasThumbnail === true,
    hasTrailer: found.hasTrailer,
    hasAlpha: found.hasAlpha,
    animated: found.animated
  }
}

/**
 * Reads what a picture says besides its pixels: JPEG, PNG, WebP, AVIF, HEIC, TIFF, GIF, BMP, told apart by their bytes.
 *
 * Runs anywhere, decodes nothing, takes time and memory in proportion to the headers. Broken EXIF does not make a
 * picture broken: what can be read of it is. Fails with `ImageBroken` for anything that is no sound picture file.
 */
export const readMetadata = (given: Uint8Array): Read<ImageMetadata> =>
  reading(given, (bytes, format) => describe(format, readRawMetadata(bytes, format)))
