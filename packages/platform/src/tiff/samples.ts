/** Reads the samples of a TIFF page as numbers, whatever their type, order and compression. */
import { corrupt, unsupported } from "../bytes/format-error.ts"
import { halfFloat } from "../bytes/half-float.ts"
import type { View } from "../bytes/view.ts"
import { decompress } from "./decompress.ts"
import type { Directory } from "./ifd.ts"
import { numberOf, type PageLayout, rowBytesOf, segmentsPerPlane } from "./pages.ts"
import { tag } from "./tags.ts"

/** Kinds of numbers (tag `SampleFormat`). */
export const sampleFormats = { unsigned: 1, signed: 2, float: 3, unstated: 4 } as const

/** Most bytes of one unpacked strip or tile. */
const maxSegmentBytes = 1 << 28

/** A reader of one sample: the value of sample `i` of an unpacked row. */
export type ReadSample = (data: DataView, i: number) => number

/** Reads samples of 1 to 31 bits that are packed without gaps, the high bit first (TIFF 6.0, section 3). */
const packedReader =
  (bits: number): ReadSample =>
  (data, i) => {
    let value = 0
    let at = i * bits
    for (let left = bits; left > 0;) {
      const free = 8 - (at & 7)
      const taken = Math.min(free, left)
      value = (value << taken) | ((data.getUint8(at >> 3) >> (free - taken)) & ((1 << taken) - 1))
      at += taken
      left -= taken
    }
    return value
  }

/** How samples of this type are read; undefined for types that are not. */
export const readerOf = (format: number, bits: number, littleEndian: boolean): ReadSample | undefined => {
  const kind = format === sampleFormats.float ? "float" : format === sampleFormats.signed ? "signed" : "unsigned"
  const readers: Readonly<Record<string, ReadSample>> = {
    unsigned8: (data, i) => data.getUint8(i),
    unsigned16: (data, i) => data.getUint16(i * 2, littleEndian),
    unsigned24: (data, i) => {
      const [first, middle, last] = [data.getUint8(i * 3), data.getUint8(i * 3 + 1), data.getUint8(i * 3 + 2)]
      return (middle << 8) | (littleEndian ? (last << 16) | first : (first << 16) | last)
    },
    unsigned32: (data, i) => data.getUint32(i * 4, littleEndian),
    unsigned64: (data, i) => Number(data.getBigUint64(i * 8, littleEndian)),
    signed8: (data, i) => data.getInt8(i),
    signed16: (data, i) => data.getInt16(i * 2, littleEndian),
    signed32: (data, i) => data.getInt32(i * 4, littleEndian),
    float16: (data, i) => halfFloat(data.getUint16(i * 2, littleEndian)),
    float32: (data, i) => data.getFloat32(i * 4, littleEndian),
    float64: (data, i) => data.getFloat64(i * 8, littleEndian)
  }
  const isPacked = kind === "unsigned" && Number.isInteger(bits) && bits >= 1 && bits < 32
  return readers[`${kind}${bits}`] ?? (isPacked ? packedReader(bits) : undefined)
}

/** Adds up horizontal differences, in place (TIFF 6.0, section 14); of integers of 8 to 64 bits. */
const addDifferences = (row: DataView, count: number, step: number, bytes: number, little: boolean): void => {
  for (let i = step; i < count; i++) {
    const [at, before] = [i * bytes, (i - step) * bytes]
    if (bytes === 1) row.setUint8(at, row.getUint8(at) + row.getUint8(before))
    else if (bytes === 2) row.setUint16(at, row.getUint16(at, little) + row.getUint16(before, little), little)
    else if (bytes === 4) row.setUint32(at, row.getUint32(at, little) + row.getUint32(before, little), little)
    else row.setBigUint64(at, row.getBigUint64(at, little) + row.getBigUint64(before, little), little)
  }
}

/** Undoes the floating-point predictor, in place: bytes of equal significance are stored together, as differences. */
const joinFloatBytes = (row: Uint8Array, count: number, step: number, bytes: number, little: boolean): void => {
  for (let i = step; i < row.length; i++) row[i] = (row[i] ?? 0) + (row[i - step] ?? 0)
  const apart = row.slice()
  for (let i = 0; i < count; i++) {
    for (let b = 0; b < bytes; b++) row[i * bytes + (little ? bytes - 1 - b : b)] = apart[b * count + i] ?? 0
  }
}

const reversedBits = Uint8Array.from({ length: 256 }, (_, byte) => {
  let out = 0
  for (let bit = 0; bit < 8; bit++) out |= ((byte >> bit) & 1) << (7 - bit)
  return out
})

/** Bytes in the usual order of bits; `FillOrder` 2 stores the lowest bit first, whatever the compression. */
const inBitOrder = (packed: Uint8Array, fillOrder: number): Uint8Array =>
  fillOrder === 2 ? packed.map((byte) => reversedBits[byte] ?? 0) : packed

/** One sample of a row of pixels: `valueAt(i)` is that of the pixel `x + i`. */
export interface SampleRow {
  readonly x: number
  readonly y: number
  readonly count: number
  readonly channel: number
  readonly valueAt: (i: number) => number
}

/**
 * Unpacks the segments of a page one after the other and reports each row of each sample.
 *
 * Memory: one segment. Fails (`FormatError`) when data is missing or contradicts its compression.
 */
export const readSamples = (
  view: View,
  page: Directory,
  layout: PageLayout,
  readSample: ReadSample,
  onRow: (row: SampleRow) => void
): void => {
  const { bits, byteCounts, compression, height, offsets, planar, samples, segmentHeight, segmentWidth, width } = layout
  const predictor = numberOf(view, page, tag.predictor, 1)
  const fillOrder = numberOf(view, page, tag.fillOrder, 1)
  const bytes = (bits[0] ?? 8) / 8
  if (predictor !== 1 && ![1, 2, 4, 8].includes(bytes))
    throw unsupported("TIFF", `predictor ${predictor} with samples of ${bytes * 8} bits`, page.at)
  const perPlane = segmentsPerPlane(layout)
  const across = Math.ceil(width / segmentWidth)
  const step = planar ? 1 : samples
  const rowBytes = rowBytesOf(layout, 0)
  if (rowBytes * Math.min(segmentHeight, height) > maxSegmentBytes)
    throw unsupported("TIFF", `strips or tiles of over ${maxSegmentBytes} bytes`, page.at)
  for (let index = 0; index < perPlane * (planar ? samples : 1); index++) {
    const place = index % perPlane
    const [left, top] = [(place % across) * segmentWidth, Math.floor(place / across) * segmentHeight]
    const rows = Math.min(segmentHeight, height - top)
    const start = offsets[index] ?? 0
    const stated = byteCounts[index] ?? 0
    if (start === 0) throw corrupt("TIFF", "a strip or tile is missing", page.at)
    const packed = view.bytes.subarray(start, stated === 0 ? view.length : start + stated)
    const data = decompress(compression, inBitOrder(packed, fillOrder), rowBytes * rows)
    for (let row = 0; row < rows; row++) {
      const line = data.subarray(row * rowBytes, (row + 1) * rowBytes)
      const numbers = new DataView(line.buffer, line.byteOffset, line.length)
      const count = segmentWidth * step
      if (predictor === 2) addDifferences(numbers, count, step, bytes, view.littleEndian)
      if (predictor === 3) joinFloatBytes(line, count, step, bytes, view.littleEndian)
      const shown = Math.min(segmentWidth, width - left)
      for (let channel = 0; channel < step; channel++) {
        onRow({
          x: left,
          y: top + row,
          count: shown,
          channel: planar ? Math.floor(index / perPlane) : channel,
          valueAt: (i) => readSample(numbers, i * step + channel)
        })
      }
    }
  }
}
