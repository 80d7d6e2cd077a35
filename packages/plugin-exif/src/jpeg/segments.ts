/** The marker segments of a JPEG: where each begins and ends, without looking into the picture. */
import { broken } from "../bytes/format-error.ts"

/** Marker codes this package speaks about (the byte after 0xFF). */
export const marker = {
  tem: 0x01,
  sof0: 0xc0,
  sof1: 0xc1,
  sof2: 0xc2,
  dht: 0xc4,
  jpg: 0xc8,
  dac: 0xcc,
  rst0: 0xd0,
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
  com: 0xfe
} as const

/** One segment: `[start, end)` with its marker, `[body, end)` without marker and length. */
export interface Segment {
  readonly code: number
  readonly start: number
  readonly body: number
  readonly end: number
}

/** Most segments before the first scan: real files have some dozens, a profile or XMP in pieces some hundreds. */
const maxSegments = 16_384

/** True when the bytes begin as a JPEG does. */
export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff

const standsAlone = (code: number) => code === marker.tem || (code >= marker.rst0 && code <= marker.eoi)

/** True for the markers that describe a frame (SOF0 to SOF15, which skip DHT, JPG and DAC). */
export const isFrame = (code: number): boolean =>
  code >= 0xc0 && code <= 0xcf && code !== marker.dht && code !== marker.jpg && code !== marker.dac

/**
 * The segment at or after `at`, with stray bytes before its marker skipped as decoders do.
 *
 * Fails (`Malformed`) when the file ends first, or the segment's length points past the end.
 */
export const segmentAt = (bytes: Uint8Array, at: number): Segment => {
  let start = bytes.indexOf(0xff, at)
  for (;;) {
    if (start < 0 || start + 1 >= bytes.length) throw broken("JPEG", "the file ends where a marker should be", at)
    const code = bytes[start + 1]
    if (code !== 0xff && code !== 0x00) break
    start = code === 0xff ? start + 1 : bytes.indexOf(0xff, start + 2)
  }
  const code = bytes[start + 1] ?? 0
  if (standsAlone(code)) return { code, start, body: start + 2, end: start + 2 }
  if (start + 4 > bytes.length) throw broken("JPEG", "the file ends inside a marker segment", start)
  const length = ((bytes[start + 2] ?? 0) << 8) | (bytes[start + 3] ?? 0)
  if (length < 2) throw broken("JPEG", "a marker segment is shorter than its own length field", start)
  if (start + 2 + length > bytes.length) throw broken("JPEG", "a marker segment points past the end", start)
  return { code, start, body: start + 4, end: start + 2 + length }
}

/** Where entropy-coded data that begins at `at` stops: at the next marker that is not a restart, or the file's end. */
export const endOfScan = (bytes: Uint8Array, at: number): number => {
  let from = at
  for (;;) {
    const found = bytes.indexOf(0xff, from)
    if (found < 0 || found + 1 >= bytes.length) return bytes.length
    const code = bytes[found + 1] ?? 0
    if (code !== 0x00 && code !== 0xff && (code < marker.rst0 || code > 0xd7)) return found
    from = code === 0xff ? found + 1 : found + 2
  }
}

/**
 * The segments from the start of the file up to and including the first scan's header.
 *
 * Fails (`Malformed`) when the file is cut short before it, or ends without one.
 */
export const headerSegments = (bytes: Uint8Array): ReadonlyArray<Segment> => {
  if (!isJpeg(bytes)) throw broken("JPEG", "no start-of-image marker", 0)
  const found: Array<Segment> = []
  let at = 2
  for (;;) {
    const segment = segmentAt(bytes, at)
    if (segment.code === marker.eoi) throw broken("JPEG", "the image ends before its first scan", segment.start)
    found.push(segment)
    if (segment.code === marker.sos) return found
    if (found.length > maxSegments) throw broken("JPEG", `more than ${maxSegments} segments before the picture`, at)
    at = segment.end
  }
}

/** True when the segment's body begins with this text (Latin-1). */
export const says = (bytes: Uint8Array, segment: Segment, text: string): boolean => {
  if (segment.body + text.length > segment.end) return false
  for (let i = 0; i < text.length; i++) if (bytes[segment.body + i] !== text.charCodeAt(i)) return false
  return true
}
