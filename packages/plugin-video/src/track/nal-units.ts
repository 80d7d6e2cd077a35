// NAL units of H.264 and HEVC packets: with lengths in front, or between start codes.

/** How NAL units are framed: bytes of the length in front of each, or 0 for start codes. */
export const lengthSizeOf = (codec: string, description: Uint8Array | undefined): number => {
  if (description === undefined) return 0
  return ((description[codec === "avc" ? 4 : 21] ?? 0) & 3) + 1
}

/**
 * Visits the NAL units of a packet with the position of each one's first byte and of its end; `visit` returns false to stop.
 * Between start codes only the start is exact. Returns false if it was stopped.
 */
export const everyUnit = (
  data: Uint8Array,
  lengthSize: number,
  visit: (at: number, end: number) => boolean
): boolean => {
  if (lengthSize > 0) {
    for (let at = 0; at + lengthSize < data.byteLength;) {
      let size = 0
      for (let i = 0; i < lengthSize; i++) size = size * 256 + (data[at + i] ?? 0)
      at += lengthSize
      if (!visit(at, Math.min(at + size, data.byteLength))) return false
      at += size
    }
    return true
  }
  for (let at = 0; at + 3 < data.byteLength; at++)
    if (data[at] === 0 && data[at + 1] === 0 && data[at + 2] === 1 && !visit(at + 3, data.byteLength)) return false
  return true
}
