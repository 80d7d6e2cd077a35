/** Decodes a whole JPEG to its quantised coefficients. */
import { corrupt, unsupported } from "@sightline/platform/bytes/format-error"
import { removeStuffing } from "./bit-streams.ts"
import { type Coefficients, emptyStarts, CoefficientBuffer, quantOf } from "./coefficients.ts"
import { type Frame, readFrame, readHuffmanTables, readQuantTables, readScan, type ScanHeader } from "./frame-header.ts"
import { type DecodeTable, decodeTable, type HuffmanSpec } from "./huffman.ts"
import { DenseBlocks } from "./progressive-scan.ts"
import { endOfScan, isFrame, isJpeg, marker, segmentAt } from "./segments.ts"
import { decodeSequential } from "./sequential-scan.ts"

/** Most scans of a file: progressive files have about ten, hostile ones repeat one thousands of times. */
const maxScans = 100

/** Tables and settings of the segments read so far. */
interface State {
  readonly quant: Map<number, Uint16Array>
  readonly huffman: Map<number, HuffmanSpec>
  restartInterval: number
  frame: Frame | undefined
}

const decoders = (state: State, kind: 0 | 1): ReadonlyMap<number, DecodeTable> => {
  const tables = new Map<number, DecodeTable>()
  for (const [key, spec] of state.huffman) if (key >> 4 === kind) tables.set(key & 15, decodeTable(spec))
  return tables
}

/** Reads one non-scan segment into the state. */
const readTables = (bytes: Uint8Array, at: number, state: State): ReturnType<typeof segmentAt> => {
  const segment = segmentAt(bytes, at)
  if (isFrame(segment.code)) {
    if (state.frame !== undefined) throw unsupported("JPEG", "a second frame", segment.start)
    state.frame = readFrame(bytes, segment)
  } else if (segment.code === marker.dqt) readQuantTables(bytes, segment, state.quant)
  else if (segment.code === marker.dht) readHuffmanTables(bytes, segment, state.huffman)
  else if (segment.code === marker.dri && segment.end - segment.body >= 2) {
    state.restartInterval = ((bytes[segment.body] ?? 0) << 8) | (bytes[segment.body + 1] ?? 0)
  } else if (segment.code === marker.dnl) throw unsupported("JPEG", "a DNL segment", segment.start)
  return segment
}

const filledBy = (filled: Set<number>, scan: ScanHeader): void => {
  for (const { index } of scan.components) {
    if (filled.has(index)) throw corrupt("JPEG", "a component coded twice in a sequential file")
    filled.add(index)
  }
}

/**
 * Decodes a Huffman-coded 8-bit JPEG (baseline, extended sequential or progressive) to its coefficients.
 *
 * Cost: one pass; memory about 5 bytes for each non-zero coefficient (progressive: 2 for each coefficient).
 * Fails (`FormatError`): `unsupported` for arithmetic coding, 12-bit, lossless and hierarchical files, and for headers
 * that state far more than the data could hold; `corrupt` when the data contradicts itself or ends early.
 */
export const decodeCoefficients = (bytes: Uint8Array): Coefficients => {
  if (!isJpeg(bytes)) throw corrupt("JPEG", "no start-of-image marker", 0)
  const state: State = { quant: new Map(), huffman: new Map(), restartInterval: 0, frame: undefined }
  const store = new CoefficientBuffer(Math.min(Math.floor(bytes.length * 1.3), 1 << 24))
  const filled = new Set<number>()
  const used: Array<{ readonly dc: HuffmanSpec; readonly ac: HuffmanSpec } | undefined> = []
  let starts: ReadonlyArray<Uint32Array> | undefined
  let dense: DenseBlocks | undefined
  let scans = 0
  let at = 2
  for (;;) {
    const segment = readTables(bytes, at, state)
    at = segment.end
    if (segment.code === marker.eoi) break
    if (segment.code !== marker.sos) continue
    if (state.frame === undefined) throw corrupt("JPEG", "a scan before its frame header", segment.start)
    if (++scans > maxScans) throw unsupported("JPEG", `more than ${maxScans} scans`, segment.start)
    const { frame, restartInterval } = state
    const scan = readScan(bytes, segment, frame)
    const end = endOfScan(bytes, segment.end)
    const data = removeStuffing(bytes, segment.end, end)
    const setup = { frame, scan, restartInterval, dc: decoders(state, 0), ac: decoders(state, 1) }
    starts ??= emptyStarts(frame, bytes.length * 8)
    if (frame.code === marker.sof2) {
      dense ??= new DenseBlocks(frame)
      dense.decode(setup, data)
    } else {
      filledBy(filled, scan)
      decodeSequential(setup, data, store, starts)
      for (const { ac, dc, index } of scan.components) {
        const [dcSpec, acSpec] = [state.huffman.get(dc), state.huffman.get(16 | ac)]
        used[index] = dcSpec && acSpec ? { dc: dcSpec, ac: acSpec } : undefined
      }
    }
    at = end
    // A sequential picture is complete once every component is coded; what follows is not read.
    if (dense === undefined && filled.size === frame.components.length) break
  }
  if (state.frame === undefined || starts === undefined) throw corrupt("JPEG", "no picture in the file")
  if (dense === undefined && filled.size < state.frame.components.length) {
    throw corrupt("JPEG", "a component is never coded")
  }
  if (dense !== undefined) dense.toSparse(store, starts)
  const { frame } = state
  return {
    frame,
    entries: store.words.subarray(0, store.size),
    starts,
    quant: quantOf(frame, state.quant),
    huffman: frame.components.map((_, index) => used[index])
  }
}
