// Which coded pictures no other picture needs, told from their first bytes, so that they need not be decoded.
// H.264: nal_ref_idc 0 (ITU-T H.264, 7.4.1). HEVC: sub-layer non-reference pictures (ITU-T H.265, table 7-1).

type Test = (data: Uint8Array) => boolean

const never: Test = () => false

/** Visits the NAL units of a packet: with lengths in front, or, when `lengthSize` is 0, between start codes. */
const everyUnit = (data: Uint8Array, lengthSize: number, visit: (first: number) => boolean): boolean => {
  if (lengthSize > 0) {
    for (let at = 0; at + lengthSize < data.byteLength;) {
      let size = 0
      for (let i = 0; i < lengthSize; i++) size = size * 256 + (data[at + i] ?? 0)
      at += lengthSize
      if (!visit(data[at] ?? 0)) return false
      at += size
    }
    return true
  }
  for (let at = 0; at + 3 < data.byteLength; at++)
    if (data[at] === 0 && data[at + 1] === 0 && data[at + 2] === 1 && !visit(data[at + 3] ?? 0)) return false
  return true
}

/** True when every slice in the packet is one that `slice` recognises and `spare` allows to drop; at least one. */
const allSlices = (lengthSize: number, slice: (first: number) => boolean, spare: (first: number) => boolean): Test => {
  return (data) => {
    let slices = 0
    const all = everyUnit(data, lengthSize, (first) => {
      if (!slice(first)) return true
      slices++
      return spare(first)
    })
    return all && slices > 0
  }
}

const avcType = (first: number): number => first & 31
const hevcType = (first: number): number => (first >> 1) & 63

/** A test for packets of `codec`; `description` is the decoder configuration record, absent for start-code streams. */
export const isDisposable = (codec: string, description: Uint8Array | undefined): Test => {
  if (codec === "avc") {
    const lengthSize = description === undefined ? 0 : ((description[4] ?? 0) & 3) + 1
    return allSlices(
      lengthSize,
      (first) => avcType(first) >= 1 && avcType(first) <= 5,
      (first) => (first >> 5) % 4 === 0
    )
  }
  if (codec === "hevc") {
    const lengthSize = description === undefined ? 0 : ((description[21] ?? 0) & 3) + 1
    return allSlices(
      lengthSize,
      (first) => hevcType(first) < 32,
      (first) => hevcType(first) < 16 && hevcType(first) % 2 === 0
    )
  }
  return never
}
