/** The marker segments of a JPEG: where each starts and ends, without decoding the picture. */
import { attempt, corrupt } from "@sightline/platform/bytes/format-error"
import { startsWith } from "@sightline/platform/bytes/view"

/** Marker codes (the byte after 0xFF). Source: ITU T.81, table B.1. */
export const marker = {
  tem: 0x01,
  sof0: 0xc0,
  sof1: 0xc1,
  sof2: 0xc2,
  dht: 0xc4,
  jpg: 0xc8,
  dac: 0xcc,
  rst0: 0xd0,
  rst7: 0xd7,
  soi: 0xd8,
  eoi: 0xd9,
  sos: 0xda,
  dqt: 0xdb,
  dnl: 0xdc,
  dri: 0xdd,
  app0: 0xe0,
  app1: 0xe1,
  app2: 0xe2,
  app13: 0xed,
  app14: 0xee,
  app15: 0xef,
  com: 0xfe
} as const

/** One segment: `[start, end)` with its marker, `[body, end)` without marker and length. */
export interface Segment {
  readonly code: number
  readonly start: number
  readonly body: number
  readonly end: number
}

/** A segment of an image; for a scan header, `dataEnd` is the end of the entropy-coded data behind it. */
export interface ImageSegment extends Segment {
  readonly dataEnd: number
}

/** Most segments before the first scan: a colour profile or XMP in pieces takes some hundreds. */
const maxSegments = 16_384

/** True when the bytes start as a JPEG does. */
export const isJpeg = (bytes: Uint8Array): boolean => startsWith(bytes, "\xff\xd8\xff")

const standsAlone = (code: number) => code === marker.tem || (code >= marker.rst0 && code <= marker.eoi)

/** True for the markers that describe a frame: SOF0 to SOF15, without DHT, JPG and DAC. */
export const isFrame = (code: number): boolean =>
  code >= marker.sof0 && code <= 0xcf && code !== marker.dht && code !== marker.jpg && code !== marker.dac

/**
 * The segment at or after `at`; stray bytes before its marker are skipped, as decoders do.
 *
 * Fails (`FormatError`) when the file ends first, or the segment's length points past the end.
 */
export const segmentAt = (bytes: Uint8Array, at: number): Segment => {
  let start = bytes.indexOf(0xff, at)
  for (;;) {
    if (start < 0 || start + 1 >= bytes.length) throw corrupt("JPEG", "the file ends where a marker should be", at)
    const code = bytes[start + 1]
    if (code !== 0xff && code !== 0x00) break
    start = code === 0xff ? start + 1 : bytes.indexOf(0xff, start + 2)
  }
  const code = bytes[start + 1] ?? 0
  if (standsAlone(code)) return { code, start, body: start + 2, end: start + 2 }
  if (start + 4 > bytes.length) throw corrupt("JPEG", "the file ends inside a marker segment", start)
  const length = ((bytes[start + 2] ?? 0) << 8) | (bytes[start + 3] ?? 0)
  if (length < 2) throw corrupt("JPEG", "a marker segment is shorter than its own length field", start)
  if (start + 2 + length > bytes.length) throw corrupt("JPEG", "a marker segment points past the end", start)
  return { code, start, body: start + 4, end: start + 2 + length }
}

/** The end of the entropy-coded data that starts at `at`: the next marker that is not a restart, or the file's end. */
export const endOfScan = (bytes: Uint8Array, at: number): number => {
  let from = at
  for (;;) {
    const found = bytes.indexOf(0xff, from)
    if (found < 0 || found + 1 >= bytes.length) return bytes.length
    const code = bytes[found + 1] ?? 0
    if (code !== 0x00 && code !== 0xff && (code < marker.rst0 || code > marker.rst7)) return found
    from = code === 0xff ? found + 1 : found + 2
  }
}

/**
 * The segments from the start of the file up to and including the first scan's header.
 *
 * Fails (`FormatError`) when the file ends before it.
 */
export const headerSegments = (bytes: Uint8Array): ReadonlyArray<Segment> => {
  if (!isJpeg(bytes)) throw corrupt("JPEG", "no start-of-image marker", 0)
  const found: Array<Segment> = []
  let at = 2
  for (;;) {
    const segment = segmentAt(bytes, at)
    if (segment.code === marker.eoi) throw corrupt("JPEG", "the image ends before its first scan", segment.start)
    found.push(segment)
    if (segment.code === marker.sos) return found
    if (found.length > maxSegments) throw corrupt("JPEG", `more than ${maxSegments} segments before the picture`, at)
    at = segment.end
  }
}

/**
 * The segments of the first image in the file, its end marker included where there is one.
 *
 * After the first scan a marker that cannot be read ends the image, as it does for decoders. Cost: one pass over the
 * file. Fails (`FormatError`) as `headerSegments` does.
 */
export const imageSegments = (bytes: Uint8Array): ReadonlyArray<ImageSegment> => {
  const withData = (segment: Segment): ImageSegment => ({
    ...segment,
    dataEnd: segment.code === marker.sos ? endOfScan(bytes, segment.end) : segment.end
  })
  const found = headerSegments(bytes).map(withData)
  for (let at = found.at(-1)?.dataEnd ?? bytes.length; at < bytes.length;) {
    const from = at
    const segment = attempt(() => segmentAt(bytes, from))
    if (segment === undefined || segment.code === marker.soi) break
    found.push(withData(segment))
    if (segment.code === marker.eoi) break
    at = found.at(-1)?.dataEnd ?? bytes.length
  }
  return found
}

/** True when the segment's body starts with this Latin-1 text. */
export const bodyStartsWith = (bytes: Uint8Array, segment: Segment, text: string): boolean =>
  segment.body + text.length <= segment.end && startsWith(bytes, text, segment.body)
