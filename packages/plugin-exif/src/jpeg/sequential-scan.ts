/** Decodes the scans of baseline and extended sequential JPEGs into sparse coefficients. */
import { corrupt } from "@sightline/platform/bytes/format-error"
import type { ScanData } from "./bit-streams.ts"
import type { CoefficientBuffer } from "./coefficients.ts"
import type { Frame, ScanHeader } from "./frame-header.ts"
import { type DecodeTable, findCode } from "./huffman.ts"

/** One block of an MCU: its component, its place in the MCU, its tables. */
interface Slot {
  readonly component: number
  readonly dx: number
  readonly dy: number
  readonly stepX: number
  readonly stepY: number
  readonly blocksX: number
  readonly starts: Uint32Array
  readonly dc: DecodeTable
  readonly ac: DecodeTable
}

/** What decoding a scan needs besides its data. `dc` and `ac` are tables by their number. */
export interface ScanSetup {
  readonly frame: Frame
  readonly scan: ScanHeader
  readonly restartInterval: number
  readonly dc: ReadonlyMap<number, DecodeTable>
  readonly ac: ReadonlyMap<number, DecodeTable>
}

/** The table of a number. Fails (`FormatError`) when there is none. */
export const tableOf = (tables: ReadonlyMap<number, DecodeTable>, number: number): DecodeTable => {
  const table = tables.get(number)
  if (table === undefined) throw corrupt("JPEG", "a scan without its Huffman table")
  return table
}

const slotsOf = ({ ac, dc, frame, scan }: ScanSetup, starts: ReadonlyArray<Uint32Array>): ReadonlyArray<Slot> =>
  scan.components.flatMap((part): ReadonlyArray<Slot> => {
    const component = frame.components[part.index]
    const own = starts[part.index]
    if (component === undefined || own === undefined) return []
    const alone = scan.components.length === 1
    const { blocksX } = component
    const [stepX, stepY] = alone ? [1, 1] : [component.h, component.v]
    return Array.from({ length: stepX * stepY }, (_, i) => ({
      component: part.index,
      dx: i % stepX,
      dy: Math.floor(i / stepX),
      stepX,
      stepY,
      blocksX,
      starts: own,
      dc: tableOf(dc, part.dc),
      ac: tableOf(ac, part.ac)
    }))
  })

/** The number of MCUs in a row of a scan, and of rows. */
export const scanGrid = (frame: Frame, scan: ScanHeader): readonly [number, number] => {
  const [first] = scan.components
  const only = scan.components.length === 1 && first !== undefined ? frame.components[first.index] : undefined
  return only === undefined ? [frame.mcusX, frame.mcusY] : [only.ownBlocksX, only.ownBlocksY]
}

/** The entry for a code that `quick` does not have. */
const slowCode = (table: DecodeTable, window: number): number => {
  const entry = findCode(table, window >>> 16)
  if (entry === 0) throw corrupt("JPEG", "the scan has a code that its Huffman table lacks")
  return entry
}

/**
 * Decodes one sequential scan into `store` and `starts`.
 *
 * Fails (`FormatError`) when data ends early or contradicts its tables. For speed, the body is one loop with everything in
 * locals: it runs once for each non-zero coefficient, three million times for a 12-megapixel photo.
 */
export const decodeSequential = (
  setup: ScanSetup,
  data: ScanData,
  store: CoefficientBuffer,
  starts: ReadonlyArray<Uint32Array>
): void => {
  const { frame, restartInterval, scan } = setup
  const { view } = data
  const slots = slotsOf(setup, starts)
  const [columns, rows] = scanGrid(frame, scan)
  const predicted = new Int32Array(4)
  let words = store.words
  let size = store.size
  let position = 0
  let intervalEnd = (data.starts[1] ?? data.size) * 8
  let untilRestart = restartInterval
  let interval = 0
  for (let mcuY = 0; mcuY < rows; mcuY++) {
    for (let mcuX = 0; mcuX < columns; mcuX++) {
      if (restartInterval > 0 && untilRestart-- === 0) {
        const start = data.starts[++interval]
        if (start === undefined) throw corrupt("JPEG", "a restart marker is missing")
        position = start * 8
        intervalEnd = (data.starts[interval + 1] ?? data.size) * 8
        predicted.fill(0)
        untilRestart = restartInterval - 1
      }
      for (const slot of slots) {
        if (size + 65 > words.length) words = store.grown(size)
        const dcTable = slot.dc
        let window = view.getInt32(position >>> 3) << (position & 7)
        let entry = dcTable.quick[window >>> 20] ?? 0
        if (entry === 0) entry = slowCode(dcTable, window)
        let length = entry >>> 8
        let bitsSize = entry & 0xff
        if (bitsSize > 11) throw corrupt("JPEG", "a DC difference of more than 11 bits")
        position += length
        if (bitsSize > 0) {
          if (length > 12) window = view.getInt32(position >>> 3) << (position & 7)
          else window <<= length
          const bits = window >>> (32 - bitsSize)
          const value = window < 0 ? bits : bits - (1 << bitsSize) + 1
          position += bitsSize
          predicted[slot.component] = (predicted[slot.component] ?? 0) + value
        }
        const dc = predicted[slot.component] ?? 0
        if (dc < -32768 || dc > 32767) throw corrupt("JPEG", "a DC value out of range")
        const head = size++
        const acTable = slot.ac
        const quick = acTable.quick
        let k = 1
        while (k < 64) {
          window = view.getInt32(position >>> 3) << (position & 7)
          entry = quick[window >>> 20] ?? 0
          if (entry === 0) entry = slowCode(acTable, window)
          length = entry >>> 8
          position += length
          bitsSize = entry & 15
          if (bitsSize === 0) {
            if ((entry & 0xf0) !== 0xf0) break // end of block
            k += 16
            continue
          }
          k += (entry >>> 4) & 15
          if (k > 63 || bitsSize > 10) throw corrupt("JPEG", "a coefficient outside its block or range")
          if (length > 12) window = view.getInt32(position >>> 3) << (position & 7)
          else window <<= length
          position += bitsSize
          words[size++] = ((window >>> (32 - bitsSize)) << 10) | (bitsSize << 6) | k
          k++
        }
        words[head] = ((dc + 32768) << 8) | (size - head - 1)
        if (position > intervalEnd) throw corrupt("JPEG", "the scan's data ends early")
        slot.starts[(mcuY * slot.stepY + slot.dy) * slot.blocksX + mcuX * slot.stepX + slot.dx] = head
      }
    }
  }
  store.size = size
}
