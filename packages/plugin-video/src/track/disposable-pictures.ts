// Which coded pictures no other picture needs, found in their first bytes, so that they need not be decoded.
// H.264: nal_ref_idc 0 (ITU-T H.264, 7.4.1). HEVC: sub-layer non-reference pictures (ITU-T H.265, table 7-1).
import { everyUnit, lengthSizeOf } from "./nal-units.ts"

type Test = (data: Uint8Array) => boolean

/** True if every slice in the packet is one that `isSlice` recognises and `isDisposable` accepts; at least one. */
const allSlices = (
  lengthSize: number,
  isSlice: (first: number) => boolean,
  isDisposable: (first: number) => boolean
): Test => {
  return (data) => {
    let slices = 0
    const all = everyUnit(data, lengthSize, (at) => {
      const first = data[at] ?? 0
      if (!isSlice(first)) return true
      slices++
      return isDisposable(first)
    })
    return all && slices > 0
  }
}

const avcType = (first: number): number => first & 31
const hevcType = (first: number): number => (first >> 1) & 63

/** A test for packets of `codec`; `description` is the decoder configuration record, absent for start-code streams. */
export const isDisposable = (codec: string, description: Uint8Array | undefined): Test => {
  const lengthSize = lengthSizeOf(codec, description)
  if (codec === "avc")
    return allSlices(
      lengthSize,
      (first) => avcType(first) >= 1 && avcType(first) <= 5,
      (first) => (first >> 5) % 4 === 0
    )
  if (codec === "hevc")
    return allSlices(
      lengthSize,
      (first) => hevcType(first) < 32,
      (first) => hevcType(first) < 16 && hevcType(first) % 2 === 0
    )
  return () => false
}
