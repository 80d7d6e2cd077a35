/** Unpacks strips and tiles of TIFF files: LZW, deflate and PackBits. */
import { corrupt } from "../bytes/format-error.ts"
import { inflate } from "../bytes/inflate.ts"
import { compressions } from "./tags.ts"

const clearCode = 256
const endCode = 257
const maxCodes = 4096

/** LZW as TIFF 6.0, section 13, has it: high bit first, and codes grow one code early. */
const unpackLzw = (bytes: Uint8Array, size: number): Uint8Array => {
  const out = new Uint8Array(size)
  // The string of a code is that of its prefix and one byte more.
  const prefix = new Uint16Array(maxCodes)
  const last = Uint8Array.from({ length: maxCodes }, (_, code) => code)
  const first = last.slice()
  const lengths = new Uint16Array(maxCodes).fill(1)
  let next = endCode + 1
  let width = 9
  let previous = -1
  let at = 0
  let bit = 0
  while (at < size) {
    const from = bit >> 3
    if (bit + width > bytes.length * 8) throw corrupt("TIFF", "LZW data ends early")
    const window = ((bytes[from] ?? 0) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0)
    const code = (window >> (24 - width - (bit & 7))) & ((1 << width) - 1)
    bit += width
    if (code === endCode) throw corrupt("TIFF", "LZW data ends early")
    if (code === clearCode) {
      next = endCode + 1
      width = 9
      previous = -1
      continue
    }
    if (previous >= 0 && next < maxCodes) {
      prefix[next] = previous
      first[next] = first[previous] ?? 0
      last[next] = first[code === next ? previous : code] ?? 0
      lengths[next] = (lengths[previous] ?? 0) + 1
      if (++next >= (1 << width) - 1 && width < 12) width++
    }
    if (code >= next || (previous < 0 && code > endCode)) throw corrupt("TIFF", "an LZW code that does not exist")
    const end = at + (lengths[code] ?? 0)
    for (let each = code, to = end - 1; to >= at; to--) {
      if (to < size) out[to] = last[each] ?? 0
      each = prefix[each] ?? 0
    }
    at = end
    previous = code
  }
  return out
}

/** PackBits as TIFF 6.0, section 9, has it. */
const unpackPackBits = (bytes: Uint8Array, size: number): Uint8Array => {
  const out = new Uint8Array(size)
  let [at, from] = [0, 0]
  while (at < size) {
    const code = bytes[from++]
    if (code === undefined) throw corrupt("TIFF", "PackBits data ends early")
    if (code === 128) continue
    if (code < 128) {
      out.set(bytes.subarray(from, from + Math.min(code + 1, size - at)), at)
      at += code + 1
      from += code + 1
    } else {
      out.fill(bytes[from++] ?? 0, at, at + 257 - code)
      at += 257 - code
    }
  }
  return out
}

/** True for compressions that `decompress` unpacks. */
export const canDecompress = (compression: number): boolean =>
  compression === compressions.none ||
  compression === compressions.lzw ||
  compression === compressions.deflate ||
  compression === compressions.oldDeflate ||
  compression === compressions.packBits

/** Exactly `size` unpacked bytes. Fails (`FormatError`) when the data contradicts its format or is too short. */
export const decompress = (compression: number, bytes: Uint8Array, size: number): Uint8Array => {
  if (compression === compressions.lzw) return unpackLzw(bytes, size)
  if (compression === compressions.packBits) return unpackPackBits(bytes, size)
  const whole = compression === compressions.none ? bytes : inflate(bytes, size)
  if (whole.length < size) throw corrupt("TIFF", "a strip or tile is cut short")
  return whole.slice(0, size)
}
