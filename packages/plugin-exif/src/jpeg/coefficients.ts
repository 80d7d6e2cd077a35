/** A JPEG's quantised DCT coefficients in a sparse form. */
import { unsupported } from "@sightline/platform/bytes/format-error"
import type { Frame, QuantTables } from "./frame-header.ts"
import type { HuffmanSpec } from "./huffman.ts"
import { marker } from "./segments.ts"

/**
 * All coefficients of a picture.
 *
 * Shape: a block is a head word, `(dc + 32768) << 8 | count`, followed by `count` words, one for each non-zero AC
 * coefficient in zigzag order: `bits << 10 | size << 6 | zigzag index`, with size and bits as Huffman coding has them
 * (a negative value is stored as itself minus one, cut to `size` bits). `starts[component][row * blocksX + column]` is
 * the index of a block's head in `entries`; word 0 is an empty block, so 0 stands for blocks that no scan has filled.
 * A dense array would take 2 bytes for each of 18 million coefficients of a 12-megapixel photo, of which 90 % are 0.
 */
export interface Coefficients {
  readonly frame: Frame
  readonly entries: Uint32Array
  readonly starts: ReadonlyArray<Uint32Array>
  /** The quantisation table of each component, in zigzag order. */
  readonly quant: ReadonlyArray<Uint16Array>
  /** The Huffman tables of each component; undefined for progressive files, whose scans use different ones. */
  readonly huffman: ReadonlyArray<{ readonly dc: HuffmanSpec; readonly ac: HuffmanSpec } | undefined>
}

/** The head word of a block whose DC is 0 and that has no AC coefficients. */
export const emptyHead = 32768 << 8

/** A growing list of words. Decoders keep `words` and `size` in locals, and store `size` when they are done. */
export class CoefficientBuffer {
  words: Uint32Array
  size = 1

  constructor(expected: number) {
    this.words = new Uint32Array(Math.max(1024, expected))
    this.words[0] = emptyHead
  }

  /** A copy with room for at least 64 more words after `size`. */
  grown(size: number): Uint32Array {
    const bigger = new Uint32Array(this.words.length + (this.words.length >> 1) + 64)
    bigger.set(this.words.subarray(0, size))
    this.words = bigger
    return bigger
  }
}

/** Most blocks of one picture: 178 megapixels in 4:2:0. Each takes at least 8 bytes of memory. */
const maxBlocks = 1 << 22

/** Empty block indices for a frame. Fails (`FormatError`) when the frame has more blocks than `bits` bits can code. */
export const emptyStarts = (frame: Frame, bits: number): ReadonlyArray<Uint32Array> => {
  const blocks = frame.components.reduce((sum, c) => sum + c.ownBlocksX * c.ownBlocksY, 0)
  if (blocks > maxBlocks) throw unsupported("JPEG", `${blocks} blocks`)
  // A block takes at least one bit for its DC code, and another for its end, which progressive blocks can share.
  const least = frame.code === marker.sof2 ? 1 : 2
  if (blocks * least > bits) throw unsupported("JPEG", `${blocks} blocks stated, and data for fewer`)
  return frame.components.map((c) => new Uint32Array(c.blocksX * c.blocksY))
}

/** The value of a Huffman-coded number of `size` bits (ITU T.81, F.2.2.1). */
export const extended = (bits: number, size: number): number =>
  size > 0 && bits >>> (size - 1) === 0 ? bits - (1 << size) + 1 : bits

/** The 64 coefficients of one block in zigzag order. Slow: for tests. */
export const blockOf = (from: Coefficients, component: number, column: number, row: number): Int16Array => {
  const block = new Int16Array(64)
  const at = from.starts[component]?.[row * (from.frame.components[component]?.blocksX ?? 0) + column] ?? 0
  const head = from.entries[at] ?? emptyHead
  block[0] = (head >>> 8) - 32768
  for (let i = 1; i <= (head & 0xff); i++) {
    const entry = from.entries[at + i] ?? 0
    block[entry & 63] = extended(entry >>> 10, (entry >>> 6) & 15)
  }
  return block
}

/** The quantisation table of each component. Fails (`FormatError`) when one is missing. */
export const quantOf = (frame: Frame, tables: QuantTables): ReadonlyArray<Uint16Array> =>
  frame.components.map(({ quantTable }) => {
    const table = tables.get(quantTable)
    if (table === undefined) throw unsupported("JPEG", "a component without its quantisation table")
    return table
  })
