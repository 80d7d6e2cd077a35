/** Reads the metadata of a JPEG, and writes the same JPEG without it. */
import { corrupt } from "@sightline/platform/bytes/format-error"
import { concatBytes } from "@sightline/platform/bytes/view"
import { emptyMetadata, type RawMetadata } from "../metadata/raw-metadata.ts"
import { checkFirstScan, frameSize } from "./frame-header.ts"
import { isIcc, isJfif, type KeptInJpeg, keptPart } from "./kept-segments.ts"
import { bodyStartsWith, type ImageSegment, imageSegments, isFrame, marker, type Segment } from "./segments.ts"

const xmpName = "http://ns.adobe.com/xap/1.0/\0"
const extendedXmpName = "http://ns.adobe.com/xmp/extension/\0"

interface Jpeg {
  readonly frame: Segment
  /** Up to and including the first scan's header. */
  readonly header: ReadonlyArray<Segment>
  readonly all: ReadonlyArray<ImageSegment>
}

/** Takes a file apart. Fails (`FormatError`) when it has no frame or scan, or its first scan cannot be decoded. */
const readSegments = (bytes: Uint8Array): Jpeg => {
  const all = imageSegments(bytes)
  const header = all.slice(0, all.findIndex(({ code }) => code === marker.sos) + 1)
  const frame = header.find(({ code }) => isFrame(code))
  if (frame === undefined) throw corrupt("JPEG", "a scan before its frame header")
  checkFirstScan(bytes, header)
  return { frame, header, all }
}

/**
 * The same JPEG without EXIF, XMP, IPTC, comments, thumbnails, unknown segments, stray bytes between segments, and
 * everything after the end of the image.
 *
 * Shape: frames, tables and entropy-coded data are copied as they are, with the JFIF header (less its thumbnail),
 * Adobe's and, unless `keep` says otherwise, ICC segments. Fails (`FormatError`) when there is no decodable first scan.
 */
export const stripJpeg = (bytes: Uint8Array, keep: KeptInJpeg = {}): Uint8Array => {
  const { all } = readSegments(bytes)
  const parts = all.flatMap((segment) => {
    const part = keptPart(bytes, segment, keep)
    return part === undefined ? [] : [part, bytes.subarray(segment.end, segment.dataEnd)]
  })
  // A damaged image that a marker ends, rather than the end of the file, ends in a marker again: decoders show it then.
  const last = all.at(-1)
  const isOpen = last !== undefined && last.code !== marker.eoi && last.dataEnd < bytes.length
  return concatBytes([bytes.subarray(0, 2), ...parts, isOpen ? Uint8Array.of(0xff, marker.eoi) : new Uint8Array(0)])
}

/** The profile, whose pieces are APP2 segments that each state their number. */
const profileOf = (bytes: Uint8Array, segments: ReadonlyArray<Segment>): Uint8Array | undefined => {
  const pieces = segments
    .filter((segment) => isIcc(bytes, segment))
    .map(({ body, end }) => ({ number: bytes[body + 12] ?? 0, bytes: bytes.subarray(body + 14, end) }))
    .toSorted((a, b) => a.number - b.number)
  return pieces.length === 0 ? undefined : concatBytes(pieces.map((piece) => piece.bytes))
}

/** Reads a JPEG's metadata. Fails (`FormatError`) as `stripJpeg` does. */
export const readJpegMetadata = (bytes: Uint8Array): RawMetadata => {
  const { all, frame, header } = readSegments(bytes)
  const stored = frameSize(bytes, frame)
  if (stored.width === 0) throw corrupt("JPEG", "a picture without pixels", frame.start)
  const icc = profileOf(bytes, header)
  const bodiesAfter = (name: string): ReadonlyArray<Uint8Array> =>
    header
      .filter((segment) => segment.code === marker.app1 && bodyStartsWith(bytes, segment, name))
      .map(({ body, end }) => bytes.subarray(body + name.length, end))
  const has = (code: number, name: string) =>
    header.some((segment) => segment.code === code && bodyStartsWith(bytes, segment, name))
  return {
    ...emptyMetadata(stored),
    exif: bodiesAfter("Exif\0").map((block) => block.subarray(1)),
    xmp: [...bodiesAfter(xmpName), ...bodiesAfter(extendedXmpName)],
    ...(icc === undefined ? {} : { icc }),
    hasIptc: has(marker.app13, "Photoshop 3.0\0"),
    hasComment: header.some(({ code }) => code === marker.com),
    hasThumbnail:
      has(marker.app0, "JFXX\0") ||
      has(marker.app2, "MPF\0") ||
      header.some((s) => isJfif(bytes, s) && (bytes[s.body + 12] ?? 0) * (bytes[s.body + 13] ?? 0) > 0),
    hasTrailer: (all.at(-1)?.dataEnd ?? 0) < bytes.length
  }
}
