// Removes metadata from GIF files: the texts of comments, and application blocks that are not about repeating.
import type { Pace } from "../sampling/pace.ts"

const repeating = new Set(["NETSCAPE2.0", "ANIMEXTS1.0"])

/** Visits the blocks of data at `at`; returns where they end. */
const blocksFrom = (bytes: Uint8Array, at: number, visit: (from: number, to: number) => void): number => {
  let position = at
  while (position < bytes.byteLength) {
    const size = bytes[position] ?? 0
    if (size === 0) return position + 1
    visit(position + 1, Math.min(position + 1 + size, bytes.byteLength))
    position += 1 + size
  }
  return position
}

const tableBytes = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1))

/** Whether a block of data is one that a player reads: `index` counts those of one extension. */
const isNeeded = (bytes: Uint8Array, label: number, name: string, index: number, from: number, to: number): boolean => {
  const size = to - from
  if (label === 0xf9) return index === 0 && size === 4 // how a frame is shown
  if (label === 0x01) return index === 0 && size === 12 // where a plain text stands
  if (label !== 0xff) return false
  if (index === 0) return size === 11 // the name of an application: readers skip what they do not know
  return repeating.has(name) && ((bytes[from] === 1 && size === 3) || (bytes[from] === 2 && size === 5))
}

/**
 * Overwrites comments, application data (XMP) and the data of unknown extensions with spaces. False where the blocks cannot
 * be followed.
 */
export const stripGif = async (bytes: Uint8Array, pace: Pace): Promise<boolean> => {
  let at = 13 + tableBytes(bytes[10] ?? 0)
  while (at < bytes.byteLength) {
    await pace.step()
    const kind = bytes[at]
    if (kind === 0x3b) {
      bytes.fill(0, at + 1)
      return true
    }
    if (kind === 0x2c) at = blocksFrom(bytes, at + 11 + tableBytes(bytes[at + 9] ?? 0), () => {})
    else if (kind === 0x21) {
      const label = bytes[at + 1] ?? 0
      const name = String.fromCharCode(...bytes.subarray(at + 3, at + 14))
      let index = 0
      at = blocksFrom(bytes, at + 2, (from, to) => {
        if (!isNeeded(bytes, label, name, index++, from, to)) bytes.fill(0x20, from, to)
      })
    } else return false
  }
  return true
}
