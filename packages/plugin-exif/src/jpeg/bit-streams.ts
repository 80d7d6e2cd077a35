/** JPEG: metadata, lossless turning, quality. This file: entropy-coded data to read bits from, and a writer of bits. */

/**
 * The data of a scan without byte stuffing and restart markers.
 *
 * Shape: `view` covers the clean bytes and 512 zeros behind them, so that a block can be decoded without a check for each
 * bit; `starts` are the offsets of the restart intervals, `size` is the number of clean bytes.
 */
export interface ScanData {
  readonly view: DataView
  readonly starts: ReadonlyArray<number>
  readonly size: number
}

/** Removes the byte stuffing from `[from, to)`. Cost: one pass, one copy. */
export const removeStuffing = (bytes: Uint8Array, from: number, to: number): ScanData => {
  const clean = new Uint8Array(to - from + 512)
  const starts = [0]
  let size = 0
  for (let i = from; i < to; i++) {
    const byte = bytes[i] ?? 0
    clean[size++] = byte
    if (byte !== 0xff) continue
    const next = bytes[i + 1] ?? 0
    if (next === 0) i++
    else {
      size--
      if (next >= 0xd0 && next <= 0xd7) {
        starts.push(size)
        i++
      }
    }
  }
  clean.fill(0, size)
  return { view: new DataView(clean.buffer), starts, size }
}

/** Writes codes of 1 to 31 bits, high bit first, with stuffing. Grows as needed. */
export class BitWriter {
  #bytes: Uint8Array
  #view: DataView
  #at: number
  /** Pending bits, aligned to the left; `#free` bits are unused. */
  #pending = 0
  #free = 32

  /** Continues after `head` in a buffer of at least `expected` bytes. */
  constructor(head: Uint8Array, expected: number) {
    this.#bytes = new Uint8Array(Math.max(expected, head.length) + 1024)
    this.#bytes.set(head)
    this.#view = new DataView(this.#bytes.buffer)
    this.#at = head.length
  }

  /** Makes room for one more block: 64 codes of at most 27 bits, with every byte stuffed. */
  reserve(): void {
    if (this.#at + 512 < this.#bytes.length) return
    const bigger = new Uint8Array(this.#bytes.length + (this.#bytes.length >> 1))
    bigger.set(this.#bytes)
    this.#bytes = bigger
    this.#view = new DataView(bigger.buffer)
  }

  /** Appends the low `count` bits of `value`; the bits above them must be zero. */
  put(value: number, count: number): void {
    const free = this.#free - count
    if (free >= 0) {
      this.#pending |= value << free
      this.#free = free
      return
    }
    this.#flush(this.#pending | (value >>> -free))
    this.#pending = value << (free + 32)
    this.#free = free + 32
  }

  #flush(word: number): void {
    // Nonzero when some byte may be 0xFF: its complement is then zero, and the subtraction borrows.
    if (((-0x01010102 - word) & word & 0x80808080) === 0) {
      this.#view.setInt32(this.#at, word)
      this.#at += 4
      return
    }
    for (let shift = 24; shift >= 0; shift -= 8) this.#byte((word >>> shift) & 0xff)
  }

  #byte(byte: number): void {
    this.#bytes[this.#at++] = byte
    if (byte === 0xff) this.#bytes[this.#at++] = 0
  }

  /** Fills the last byte with ones, as the format requires. */
  align(): void {
    const used = 32 - this.#free
    const word = this.#free === 0 ? this.#pending : this.#pending | (0xffffffff >>> used)
    for (let i = 0; i < Math.ceil(used / 8); i++) this.#byte((word >>> (24 - 8 * i)) & 0xff)
    this.#pending = 0
    this.#free = 32
  }

  /** Appends whole bytes without stuffing. The writer must be aligned. */
  append(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.reserve()
      this.#bytes[this.#at++] = byte
    }
  }

  /** The bytes written so far, without a copy. */
  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }
}
