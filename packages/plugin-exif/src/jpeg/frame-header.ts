/** The headers of a JPEG: frame, quantisation and Huffman tables, scans. */
import { corrupt, unsupported } from "@sightline/platform/bytes/format-error"
import { type HuffmanSpec } from "./huffman.ts"
import { isFrame, marker, type Segment } from "./segments.ts"

/** One colour component. `h` and `v` are its sampling factors; its grid has blocks of 8 × 8, padded to whole MCUs. */
export interface Component {
  readonly id: number
  readonly h: number
  readonly v: number
  readonly quantTable: number
  /** Blocks in a row and rows of blocks, padding included. */
  readonly blocksX: number
  readonly blocksY: number
  /** The same without padding, as in a scan of this component alone. */
  readonly ownBlocksX: number
  readonly ownBlocksY: number
}

/** The frame header, with sizes in pixels. */
export interface Frame {
  readonly code: number
  readonly width: number
  readonly height: number
  readonly components: ReadonlyArray<Component>
  readonly hMax: number
  readonly vMax: number
  readonly mcusX: number
  readonly mcusY: number
}

const u8 = (bytes: Uint8Array, at: number) => bytes[at] ?? 0
const u16 = (bytes: Uint8Array, at: number) => (u8(bytes, at) << 8) | u8(bytes, at + 1)

/** The size in a frame header, in pixels, without further checks. */
export const frameSize = (bytes: Uint8Array, segment: Segment): { readonly width: number; readonly height: number } => {
  if (segment.end - segment.body < 6) throw corrupt("JPEG", "the frame header is cut short", segment.start)
  return { width: u16(bytes, segment.body + 3), height: u16(bytes, segment.body + 1) }
}

/** Reads a frame header (SOF). Only Huffman-coded 8-bit frames of at most four components: others are `unsupported`. */
export const readFrame = (bytes: Uint8Array, segment: Segment): Frame => {
  if (segment.code > marker.sof2) throw unsupported("JPEG", `frame type 0x${segment.code.toString(16)}`, segment.start)
  const { height, width } = frameSize(bytes, segment)
  const count = u8(bytes, segment.body + 5)
  if (u8(bytes, segment.body) !== 8) throw unsupported("JPEG", "samples of other than 8 bits", segment.start)
  if (segment.end - segment.body < 6 + 3 * count) throw corrupt("JPEG", "the frame header is cut short", segment.start)
  if (width === 0 || height === 0) throw unsupported("JPEG", "a frame that leaves its size open", segment.start)
  if (count < 1 || count > 4) throw unsupported("JPEG", `${count} components`, segment.start)
  const raw = Array.from({ length: count }, (_, i) => {
    const at = segment.body + 6 + 3 * i
    // A picture of one component has MCUs of one block, whatever its sampling factors (ITU T.81, A.2.2).
    const h = count === 1 ? 1 : u8(bytes, at + 1) >> 4
    const v = count === 1 ? 1 : u8(bytes, at + 1) & 15
    if (h < 1 || h > 4 || v < 1 || v > 4) throw corrupt("JPEG", "sampling factors outside 1 to 4", at)
    return { id: u8(bytes, at), h, v, quantTable: u8(bytes, at + 2) }
  })
  const hMax = Math.max(...raw.map(({ h }) => h))
  const vMax = Math.max(...raw.map(({ v }) => v))
  const mcusX = Math.ceil(width / (8 * hMax))
  const mcusY = Math.ceil(height / (8 * vMax))
  const components = raw.map(({ h, id, quantTable, v }) => ({
    id,
    h,
    v,
    quantTable,
    blocksX: mcusX * h,
    blocksY: mcusY * v,
    ownBlocksX: Math.ceil(Math.ceil((width * h) / hMax) / 8),
    ownBlocksY: Math.ceil(Math.ceil((height * v) / vMax) / 8)
  }))
  return { code: segment.code, width, height, components, hMax, vMax, mcusX, mcusY }
}

/** Quantisation tables by number: 64 values in zigzag order. */
export type QuantTables = ReadonlyMap<number, Uint16Array>

/** Reads the tables of one DQT segment into `into`. */
export const readQuantTables = (bytes: Uint8Array, segment: Segment, into: Map<number, Uint16Array>): void => {
  let at = segment.body
  while (at < segment.end) {
    const wide = u8(bytes, at) >> 4 !== 0
    const number = u8(bytes, at) & 15
    const size = wide ? 128 : 64
    if (number > 3 || at + 1 + size > segment.end) throw corrupt("JPEG", "a bad quantisation table", at)
    const table = new Uint16Array(64)
    for (let i = 0; i < 64; i++) table[i] = wide ? u16(bytes, at + 1 + 2 * i) : u8(bytes, at + 1 + i)
    into.set(number, table)
    at += 1 + size
  }
}

/** Reads the tables of one DHT segment into `into`, by `class << 4 | number`: class 0 for DC, 1 for AC. */
export const readHuffmanTables = (bytes: Uint8Array, segment: Segment, into: Map<number, HuffmanSpec>): void => {
  let at = segment.body
  while (at < segment.end) {
    const key = u8(bytes, at)
    if (at + 17 > segment.end || key >> 4 > 1 || (key & 15) > 3) throw corrupt("JPEG", "a bad Huffman table", at)
    const counts = bytes.slice(at + 1, at + 17)
    const total = counts.reduce((sum, n) => sum + n, 0)
    if (total > 256 || at + 17 + total > segment.end) throw corrupt("JPEG", "a bad Huffman table", at)
    into.set(key, { counts, symbols: bytes.slice(at + 17, at + 17 + total) })
    at += 17 + total
  }
}

/**
 * Checks that the tables of the first scan are defined before it; decoders refuse the file otherwise.
 *
 * Frames that this package does not decode are not checked. Fails (`FormatError`) with what is missing.
 */
export const checkFirstScan = (bytes: Uint8Array, segments: ReadonlyArray<Segment>): void => {
  const quant = new Map<number, Uint16Array>()
  const huffman = new Map<number, HuffmanSpec>()
  for (const segment of segments) {
    if (segment.code === marker.dqt) readQuantTables(bytes, segment, quant)
    if (segment.code === marker.dht) readHuffmanTables(bytes, segment, huffman)
  }
  const header = segments.find(({ code }) => isFrame(code))
  const start = segments.at(-1)
  if (header === undefined || start === undefined || header.code > marker.sof2 || bytes[header.body] !== 8) return
  const frame = readFrame(bytes, header)
  const blocks = frame.components.reduce((sum, c) => sum + c.ownBlocksX * c.ownBlocksY, 0)
  // A block of a sequential picture takes at least two bits. Decoders show files that are cut short, but not those with less
  // data than a quarter of the blocks takes at least.
  if (header.code !== marker.sof2 && blocks * 2 > (bytes.length - start.end) * 8 * 4)
    throw corrupt("JPEG", "a size that its data cannot fill", header.start)
  for (const { ac, dc, index } of readScan(bytes, start, frame).components) {
    if (!quant.has(frame.components[index]?.quantTable ?? 0)) {
      throw corrupt("JPEG", "a quantisation table is missing", start.start)
    }
    // A progressive first scan has no AC coefficients. Decoders use the standard tables where a file has none at all.
    const lacks = !huffman.has(dc) || (header.code !== marker.sof2 && !huffman.has(16 | ac))
    if (huffman.size > 0 && lacks) throw corrupt("JPEG", "a Huffman table is missing", start.start)
  }
}

/** A scan's header: its components, their tables, and the band of coefficients. */
export interface ScanHeader {
  readonly components: ReadonlyArray<{ readonly index: number; readonly dc: number; readonly ac: number }>
  readonly from: number
  readonly to: number
  readonly high: number
  readonly low: number
}

/** Reads a scan header (SOS) and checks it against its frame. */
export const readScan = (bytes: Uint8Array, segment: Segment, frame: Frame): ScanHeader => {
  const count = u8(bytes, segment.body)
  if (count < 1 || count > 4 || segment.end - segment.body < 4 + 2 * count) {
    throw corrupt("JPEG", "a bad scan header", segment.start)
  }
  const used = new Set<number>()
  const components = Array.from({ length: count }, (_, i) => {
    const at = segment.body + 1 + 2 * i
    // Some CMYK files give two components the same id; they are taken in order, as in libjpeg.
    const index = frame.components.findIndex(({ id }, c) => id === u8(bytes, at) && !used.has(c))
    if (index < 0) throw corrupt("JPEG", "a scan of a component that does not exist", at)
    used.add(index)
    return { index, dc: u8(bytes, at + 1) >> 4, ac: u8(bytes, at + 1) & 15 }
  })
  const at = segment.body + 1 + 2 * count
  return {
    components,
    from: u8(bytes, at),
    to: u8(bytes, at + 1),
    high: u8(bytes, at + 2) >> 4,
    low: u8(bytes, at + 2) & 15
  }
}
