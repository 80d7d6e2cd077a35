// Removes metadata from GIF files: the texts of comments, and application blocks that are not about repeating.

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

/** Overwrites comments and application data (XMP) with spaces. False where the blocks cannot be followed. */
export const stripGif = (bytes: Uint8Array): boolean => {
  const erase = (from: number, to: number) => void bytes.fill(0x20, from, to)
  let at = 13 + tableBytes(bytes[10] ?? 0)
  while (at < bytes.byteLength) {
    const kind = bytes[at]
    if (kind === 0x3b) {
      bytes.fill(0, at + 1)
      return true
    }
    if (kind === 0x2c) at = blocksFrom(bytes, at + 11 + tableBytes(bytes[at + 9] ?? 0), () => {})
    else if (kind === 0x21) {
      const label = bytes[at + 1]
      const name = String.fromCharCode(...bytes.subarray(at + 3, at + 14))
      const isMetadata = label === 0xfe || label === 0x01 || (label === 0xff && !repeating.has(name))
      // the name of an application stays: readers skip what they do not know
      let first = label === 0xff || label === 0x01
      at = blocksFrom(bytes, at + 2, (from, to) => {
        if (isMetadata && !first) erase(from, to)
        first = false
      })
    } else return false
  }
  return true
}
