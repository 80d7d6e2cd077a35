/** JPEG: finding what its segments say, and leaving out those that are not the picture. */
import { broken, Malformed } from "../bytes/format-error.ts"
import { type Found, nothingBut } from "../metadata/raw-metadata.ts"
import { joined } from "../bytes/view.ts"
import { quickEnd } from "./image-end.ts"
import { checkFirstScan, frameSize } from "./frame-header.ts"
import { isAbout, isIcc, isJfif, type KeepInJpeg, plainJfif, staysWhole } from "./kept-segments.ts"
import { endOfScan, headerSegments, isFrame, marker, says, type Segment, segmentAt } from "./segments.ts"

const xmpName = "http://ns.adobe.com/xap/1.0/\0"
const extendedXmpName = "http://ns.adobe.com/xmp/extension/\0"

/** The parts of the file from its first scan on that belong to the picture. */
const scanParts = (
  bytes: Uint8Array,
  segments: ReadonlyArray<Segment>,
  keep: KeepInJpeg
): ReadonlyArray<Uint8Array> => {
  const start = segments.at(-1)?.start ?? bytes.length
  const end = quickEnd(bytes, segments)
  if (end !== undefined) return [bytes.subarray(start, end)]
  const parts: Array<Uint8Array> = []
  let from = start
  let at = endOfScan(bytes, segments.at(-1)?.end ?? start)
  try {
    while (at < bytes.length) {
      const segment = segmentAt(bytes, at)
      if (isAbout(segment.code) && !staysWhole(bytes, segment, keep)) {
        parts.push(bytes.subarray(from, segment.start))
        from = segment.end
      }
      at = segment.code === marker.sos ? endOfScan(bytes, segment.end) : segment.end
      if (segment.code === marker.eoi || segment.code === marker.soi) break
    }
  } catch (cause) {
    // Past the first scan a broken marker ends the picture, for decoders too; what came before it is still shown.
    if (!(cause instanceof Malformed)) throw cause
  }
  return [...parts, bytes.subarray(from, at)]
}

/**
 * The same JPEG without EXIF, XMP, IPTC, comments, thumbnails, and whatever follows its end.
 *
 * Shape: entropy-coded data, tables and headers are copied as they are; JFIF (less its thumbnail), Adobe and, unless
 * `keep` says otherwise, ICC segments stay. Where the picture ends in files over 1 MB is told as `quickEnd` says.
 * Fails (`Malformed`) when the file has no scan, or a segment before it points outside.
 */
export const stripJpeg = (bytes: Uint8Array, keep: KeepInJpeg = {}): Uint8Array => {
  const segments = headerSegments(bytes)
  if (!segments.some(({ code }) => isFrame(code))) throw broken("JPEG", "a scan before its frame header")
  checkFirstScan(bytes, segments)
  const parts: Array<Uint8Array> = [bytes.subarray(0, 2)]
  let hasJfif = false
  for (const segment of segments) {
    if (segment.code === marker.sos) continue
    if (isJfif(bytes, segment)) {
      if (!hasJfif) parts.push(plainJfif(bytes, segment, false))
      hasJfif = true
    } else if (staysWhole(bytes, segment, keep)) parts.push(bytes.subarray(segment.start, segment.end))
  }
  return joined([...parts, ...scanParts(bytes, segments, keep)])
}

/** The profile whose pieces are spread over APP2 segments, each with its number and their count. */
const profileOf = (bytes: Uint8Array, segments: ReadonlyArray<Segment>): Uint8Array | undefined => {
  const pieces = segments
    .filter((segment) => isIcc(bytes, segment))
    .map(({ body, end }) => ({ number: bytes[body + 12] ?? 0, bytes: bytes.subarray(body + 14, end) }))
    .toSorted((a, b) => a.number - b.number)
  return pieces.length === 0 ? undefined : joined(pieces.map((piece) => piece.bytes))
}

const bodyAfter = (bytes: Uint8Array, segments: ReadonlyArray<Segment>, name: string): ReadonlyArray<Uint8Array> =>
  segments
    .filter((segment) => segment.code === marker.app1 && says(bytes, segment, name))
    .map(({ body, end }) => bytes.subarray(body + name.length, end))

/** Finds what a JPEG says besides its pixels. Fails (`Malformed`) when it has no frame or no scan. */
export const findInJpeg = (bytes: Uint8Array): Found => {
  const segments = headerSegments(bytes)
  const frame = segments.find(({ code }) => isFrame(code))
  if (frame === undefined) throw broken("JPEG", "a scan before its frame header")
  const stored = frameSize(bytes, frame)
  checkFirstScan(bytes, segments)
  if (stored.width === 0) throw broken("JPEG", "a picture without pixels", frame.start)
  const icc = profileOf(bytes, segments)
  const parts = scanParts(bytes, segments, {})
  const pictureEnd = (parts.at(-1)?.byteOffset ?? 0) - bytes.byteOffset + (parts.at(-1)?.length ?? 0)
  const has = (code: number, name: string) => segments.some((s) => s.code === code && says(bytes, s, name))
  return {
    ...nothingBut(stored),
    exif: bodyAfter(bytes, segments, "Exif\0").map((block) => block.subarray(1)),
    xmp: [...bodyAfter(bytes, segments, xmpName), ...bodyAfter(bytes, segments, extendedXmpName)],
    ...(icc === undefined ? {} : { icc }),
    hasIptc: has(marker.app13, "Photoshop 3.0\0"),
    hasComment: segments.some(({ code }) => code === marker.com),
    hasThumbnail:
      has(marker.app0, "JFXX\0") ||
      has(marker.app2, "MPF\0") ||
      segments.some((s) => isJfif(bytes, s) && (bytes[s.body + 12] ?? 0) * (bytes[s.body + 13] ?? 0) > 0),
    hasTrailer: pictureEnd < bytes.length
  }
}
