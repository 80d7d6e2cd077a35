/** Huffman tables of JPEG: for decoding, for encoding, and with symbols added. */
import { corrupt } from "@sightline/platform/bytes/format-error"

/** A table as stored in a file: the number of codes of each length 1 to 16, and their symbols in order of code. */
export interface HuffmanSpec {
  readonly counts: Uint8Array
  readonly symbols: Uint8Array
}

/** Bits looked up at once; longer codes are searched. A table of 12 bits fits into the first-level cache. */
export const peekBits = 12

/** A table for decoding. */
export interface DecodeTable {
  /** By the next 12 bits: `code length << 8 | symbol`, or 0 when the code is longer than 12 bits or does not exist. */
  readonly quick: Int32Array
  /** By length: the first code that is too large for this length, aligned to 16 bits. */
  readonly limit: Int32Array
  /** By length: what to add to a code of this length to find its symbol. */
  readonly base: Int32Array
  readonly symbols: Uint8Array
}

/** Builds a table for decoding. Fails (`FormatError`) when it has more codes than its lengths allow. */
export const decodeTable = (spec: HuffmanSpec): DecodeTable => {
  const quick = new Int32Array(1 << peekBits)
  const limit = new Int32Array(18)
  const base = new Int32Array(18)
  let code = 0
  let index = 0
  for (let length = 1; length <= 16; length++) {
    base[length] = index - code
    const count = spec.counts[length - 1] ?? 0
    for (let i = 0; i < count; i++, code++, index++) {
      if (code >= 1 << length) throw corrupt("JPEG", "a Huffman table states more codes than fit")
      if (length > peekBits) continue
      const entry = (length << 8) | (spec.symbols[index] ?? 0)
      const from = code << (peekBits - length)
      quick.fill(entry, from, from + (1 << (peekBits - length)))
    }
    limit[length] = code << (16 - length)
    code <<= 1
  }
  return { quick, limit, base, symbols: spec.symbols }
}

/** Searches the code at the start of 16 bits. Returns an entry as in `quick`; 0 when there is no such code. */
export const findCode = (table: DecodeTable, bits16: number): number => {
  for (let length = 1; length <= 16; length++) {
    if (bits16 >= (table.limit[length] ?? 0)) continue
    const symbol = table.symbols[(bits16 >> (16 - length)) + (table.base[length] ?? 0)]
    return symbol === undefined ? 0 : (length << 8) | symbol
  }
  return 0
}

/** By symbol: `code << 5 | length`, 0 where the table has no code for it. */
export const encodeTable = (spec: HuffmanSpec): Int32Array => {
  const table = new Int32Array(256)
  let code = 0
  let index = 0
  for (let length = 1; length <= 16; length++) {
    for (let i = spec.counts[length - 1] ?? 0; i > 0; i--) table[spec.symbols[index++] ?? 0] = (code++ << 5) | length
    code <<= 1
  }
  return table
}

/** Every symbol a sequential 8-bit scan can need: DC sizes 0..11; end of block, zero run, and run/size pairs. */
export const sequentialSymbols: { readonly dc: ReadonlyArray<number>; readonly ac: ReadonlyArray<number> } = {
  dc: Array.from({ length: 12 }, (_, size) => size),
  ac: [0x00, 0xf0, ...Array.from({ length: 160 }, (_, i) => (Math.floor(i / 10) << 4) | ((i % 10) + 1))]
}

/**
 * The table with codes for the symbols in `needed` that it lacks; the same table when it lacks none.
 *
 * The length `n` of a code implies a frequency of about `2^-n`, so no second pass over the picture is needed; the file grows
 * by a fraction of a per cent.
 */
export const withMissingSymbols = (spec: HuffmanSpec, needed: ReadonlyArray<number>): HuffmanSpec => {
  const frequency = new Float64Array(257)
  let index = 0
  for (let length = 1; length <= 16; length++) {
    for (let i = spec.counts[length - 1] ?? 0; i > 0; i--) {
      frequency[spec.symbols[index++] ?? 0] = 2 ** (22 - length)
    }
  }
  const missing = needed.filter((symbol) => frequency[symbol] === 0)
  if (missing.length === 0) return spec
  for (const symbol of missing) frequency[symbol] = 1
  return fromFrequencies(frequency)
}

/**
 * The optimal table for these symbol frequencies, with no code over 16 bits and none that is all ones.
 *
 * Shape: `frequency` has 257 places, by symbol; the last is overwritten. Cost: n² for the n symbols in use.
 * Source: the procedure is that of ITU T.81, annex K.2.
 */
export const fromFrequencies = (frequency: Float64Array): HuffmanSpec => {
  const weight = frequency.slice(0, 257)
  weight[256] = 1e-9 // holds the all-ones code, which a file may not use
  const length = new Int32Array(257)
  const next = new Int32Array(257).fill(-1)
  for (;;) {
    let least = -1
    let second = -1
    for (let i = 0; i < 257; i++) {
      const w = weight[i] ?? 0
      if (w === 0) continue
      if (least < 0 || w <= (weight[least] ?? 0)) {
        second = least
        least = i
      } else if (second < 0 || w <= (weight[second] ?? 0)) second = i
    }
    if (second < 0) break
    weight[least] = (weight[least] ?? 0) + (weight[second] ?? 0)
    weight[second] = 0
    const deepen = (from: number): number => {
      let at = from
      for (;;) {
        length[at] = (length[at] ?? 0) + 1
        const after = next[at] ?? -1
        if (after < 0) return at
        at = after
      }
    }
    next[deepen(least)] = second
    deepen(second)
  }
  return limited(length)
}

/** Shortens codes over 16 bits in pairs, drops the reserved code, and orders symbols by length. */
const limited = (length: Int32Array): HuffmanSpec => {
  const bits = new Int32Array(260)
  let longest = 0
  for (const n of length) {
    if (n === 0) continue
    bits[n] = (bits[n] ?? 0) + 1
    longest = Math.max(longest, n)
  }
  const move = (from: number, by: number) => (bits[from] = (bits[from] ?? 0) + by)
  for (let i = longest; i > 16; i--) {
    while ((bits[i] ?? 0) > 0) {
      let j = i - 2
      while ((bits[j] ?? 0) === 0) j--
      move(i, -2)
      move(i - 1, 1)
      move(j + 1, 2)
      move(j, -1)
    }
  }
  let last = Math.min(16, longest)
  while (last > 0 && (bits[last] ?? 0) === 0) last--
  move(last, -1)
  const symbols: Array<number> = []
  for (let n = 1; n <= longest; n++) {
    for (let symbol = 0; symbol < 256; symbol++) if (length[symbol] === n) symbols.push(symbol)
  }
  return { counts: Uint8Array.from(bits.subarray(1, 17)), symbols: Uint8Array.from(symbols) }
}
