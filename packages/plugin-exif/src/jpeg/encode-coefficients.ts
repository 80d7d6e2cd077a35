/** Writes sparse coefficients as a sequential JPEG, and turns them while writing. */
import { unsupported } from "@sightline/platform/bytes/format-error"
import { concatBytes } from "@sightline/platform/bytes/view"
import type { OrientationTransform } from "../image/orientation.ts"
import { BitWriter } from "./bit-streams.ts"
import { type Coefficients, emptyHead } from "./coefficients.ts"
import { encodeTable, sequentialSymbols, fromFrequencies, type HuffmanSpec, withMissingSymbols } from "./huffman.ts"
import { marker } from "./segments.ts"
import { coefficientTurn } from "./zigzag.ts"

/** The stored area to write, in pixels from the left and top. */
interface Area {
  readonly width: number
  readonly height: number
}

/** A component of the turned picture: its grid, and how to find the stored block for each of its blocks. */
interface Plane {
  readonly id: number
  readonly h: number
  readonly v: number
  readonly quant: number
  readonly starts: Uint32Array
  /** The index into `starts` of the block at (0, 0), and what one step to the right or down adds to it. */
  readonly origin: number
  readonly stepX: number
  readonly stepY: number
  readonly tables: number
}

/** The components of the turned picture. */
const planesOf = (
  from: Coefficients,
  turn: OrientationTransform,
  area: Area,
  tables: ReadonlyArray<number>
): ReadonlyArray<Plane> => {
  const { frame } = from
  const mcusX = Math.ceil(area.width / (8 * frame.hMax))
  const mcusY = Math.ceil(area.height / (8 * frame.vMax))
  return frame.components.map((c, index) => {
    const alongX = turn.flipsX ? -1 : 1
    const alongY = (turn.flipsY ? -1 : 1) * c.blocksX
    return {
      id: c.id,
      h: turn.swaps ? c.v : c.h,
      v: turn.swaps ? c.h : c.v,
      quant: c.quantTable,
      starts: from.starts[index] ?? new Uint32Array(0),
      origin: (turn.flipsX ? mcusX * c.h - 1 : 0) + (turn.flipsY ? (mcusY * c.v - 1) * c.blocksX : 0),
      stepX: turn.swaps ? alongY : alongX,
      stepY: turn.swaps ? alongX : alongY,
      tables: tables[index] ?? 0
    }
  })
}

interface TablePair {
  readonly dc: HuffmanSpec
  readonly ac: HuffmanSpec
}

/**
 * The Huffman tables to write with, and which one each component uses.
 *
 * Those of a sequential source are used again, with codes for symbols that only the turned picture has. A progressive source
 * has none that fit, so symbols are counted: for the first component, and for the others together.
 */
const tablesOf = (from: Coefficients): { readonly pairs: ReadonlyArray<TablePair>; readonly of: Array<number> } => {
  const pairs: Array<TablePair> = []
  const of: Array<number> = []
  const known: Array<TablePair | undefined> = []
  from.frame.components.forEach((_, index) => {
    const own = from.huffman[index]
    const same = known.findIndex((pair) => pair !== undefined && pair.dc === own?.dc && pair.ac === own?.ac)
    if (own !== undefined && same >= 0) of.push(same)
    else if (own !== undefined && pairs.length < 4) {
      of.push(pairs.length)
      known.push(own)
      pairs.push({
        dc: withMissingSymbols(own.dc, sequentialSymbols.dc),
        ac: withMissingSymbols(own.ac, sequentialSymbols.ac)
      })
    } else {
      if (index < 2) pairs.push(counted(from, index === 0 ? [0] : from.frame.components.map((_, i) => i).slice(1)))
      of.push(pairs.length - 1)
      known.push(undefined)
    }
  })
  return { pairs, of }
}

/** Tables for the symbols of these components as stored. A turn changes them little; missing symbols get codes too. */
const counted = (from: Coefficients, components: ReadonlyArray<number>): TablePair => {
  const dc = new Float64Array(257)
  const ac = new Float64Array(257)
  for (const symbol of sequentialSymbols.dc) dc[symbol] = 0.01
  for (const symbol of sequentialSymbols.ac) ac[symbol] = 0.01
  for (const index of components) {
    let before = 0
    for (const start of from.starts[index] ?? []) {
      const head = from.entries[start] ?? emptyHead
      const value = (head >>> 8) - 32768
      const size = 32 - Math.clz32(Math.abs(value - before))
      before = value
      dc[size] = (dc[size] ?? 0) + 1
      let last = 0
      const end = start + (head & 0xff)
      for (let i = start + 1; i <= end; i++) {
        const entry = from.entries[i] ?? 0
        let run = (entry & 63) - last - 1
        last = entry & 63
        for (; run > 15; run -= 16) ac[0xf0] = (ac[0xf0] ?? 0) + 1
        const symbol = (run << 4) | ((entry >>> 6) & 15)
        ac[symbol] = (ac[symbol] ?? 0) + 1
      }
      if (last < 63) ac[0] = (ac[0] ?? 0) + 1
    }
  }
  return { dc: fromFrequencies(dc), ac: fromFrequencies(ac) }
}

/**
 * Writes a sequential JPEG of the turned coefficients after `head` (SOI and kept segments).
 *
 * Shape: one interleaved scan, or one for each component when an MCU would exceed the format's ten blocks.
 * Fails (`FormatError`, `unsupported`) when neighbouring DC values differ by more than 11 bits, which no encoder makes.
 */
export const encodeTurned = (
  from: Coefficients,
  turn: OrientationTransform,
  area: Area,
  head: Uint8Array,
  sourceLength: number
): Uint8Array => {
  const { frame } = from
  const { of, pairs } = tablesOf(from)
  const planes = planesOf(from, turn, area, of)
  const width = turn.swaps ? area.height : area.width
  const height = turn.swaps ? area.width : area.height
  const hMax = turn.swaps ? frame.vMax : frame.hMax
  const vMax = turn.swaps ? frame.hMax : frame.vMax
  const mcusX = Math.ceil(width / (8 * hMax))
  const mcusY = Math.ceil(height / (8 * vMax))
  const wide = frame.code !== marker.sof0 || pairs.length > 2
  const start = concatBytes([
    head,
    ...quantSegments(from, turn),
    frameSegment(wide ? marker.sof1 : marker.sof0, width, height, planes),
    ...pairs.flatMap((pair, i) => [huffmanSegment(i, pair.dc), huffmanSegment(0x10 | i, pair.ac)])
  ])
  const writer = new BitWriter(start, Math.floor(sourceLength * 1.05) + start.length)
  const codes = pairs.map((pair) => ({ dc: encodeTable(pair.dc), ac: encodeTable(pair.ac) }))
  const together = planes.reduce((sum, { h, v }) => sum + h * v, 0) <= 10
  for (const part of together ? [planes] : planes.map((plane) => [plane])) {
    writer.append(scanSegment(part))
    const [only] = part
    if (part.length === 1 && only !== undefined && planes.length > 1) {
      const columns = Math.ceil(Math.ceil((width * only.h) / hMax) / 8)
      const rows = Math.ceil(Math.ceil((height * only.v) / vMax) / 8)
      encodeScan(from, turn, [{ ...only, h: 1, v: 1 }], columns, rows, codes, writer)
    } else encodeScan(from, turn, part, mcusX, mcusY, codes, writer)
    writer.align()
  }
  writer.append(Uint8Array.of(0xff, marker.eoi))
  return writer.done()
}

interface Codes {
  readonly dc: Int32Array
  readonly ac: Int32Array
}

/** Writes one scan. For speed, the loop keeps everything in locals and allocates nothing. */
const encodeScan = (
  from: Coefficients,
  turn: OrientationTransform,
  planes: ReadonlyArray<Plane>,
  mcusX: number,
  mcusY: number,
  codes: ReadonlyArray<Codes>,
  writer: BitWriter
): void => {
  const { entries } = from
  const { place, sign } = coefficientTurn(turn)
  const turned = new Int32Array(64)
  const before = new Int32Array(planes.length)
  for (let mcuY = 0; mcuY < mcusY; mcuY++) {
    for (let mcuX = 0; mcuX < mcusX; mcuX++) {
      for (let p = 0; p < planes.length; p++) {
        const plane = planes[p]
        const code = plane && codes[plane.tables]
        if (plane === undefined || code === undefined) continue
        const { ac, dc } = code
        const { h, origin, starts, stepX, stepY, v } = plane
        for (let y = 0; y < v; y++) {
          for (let x = 0; x < h; x++) {
            const start = starts[origin + (mcuX * h + x) * stepX + (mcuY * v + y) * stepY] ?? 0
            const head = entries[start] ?? 0
            writer.reserve()
            const value = (head >>> 8) - 32768
            const difference = value - (before[p] ?? 0)
            before[p] = value
            const dcSize = 32 - Math.clz32(difference < 0 ? -difference : difference)
            if (dcSize > 11) throw unsupported("JPEG", "a DC difference of more than 11 bits")
            const dcCode = dc[dcSize] ?? 0
            const dcBits = difference < 0 ? difference + (1 << dcSize) - 1 : difference
            writer.put(((dcCode >>> 5) << dcSize) | dcBits, (dcCode & 31) + dcSize)
            // The bits of two words say which zigzag indices are used. Reading them in order sorts the turned coefficients.
            let low = 0
            let high = 0
            const end = start + (head & 0xff)
            for (let i = start + 1; i <= end; i++) {
              const entry = entries[i] ?? 0
              const k = entry & 63
              const to = place[k] ?? 0
              const size = (entry >>> 6) & 15
              turned[to] = ((entry >>> 10) ^ ((sign[k] ?? 0) & ((1 << size) - 1))) | (size << 16)
              if (to < 32) low |= 0x80000000 >>> to
              else high |= 0x80000000 >>> (to - 32)
            }
            let last = 0
            let offset = 0
            for (;;) {
              if (low === 0) {
                if (high === 0) break
                low = high
                high = 0
                offset = 32
                continue
              }
              const first = Math.clz32(low)
              low &= ~(0x80000000 >>> first)
              const to = first + offset
              let run = to - last - 1
              last = to
              for (; run > 15; run -= 16) {
                const zeros = ac[0xf0] ?? 0
                writer.put(zeros >>> 5, zeros & 31)
              }
              const packed = turned[to] ?? 0
              const size = packed >>> 16
              const symbol = ac[(run << 4) | size] ?? 0
              writer.put(((symbol >>> 5) << size) | (packed & 0xffff), (symbol & 31) + size)
            }
            if (last < 63) writer.put((ac[0] ?? 0) >>> 5, (ac[0] ?? 0) & 31)
          }
        }
      }
    }
  }
}

const segmentOf = (code: number, body: ReadonlyArray<number>): Uint8Array =>
  Uint8Array.of(0xff, code, (body.length + 2) >> 8, (body.length + 2) & 0xff, ...body)

const quantSegments = (from: Coefficients, turn: OrientationTransform): ReadonlyArray<Uint8Array> => {
  const { place } = coefficientTurn({ ...turn, flipsX: false, flipsY: false })
  const numbers = [...new Set(from.frame.components.map(({ quantTable }) => quantTable))]
  return numbers.map((number) => {
    const table = from.quant[from.frame.components.findIndex(({ quantTable }) => quantTable === number)] ?? []
    const turned = new Uint16Array(64)
    table.forEach((value, k) => (turned[place[k] ?? 0] = value))
    const wide = turned.some((value) => value > 255)
    const values = [...turned].flatMap((value) => (wide ? [value >> 8, value & 0xff] : [value]))
    return segmentOf(marker.dqt, [(wide ? 0x10 : 0) | number, ...values])
  })
}

const frameSegment = (code: number, width: number, height: number, planes: ReadonlyArray<Plane>): Uint8Array =>
  segmentOf(code, [
    8,
    height >> 8,
    height & 0xff,
    width >> 8,
    width & 0xff,
    planes.length,
    ...planes.flatMap(({ h, id, quant, v }) => [id, (h << 4) | v, quant])
  ])

const huffmanSegment = (key: number, { counts, symbols }: HuffmanSpec): Uint8Array =>
  segmentOf(marker.dht, [key, ...counts, ...symbols])

const scanSegment = (planes: ReadonlyArray<Plane>): Uint8Array =>
  segmentOf(marker.sos, [planes.length, ...planes.flatMap(({ id, tables }) => [id, (tables << 4) | tables]), 0, 63, 0])
