// Whether decoding can begin at a packet, by its bits: what containers say of that is often wrong.
// Sources: ITU-T H.264 7.3.3, 7.4.1 and D.2.8; ITU-T H.265 table 7-1; RFC 6386 9.1; VP9 bitstream 6.2; AV1 bitstream 5.9.2.
import { everyUnit, lengthSizeOf } from "./nal-units.ts"

/** Reads bits from `at` on, as H.264 headers are coded; bytes that prevent start codes are left out. */
const bitsFrom = (data: Uint8Array, at: number, end: number) => {
  let byte = at
  let bit = 0
  const next = (): number => {
    if (byte >= end) return 0
    if (bit === 0 && data[byte] === 3 && byte - at >= 2 && data[byte - 1] === 0 && data[byte - 2] === 0) byte++
    const value = ((data[byte] ?? 0) >> (7 - bit)) & 1
    if (++bit === 8) {
      bit = 0
      byte++
    }
    return value
  }
  /** An unsigned Exp-Golomb code. */
  const exponential = (): number => {
    let zeros = 0
    while (next() === 0) if (++zeros > 31 || byte >= end) return -1
    let value = 1
    for (let i = 0; i < zeros; i++) value = value * 2 + next()
    return value - 1
  }
  return { next, exponential }
}

const idr = 5
const sei = 6
const recoveryPoint = 6

/** True if a supplemental message says that pictures are right from here on at once. */
const recoversAtOnce = (data: Uint8Array, at: number, end: number): boolean => {
  let position = at + 1
  const sum = (): number => {
    let total = 0
    while (position < end && data[position] === 255) {
      total += 255
      position++
    }
    return total + (data[position++] ?? 0)
  }
  while (position + 2 < end && data[position] !== 0x80) {
    const type = sum()
    const size = sum()
    if (type === recoveryPoint) return bitsFrom(data, position, end).exponential() === 0
    position += size
  }
  return false
}

/** Slice types 2 and 4 are coded without other pictures; 5 to 9 say the same of the whole picture. */
const isIntra = (sliceType: number): boolean => sliceType % 5 === 2 || sliceType % 5 === 4

const avcKey =
  (lengthSize: number) =>
  (data: Uint8Array): boolean => {
    let answer: boolean | undefined
    let slices = 0
    let intra = 0
    everyUnit(data, lengthSize, (at, end) => {
      const type = (data[at] ?? 0) & 31
      if (type === idr || (type === sei && recoversAtOnce(data, at, end))) answer = true
      else if (type === 1 || type === 2) {
        const bits = bitsFrom(data, at + 1, end)
        bits.exponential() // first_mb_in_slice
        const sliceType = bits.exponential()
        slices++
        if (isIntra(sliceType)) intra++
        // of two fields only the first is coded without others
        if (slices === 1 && sliceType >= 5) answer = isIntra(sliceType)
      }
      return answer === undefined
    })
    return answer ?? (slices > 0 && intra === slices)
  }

const hevcKey =
  (lengthSize: number) =>
  (data: Uint8Array): boolean => {
    let answer = false
    everyUnit(data, lengthSize, (at) => {
      const type = ((data[at] ?? 0) >> 1) & 63
      if (type >= 32) return true // parameter sets and messages
      answer = type >= 16 && type <= 21
      return false
    })
    return answer
  }

const vp9Key = (data: Uint8Array): boolean => {
  const first = data[0] ?? 0
  if (first >> 6 !== 2) return false
  const profile = ((first >> 5) & 1) | ((first >> 3) & 2)
  const shift = profile === 3 ? 2 : 3
  const showsExisting = (first >> shift) & 1
  const isInter = (first >> (shift - 1)) & 1
  return showsExisting === 0 && isInter === 0
}

/** The first frame header of a temporal unit decides; the sequence header in front of it has no bits that matter here. */
const av1Key = (data: Uint8Array): boolean => {
  for (let at = 0; at < data.byteLength;) {
    const header = data[at] ?? 0
    const type = (header >> 3) & 15
    at += (header & 4) === 0 ? 1 : 2
    let size = data.byteLength - at
    if ((header & 2) !== 0) {
      size = 0
      for (let i = 0; i < 8; i++) {
        const byte = data[at++] ?? 0
        size += (byte & 127) * 2 ** (7 * i)
        if (byte < 128) break
      }
    }
    if (type === 3 || type === 6) {
      const first = data[at] ?? 0
      return first >> 7 === 0 && ((first >> 5) & 3) === 0
    }
    at += size
  }
  return false
}

/** A test of a packet's bits; undefined for codecs whose containers are believed. */
export const keyTest = (
  codec: string,
  description: Uint8Array | undefined
): ((data: Uint8Array) => boolean) | undefined => {
  const lengthSize = lengthSizeOf(codec, description)
  switch (codec) {
    case "avc":
      return avcKey(lengthSize)
    case "hevc":
      return hevcKey(lengthSize)
    case "vp8":
      return (data) => ((data[0] ?? 1) & 1) === 0
    case "vp9":
      return vp9Key
    case "av1":
      return av1Key
    default:
      return undefined
  }
}
