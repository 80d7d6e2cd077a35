/** Decodes the scans of progressive JPEGs, each of which refines the coefficients of earlier ones. */
import { corrupt, unsupported } from "@sightline/platform/bytes/format-error"
import type { ScanData } from "./bit-streams.ts"
import type { CoefficientBuffer } from "./coefficients.ts"
import type { Frame } from "./frame-header.ts"
import { type DecodeTable, findCode } from "./huffman.ts"
import { scanGrid, type ScanSetup, tableOf } from "./sequential-scan.ts"

/** Most coefficients of a picture, two bytes each: 128 MiB, a photo of 44 megapixels in 4:2:0. */
const maxCoefficients = 1 << 26

/** Reads bits and codes of one scan. Reads past the end return zeros; `check` detects them after each block. */
class BitReader {
  position = 0
  readonly #view: DataView
  readonly #size: number
  constructor(data: ScanData) {
    this.#view = data.view
    this.#size = data.size
  }
  #window(): number {
    return this.#view.getInt32(this.position >>> 3) << (this.position & 7)
  }
  code(table: DecodeTable): number {
    const window = this.#window()
    const entry = (table.quick[window >>> 20] ?? 0) || findCode(table, window >>> 16)
    if (entry === 0) throw corrupt("JPEG", "the scan has a code that its Huffman table lacks")
    this.position += entry >>> 8
    return entry & 0xff
  }
  bits(count: number): number {
    if (count === 0) return 0
    const bits = this.#window() >>> (32 - count)
    this.position += count
    return bits
  }
  signed(count: number): number {
    const bits = this.bits(count)
    return count > 0 && bits >>> (count - 1) === 0 ? bits - (1 << count) + 1 : bits
  }
  check(): void {
    if (this.position > this.#size * 8) throw corrupt("JPEG", "the scan's data ends early")
  }
}

/** All coefficients of a progressive picture while its scans are read: 64 a block, in zigzag order. */
export class DenseBlocks {
  readonly #frame: Frame
  readonly #planes: ReadonlyArray<Int16Array>
  /** Remaining blocks of a run of blocks that have no further coefficients in this band. */
  #endRun = 0

  constructor(frame: Frame) {
    const total = frame.components.reduce((sum, c) => sum + c.blocksX * c.blocksY * 64, 0)
    if (total > maxCoefficients) throw unsupported("JPEG", `a progressive picture of ${total} coefficients`)
    this.#frame = frame
    this.#planes = frame.components.map((c) => new Int16Array(c.blocksX * c.blocksY * 64))
  }

  /** Reads one scan. Fails (`FormatError`) when it contradicts the format, its tables or its length. */
  decode(setup: ScanSetup, data: ScanData): void {
    const { frame, restartInterval, scan } = setup
    const { from, high, low, to } = scan
    if (to > 63 || from > to || low > 13 || (from === 0 && to !== 0)) throw corrupt("JPEG", "a bad progressive scan")
    if (from > 0 && scan.components.length !== 1) throw corrupt("JPEG", "an AC scan of several components")
    const reader = new BitReader(data)
    const predicted = new Int32Array(4)
    const [columns, rows] = scanGrid(frame, scan)
    const alone = scan.components.length === 1
    this.#endRun = 0
    let interval = 0
    for (let mcu = 0; mcu < columns * rows; mcu++) {
      if (restartInterval > 0 && mcu > 0 && mcu % restartInterval === 0) {
        const start = data.starts[++interval]
        if (start === undefined) throw corrupt("JPEG", "a restart marker is missing")
        reader.position = start * 8
        predicted.fill(0)
        this.#endRun = 0
      }
      const mcuX = mcu % columns
      const mcuY = Math.floor(mcu / columns)
      for (const part of scan.components) {
        const component = frame.components[part.index]
        const plane = this.#planes[part.index]
        if (component === undefined || plane === undefined) continue
        const [stepX, stepY] = alone ? [1, 1] : [component.h, component.v]
        for (let y = 0; y < stepY; y++) {
          for (let x = 0; x < stepX; x++) {
            const at = ((mcuY * stepY + y) * component.blocksX + mcuX * stepX + x) * 64
            if (from > 0) {
              const table = tableOf(setup.ac, part.ac)
              if (high === 0) this.#firstAc(reader, table, plane, at, from, to, low)
              else this.#refineAc(reader, table, plane, at, from, to, low)
            } else if (high === 0) {
              const size = reader.code(tableOf(setup.dc, part.dc))
              if (size > 11) throw corrupt("JPEG", "a DC difference of more than 11 bits")
              const dc = (predicted[part.index] ?? 0) + reader.signed(size)
              if (dc < -32768 || dc > 32767) throw corrupt("JPEG", "a DC value out of range")
              predicted[part.index] = dc
              plane[at] = dc << low
            } else if (reader.bits(1) === 1) plane[at] = (plane[at] ?? 0) | (1 << low)
          }
        }
        reader.check()
      }
    }
  }

  #firstAc(
    reader: BitReader,
    table: DecodeTable,
    plane: Int16Array,
    at: number,
    from: number,
    to: number,
    low: number
  ) {
    if (this.#endRun > 0) {
      this.#endRun--
      return
    }
    for (let k = from; k <= to; k++) {
      const symbol = reader.code(table)
      const size = symbol & 15
      const run = symbol >> 4
      if (size === 0) {
        if (run < 15) {
          this.#endRun = (1 << run) - 1 + reader.bits(run)
          return
        }
        k += 15
        continue
      }
      k += run
      if (k > to || size > 10) throw corrupt("JPEG", "a coefficient outside its band or range")
      plane[at + k] = reader.signed(size) << low
    }
  }

  #refineAc(
    reader: BitReader,
    table: DecodeTable,
    plane: Int16Array,
    at: number,
    from: number,
    to: number,
    low: number
  ) {
    const one = 1 << low
    const refine = (index: number, value: number) => {
      if (reader.bits(1) === 1 && (value & one) === 0) plane[index] = value + (value > 0 ? one : -one)
    }
    let k = from
    if (this.#endRun === 0) {
      for (; k <= to; k++) {
        const symbol = reader.code(table)
        const size = symbol & 15
        let run = symbol >> 4
        let fresh = 0
        if (size > 1) throw corrupt("JPEG", "a refinement of more than one bit")
        if (size === 1) fresh = reader.bits(1) === 1 ? one : -one
        else if (run < 15) {
          this.#endRun = (1 << run) + reader.bits(run)
          break
        }
        // Zeros count for the run; nonzero coefficients on the way take their next bit.
        for (; k <= to; k++) {
          const value = plane[at + k] ?? 0
          if (value !== 0) refine(at + k, value)
          else if (run-- === 0) break
        }
        if (fresh !== 0 && k <= to) plane[at + k] = fresh
      }
    }
    if (this.#endRun > 0) {
      for (; k <= to; k++) {
        const value = plane[at + k] ?? 0
        if (value !== 0) refine(at + k, value)
      }
      this.#endRun--
    }
  }

  /** Appends the finished coefficients in the sparse form. */
  toSparse(store: CoefficientBuffer, starts: ReadonlyArray<Uint32Array>): void {
    let { size, words } = store
    this.#frame.components.forEach((component, index) => {
      const plane = this.#planes[index]
      const own = starts[index]
      if (plane === undefined || own === undefined) return
      for (let block = 0; block < component.blocksX * component.blocksY; block++) {
        if (size + 65 > words.length) words = store.grown(size)
        const head = size++
        own[block] = head
        for (let k = 1; k < 64; k++) {
          const value = plane[block * 64 + k] ?? 0
          if (value === 0) continue
          const bitsSize = 32 - Math.clz32(Math.abs(value))
          if (bitsSize > 10) throw unsupported("JPEG", "a coefficient of more than 10 bits")
          const bits = value < 0 ? value + (1 << bitsSize) - 1 : value
          words[size++] = (bits << 10) | (bitsSize << 6) | k
        }
        words[head] = (((plane[block * 64] ?? 0) + 32768) << 8) | (size - head - 1)
      }
    })
    store.size = size
  }
}
