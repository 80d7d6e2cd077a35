/** What each format's parser hands over, before it is put into words. */
import type { Orientation } from "../image/orientation.ts"

/** Width and height in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** The raw findings in one file. */
export interface RawMetadata {
  /** As coded, before any turn. */
  readonly stored: Size
  /** EXIF blocks, from their TIFF header; the first readable one counts. */
  readonly exif: ReadonlyArray<Uint8Array>
  readonly xmp: ReadonlyArray<Uint8Array>
  readonly icc?: Uint8Array
  /** A turn the container itself asks every decoder to make (`irot`, `imir`). */
  readonly containerTurn?: Orientation
  readonly hasIptc: boolean
  readonly hasComment: boolean
  /** A small picture beside the main one, outside EXIF. */
  readonly hasThumbnail: boolean
  /** More than one frame or page. */
  readonly animated: boolean
  readonly hasAlpha: boolean
  /** Something after the picture's end, which may be anything. */
  readonly hasTrailer: boolean
}

/** Findings of a file that holds nothing but pixels of this size. */
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
