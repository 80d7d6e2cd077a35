/** Erases metadata inside a JPEG stream that is part of another file, where no byte may move. */
import { isAdobe, isJfif, isMetadata } from "./kept-segments.ts"
import { endOfScan, marker, segmentAt } from "./segments.ts"

/**
 * Overwrites with zeros, in `[from, to)`: APPn bodies, comments, stray bytes between segments, and everything after the
 * end of the image. The JFIF header (less its thumbnail) and Adobe's transform flag stay.
 *
 * Does nothing when no JPEG starts at `from`. Fails (`FormatError`) when its segments contradict their lengths.
 */
export const eraseJpegMetadata = (bytes: Uint8Array, from: number, to: number): void => {
  const stream = bytes.subarray(from, to)
  if (stream[0] !== 0xff || stream[1] !== marker.soi) return
  for (let at = 2; at < stream.length;) {
    const segment = segmentAt(stream, at)
    stream.fill(0, at, segment.start)
    if (segment.code === marker.eoi) {
      stream.fill(0, segment.end)
      return
    }
    // A JFIF body ends with the size of its thumbnail (byte 12); Adobe's with its transform (byte 11).
    if (isMetadata(segment.code)) {
      const kept = isJfif(stream, segment) || isAdobe(stream, segment) ? 12 : 0
      stream.fill(0, segment.body + kept, segment.end)
    }
    at = segment.code === marker.sos ? endOfScan(stream, segment.end) : segment.end
  }
}
