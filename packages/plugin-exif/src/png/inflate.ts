/** A small, bounded inflate: compressed PNG text and profiles are read in place, in every runtime, without waiting. */
import { broken } from "../bytes/format-error.ts"

const lengthBase = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258
]
const distanceBase = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577
]
const lengthExtra = lengthBase.map((_, i) => (i < 8 || i === 28 ? 0 : (i - 4) >> 2))
const distanceExtra = distanceBase.map((_, i) => (i < 4 ? 0 : (i - 2) >> 1))
/** The order in which a dynamic block states the lengths of its length codes (RFC 1951, 3.2.7). */
const codeOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/** Canonical codes: how many of each length, and symbols in order. */
interface Codes {
  readonly counts: Uint16Array
  readonly symbols: Uint16Array
}

const codesOf = (lengths: ReadonlyArray<number>): Codes => {
  const counts = new Uint16Array(16)
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1
  counts[0] = 0
  const next = new Uint16Array(17)
  for (let i = 1; i < 16; i++) next[i + 1] = (next[i] ?? 0) + (counts[i] ?? 0)
  const symbols = new Uint16Array(lengths.length)
  lengths.forEach((length, symbol) => {
    if (length === 0) return
    const at = next[length] ?? 0
    next[length] = at + 1
    symbols[at] = symbol
  })
  return { counts, symbols }
}

const fixedLiterals = codesOf(Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)))
const fixedDistances = codesOf(Array.from({ length: 30 }, () => 5))

class Bits {
  readonly #bytes: Uint8Array
  #at: number
  #held = 0
  #count = 0
  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#at = at
  }
  take(count: number): number {
    while (this.#count < count) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw broken("deflate", "the data ends early")
      this.#held |= byte << this.#count
      this.#count += 8
    }
    const value = this.#held & ((1 << count) - 1)
    this.#held >>>= count
    this.#count -= count
    return value
  }
  symbol({ counts, symbols }: Codes): number {
    let code = 0
    let first = 0
    let index = 0
    for (let length = 1; length < 16; length++) {
      code |= this.take(1)
      const count = counts[length] ?? 0
      if (code - first < count) return symbols[index + code - first] ?? 0
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    throw broken("deflate", "a code that does not exist")
  }
  align(): void {
    this.#held = 0
    this.#count = 0
  }
}

/** What has been inflated so far; grows up to its limit, and drops what comes after. */
class Output {
  readonly #limit: number
  #bytes: Uint8Array
  #size = 0
  constructor(limit: number) {
    this.#limit = limit
    this.#bytes = new Uint8Array(Math.min(limit, 4096))
  }
  get full(): boolean {
    return this.#size >= this.#limit
  }
  push(byte: number): void {
    if (this.full) return
    if (this.#size === this.#bytes.length) {
      const bigger = new Uint8Array(Math.min(this.#limit, this.#bytes.length * 2))
      bigger.set(this.#bytes)
      this.#bytes = bigger
    }
    this.#bytes[this.#size++] = byte
  }
  repeat(distance: number, length: number): void {
    if (distance === 0 || distance > this.#size || length === 0) {
      throw broken("deflate", "a copy from before the start")
    }
    for (let i = 0; i < length; i++) this.push(this.#bytes[this.#size - distance] ?? 0)
  }
  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#size)
  }
}

const dynamicCodes = (bits: Bits): readonly [Codes, Codes] => {
  const literals = bits.take(5) + 257
  const distances = bits.take(5) + 1
  const stated = bits.take(4) + 4
  const codeLengths = Array.from({ length: 19 }, () => 0)
  for (let i = 0; i < stated; i++) codeLengths[codeOrder[i] ?? 0] = bits.take(3)
  const codes = codesOf(codeLengths)
  const lengths: Array<number> = []
  while (lengths.length < literals + distances) {
    const symbol = bits.symbol(codes)
    if (symbol < 16) lengths.push(symbol)
    else {
      const value = symbol === 16 ? (lengths.at(-1) ?? 0) : 0
      const times = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7)
      for (let i = 0; i < times; i++) lengths.push(value)
    }
  }
  return [codesOf(lengths.slice(0, literals)), codesOf(lengths.slice(literals, literals + distances))]
}

/**
 * Inflates a zlib stream, at most `maxBytes` of it.
 *
 * Shape: the answer is cut at `maxBytes`, not refused, so that a small tag at the front of a bomb can still be read.
 * Cost: meant for kilobytes; about 20 MB/s. Fails (`Malformed`) when the stream is not one. The checksum is not tested.
 */
export const inflate = (bytes: Uint8Array, maxBytes: number): Uint8Array => {
  if (((bytes[0] ?? 0) & 15) !== 8 || (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 31 !== 0) {
    throw broken("deflate", "no zlib header", 0)
  }
  const bits = new Bits(bytes, 2)
  const out = new Output(maxBytes)
  for (let last = 0; last === 0 && !out.full;) {
    last = bits.take(1)
    const kind = bits.take(2)
    if (kind === 3) throw broken("deflate", "a block of no known kind")
    if (kind === 0) {
      bits.align()
      const length = bits.take(16)
      bits.take(16)
      for (let i = 0; i < length && !out.full; i++) out.push(bits.take(8))
    } else {
      const [literals, distances] = kind === 1 ? ([fixedLiterals, fixedDistances] as const) : dynamicCodes(bits)
      inflateBlock(bits, literals, distances, out)
    }
  }
  return out.done()
}

/** One compressed block, up to its end code. */
const inflateBlock = (bits: Bits, literals: Codes, distances: Codes, out: Output): void => {
  while (!out.full) {
    const symbol = bits.symbol(literals)
    if (symbol === 256) return
    if (symbol < 256) out.push(symbol)
    else {
      const length = (lengthBase[symbol - 257] ?? 0) + bits.take(lengthExtra[symbol - 257] ?? 0)
      const code = bits.symbol(distances)
      out.repeat((distanceBase[code] ?? 0) + bits.take(distanceExtra[code] ?? 0), length)
    }
  }
}
