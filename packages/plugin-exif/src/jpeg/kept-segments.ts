/** Which marker segments of a JPEG belong to the picture, and how much of them. */
import { concatBytes } from "@sightline/platform/bytes/view"
import { bodyStartsWith, headerSegments, isFrame, marker, type Segment } from "./segments.ts"

/** Metadata that is kept besides the picture. */
export interface KeptInJpeg {
  /** The colour profile. @default true */
  readonly icc?: boolean
}

/** Bytes of a JFIF body without thumbnail, and of Adobe's body: what follows them is not read by decoders. */
const jfifBytes = 14
const adobeBytes = 12

/** True for a JFIF header, from which decoders read the colour space. */
export const isJfif = (bytes: Uint8Array, segment: Segment): boolean =>
  segment.code === marker.app0 && segment.end - segment.body >= jfifBytes && bodyStartsWith(bytes, segment, "JFIF\0")

/** True for a piece of an embedded colour profile. */
export const isIcc = (bytes: Uint8Array, segment: Segment): boolean =>
  segment.code === marker.app2 && segment.end - segment.body >= 14 && bodyStartsWith(bytes, segment, "ICC_PROFILE\0")

/** True for Adobe's segment, which states how CMYK and RGB components are coded. */
export const isAdobe = (bytes: Uint8Array, segment: Segment): boolean =>
  segment.code === marker.app14 && segment.end - segment.body >= adobeBytes && bodyStartsWith(bytes, segment, "Adobe")

/** True for segments that describe the picture: APPn and comments. */
export const isMetadata = (code: number): boolean =>
  (code >= marker.app0 && code <= marker.app15) || code === marker.com

/** True for segments that decoders need: frame and scan headers, tables, the end of the image. */
const isPicture = (code: number): boolean =>
  isFrame(code) ||
  code === marker.dht ||
  code === marker.dac ||
  code === marker.sos ||
  code === marker.eoi ||
  (code >= marker.dqt && code <= marker.dri)

/** The first `size` bytes of a segment's body as a segment. */
const shortened = (bytes: Uint8Array, { body, start }: Segment, size: number): Uint8Array => {
  const short = bytes.slice(start, body + size)
  short.set([0, size + 2], 2)
  return short
}

/** A JFIF header without its thumbnail; its two densities change places when the axes do. */
const plainJfif = (bytes: Uint8Array, segment: Segment, swaps: boolean): Uint8Array => {
  const jfif = shortened(bytes, segment, jfifBytes)
  jfif.set([0, 0], 16)
  if (swaps) {
    jfif.copyWithin(12, 14, 16)
    jfif.set(bytes.subarray(segment.start + 12, segment.start + 14), 14)
  }
  return jfif
}

/** What is kept of an APPn segment or comment; undefined for nothing. */
const keptMetadata = (bytes: Uint8Array, segment: Segment, keep: KeptInJpeg, swaps: boolean) => {
  if (isJfif(bytes, segment)) return plainJfif(bytes, segment, swaps)
  if (isAdobe(bytes, segment)) return shortened(bytes, segment, adobeBytes)
  return keep.icc !== false && isIcc(bytes, segment) ? bytes.subarray(segment.start, segment.end) : undefined
}

/** What is kept of a segment: all of it, its standard part, or nothing (undefined). */
export const keptPart = (bytes: Uint8Array, segment: Segment, keep: KeptInJpeg): Uint8Array | undefined =>
  isPicture(segment.code) ? bytes.subarray(segment.start, segment.end) : keptMetadata(bytes, segment, keep, false)

/** The start of a rewritten file: SOI and the metadata that is kept. */
export const keptHeader = (bytes: Uint8Array, keep: KeptInJpeg, swaps: boolean): Uint8Array =>
  concatBytes([
    Uint8Array.of(0xff, marker.soi),
    ...headerSegments(bytes).flatMap((segment) => keptMetadata(bytes, segment, keep, swaps) ?? [])
  ])
