/** EXIF, XMP and colour profiles. This file: what a format's parser finds in a file, before it is interpreted. */
import type { Orientation } from "../image/orientation.ts"

/** Width and height in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** The metadata of one file, in raw form. */
export interface RawMetadata {
  /** The size as coded, before any turn. */
  readonly stored: Size
  /** EXIF blocks, from their TIFF header; the first readable one counts. */
  readonly exif: ReadonlyArray<Uint8Array>
  readonly xmp: ReadonlyArray<Uint8Array>
  readonly icc?: Uint8Array
  /** The orientation that the container asks every decoder to undo (`irot`, `imir`). */
  readonly containerOrientation?: Orientation
  readonly hasIptc: boolean
  readonly hasComment: boolean
  /** True when there is a thumbnail outside of EXIF. */
  readonly hasThumbnail: boolean
  /** True when there is more than one frame or page. */
  readonly animated: boolean
  readonly hasAlpha: boolean
  /** True when bytes follow the picture. */
  readonly hasTrailer: boolean
}

/** The metadata of a file that has none but its size. */
export const emptyMetadata = (stored: Size): RawMetadata => ({
  stored,
  exif: [],
  xmp: [],
  hasIptc: false,
  hasComment: false,
  hasThumbnail: false,
  animated: false,
  hasAlpha: false,
  hasTrailer: false
})
