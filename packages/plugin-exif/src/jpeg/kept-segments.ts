/** Which marker segments of a JPEG are part of the picture, and which are about it. */
import { joined } from "../bytes/view.ts"
import { headerSegments, marker, says, type Segment } from "./segments.ts"

/** What stays besides the picture itself. `icc` defaults to true. */
export interface KeepInJpeg {
  readonly icc?: boolean
}

/** Length of a JFIF header that carries no thumbnail: marker, length, and 14 bytes. */
const jfifLength = 18

/** True for a JFIF header, which decoders read the colour space from. */
export const isJfif = (bytes: Uint8Array, segment: Segment): boolean =>
  segment.code === marker.app0 && segment.end - segment.start >= jfifLength && says(bytes, segment, "JFIF\0")

/** True for a piece of an embedded colour profile. */
export const isIcc = (bytes: Uint8Array, segment: Segment): boolean =>
  segment.code === marker.app2 && segment.end - segment.body >= 14 && says(bytes, segment, "ICC_PROFILE\0")

/** True for Adobe's segment, which says how CMYK and RGB components are to be understood. */
export const isAdobe = (bytes: Uint8Array, segment: Segment): boolean =>
  segment.code === marker.app14 && says(bytes, segment, "Adobe")

/** True for segments that carry something about the picture: APPn and comments. */
export const isAbout = (code: number): boolean => (code >= marker.app0 && code <= 0xef) || code === marker.com

/** A JFIF header as it is, less its thumbnail; densities change places when the axes do. */
export const plainJfif = (bytes: Uint8Array, segment: Segment, swaps: boolean): Uint8Array => {
  const jfif = bytes.slice(segment.start, segment.start + jfifLength)
  jfif.set([0, 16], 2)
  jfif.set([0, 0], 16)
  if (swaps) {
    jfif.set(bytes.subarray(segment.start + 14, segment.start + 16), 12)
    jfif.set(bytes.subarray(segment.start + 12, segment.start + 14), 14)
  }
  return jfif
}

/** True when a whole segment stays as it is. */
export const staysWhole = (bytes: Uint8Array, segment: Segment, keep: KeepInJpeg): boolean =>
  !isAbout(segment.code) || isAdobe(bytes, segment) || (keep.icc !== false && isIcc(bytes, segment))

/** The start of a rewritten file: SOI and those segments about the picture that stay. */
export const keptSegments = (bytes: Uint8Array, keep: KeepInJpeg, swaps: boolean): Uint8Array => {
  const parts: Array<Uint8Array> = [Uint8Array.of(0xff, marker.soi)]
  let hasJfif = false
  for (const segment of headerSegments(bytes)) {
    if (isJfif(bytes, segment)) {
      if (!hasJfif) parts.push(plainJfif(bytes, segment, swaps))
      hasJfif = true
    } else if (isAbout(segment.code) && staysWhole(bytes, segment, keep)) {
      parts.push(bytes.subarray(segment.start, segment.end))
    }
  }
  return joined(parts)
}
