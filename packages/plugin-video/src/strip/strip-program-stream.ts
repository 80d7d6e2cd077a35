// Removes metadata from MPEG program streams (ISO/IEC 11172-1, 13818-1): packets of anything but pictures and sound become
// padding.
import type { Pace } from "../sampling/pace.ts"

const pack = 0xba
const systemHeader = 0xbb
const streamMap = 0xbc
const privateMedia = 0xbd
const padding = 0xbe
const endOfStream = 0xb9
/** Streams of other codings, with the coding in their header (VC-1). */
const extended = 0xfd

const isMedia = (id: number): boolean => (id >= 0xc0 && id <= 0xef) || id === privateMedia || id === extended

/** Where the pack header at `at` ends: MPEG-1 has no room for stuffing. */
const packEnd = (bytes: Uint8Array, at: number): number =>
  ((bytes[at + 4] ?? 0) & 0xc0) === 0x40 ? at + 14 + ((bytes[at + 13] ?? 0) & 7) : at + 12

/**
 * Overwrites packets of private data, navigation, padding and metadata, and what follows the end. False where the packets
 * cannot be followed.
 */
export const stripProgramStream = async (bytes: Uint8Array, pace: Pace): Promise<boolean> => {
  for (let at = 0; at + 4 <= bytes.byteLength;) {
    await pace.step()
    const id = bytes[at + 3] ?? 0
    if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 1) return false
    if (id === endOfStream) {
      const next = at + 4
      const goesOn = bytes[next] === 0 && bytes[next + 1] === 0 && bytes[next + 2] === 1 && bytes[next + 3] === pack
      if (!goesOn) bytes.fill(0, next)
      at = goesOn ? next : bytes.byteLength
      continue
    }
    if (id === pack) {
      at = packEnd(bytes, at)
      continue
    }
    if (id < systemHeader || at + 6 > bytes.byteLength) return false
    const end = at + 6 + (((bytes[at + 4] ?? 0) << 8) | (bytes[at + 5] ?? 0))
    if (end === at + 6 && isMedia(id)) return false // a packet without a length
    if (!isMedia(id) && id !== systemHeader && id !== streamMap) {
      bytes[at + 3] = padding
      bytes.fill(0xff, at + 6, Math.min(end, bytes.byteLength))
    }
    at = end
  }
  return true
}
