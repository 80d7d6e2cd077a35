/**
 * Prepares pictures with partial MCUs for a lossless turn: moves components so that they end where their last MCU does.
 *
 * In a 4:2:0 picture of 3,000 rows the last MCU is half full. Luma has whole blocks nevertheless, which move by one block and
 * stay exact. Chroma ends in half a block, so it is moved by four samples and quantised again with its own tables. This loses
 * far less than decoding and encoding the picture; 1,080, 1,944 and 3,000 rows are common.
 */
import type { OrientationTransform } from "../image/orientation.ts"
import { type Coefficients, emptyHead, CoefficientBuffer, extended } from "./coefficients.ts"
import { forwardDct, inverseDct } from "./dct.ts"
import type { Component, Frame } from "./frame-header.ts"
import { naturalOf } from "./zigzag.ts"

/** Most samples of a component that is quantised again: 4 bytes each, 128 MiB. */
const maxSamples = 1 << 25

/** How many samples a component has to move along one axis, given its samples and its blocks in whole MCUs. */
const gap = (samples: number, blocks: number, flips: boolean): number => (flips ? blocks * 8 - samples : 0)

interface Move {
  readonly x: number
  readonly y: number
}

const samplesOf = (frame: Frame, c: Component): { readonly width: number; readonly height: number } => ({
  width: Math.ceil((frame.width * c.h) / frame.hMax),
  height: Math.ceil((frame.height * c.v) / frame.vMax)
})

const moveOf = (frame: Frame, c: Component, turn: OrientationTransform): Move => {
  const { height, width } = samplesOf(frame, c)
  return { x: gap(width, c.blocksX, turn.flipsX), y: gap(height, c.blocksY, turn.flipsY) }
}

/** True when a move is by whole blocks. */
const isByWholeBlocks = (move: Move): boolean => move.x % 8 === 0 && move.y % 8 === 0

/** True when subsampled components divide the flipped sides evenly; otherwise they would be off by half a sample. */
const dividesEvenly = (frame: Frame, turn: OrientationTransform): boolean =>
  frame.components.every(
    (c) =>
      (!turn.flipsX || (frame.width * c.h) % frame.hMax === 0) &&
      (!turn.flipsY || (frame.height * c.v) % frame.vMax === 0)
  )

/** An index with its blocks moved. The first row and column are repeated where blocks are missing. */
const movedBlocks = (starts: Uint32Array, c: Component, move: Move): Uint32Array => {
  const [dx, dy] = [move.x / 8, move.y / 8]
  const moved = new Uint32Array(starts.length)
  for (let row = 0; row < c.blocksY; row++) {
    for (let column = 0; column < c.blocksX; column++) {
      const from = Math.max(0, row - dy) * c.blocksX + Math.max(0, column - dx)
      moved[row * c.blocksX + column] = starts[from] ?? 0
    }
  }
  return moved
}

/** The samples of one component, unrounded and without level shift. */
const planeOf = (from: Coefficients, index: number, c: Component): Float32Array => {
  const stride = c.blocksX * 8
  const plane = new Float32Array(stride * c.blocksY * 8)
  const quant = from.quant[index] ?? new Uint16Array(64)
  const starts = from.starts[index] ?? new Uint32Array(0)
  const block = new Float64Array(64)
  for (let at = 0; at < starts.length; at++) {
    const start = starts[at] ?? 0
    const head = from.entries[start] ?? emptyHead
    const origin = Math.floor(at / c.blocksX) * 8 * stride + (at % c.blocksX) * 8
    const dc = ((head >>> 8) - 32768) * (quant[0] ?? 0)
    const end = start + (head & 0xff)
    if (end === start) {
      for (let row = 0; row < 8; row++) plane.fill(dc / 8, origin + row * stride, origin + row * stride + 8)
      continue
    }
    block.fill(0)
    block[0] = dc
    for (let i = start + 1; i <= end; i++) {
      const entry = from.entries[i] ?? 0
      const zigzag = entry & 63
      block[naturalOf[zigzag] ?? 0] = extended(entry >>> 10, (entry >>> 6) & 15) * (quant[zigzag] ?? 0)
    }
    inverseDct(block)
    for (let i = 0; i < 64; i++) plane[origin + (i >> 3) * stride + (i & 7)] = block[i] ?? 0
  }
  return plane
}

/** Moves samples and quantises them again into `store`. The first row and column are repeated where samples are missing. */
const requantised = (
  from: Coefficients,
  index: number,
  c: Component,
  move: Move,
  store: CoefficientBuffer
): Uint32Array => {
  const plane = planeOf(from, index, c)
  const quant = from.quant[index] ?? new Uint16Array(64)
  const { height, width } = samplesOf(from.frame, c)
  const stride = c.blocksX * 8
  const moved = new Uint32Array(c.blocksX * c.blocksY)
  const block = new Float64Array(64)
  const inverse = Float64Array.from(quant, (step) => 1 / step)
  let { size, words } = store
  for (let at = 0; at < moved.length; at++) {
    const top = Math.floor(at / c.blocksX) * 8 - move.y
    const left = (at % c.blocksX) * 8 - move.x
    if (top >= 0 && left >= 0 && top + 8 <= height && left + 8 <= width) {
      const origin = top * stride + left
      for (let i = 0; i < 64; i++) block[i] = plane[origin + (i >> 3) * stride + (i & 7)] ?? 0
    } else {
      for (let i = 0; i < 64; i++) {
        const y = Math.min(height - 1, Math.max(0, top + (i >> 3)))
        const x = Math.min(width - 1, Math.max(0, left + (i & 7)))
        block[i] = plane[y * stride + x] ?? 0
      }
    }
    forwardDct(block)
    if (size + 65 > words.length) words = store.grown(size)
    const head = size++
    moved[at] = head
    for (let zigzag = 1; zigzag < 64; zigzag++) {
      const exact = (block[naturalOf[zigzag] ?? 0] ?? 0) * (inverse[zigzag] ?? 0)
      if (exact > -0.5 && exact < 0.5) continue
      const value = Math.max(-1023, Math.min(1023, Math.round(exact)))
      const bits = 32 - Math.clz32(Math.abs(value))
      if (bits > 0) words[size++] = ((value < 0 ? value + (1 << bits) - 1 : value) << 10) | (bits << 6) | zigzag
    }
    const dc = Math.max(-1024, Math.min(1023, Math.round((block[0] ?? 0) / (quant[0] ?? 1))))
    words[head] = ((dc + 32768) << 8) | (size - head - 1)
  }
  store.size = size
  return moved
}

/**
 * The picture moved so that a turn brings no partial MCU to the left or top; undefined when a component of full resolution
 * would have to be quantised again, or a side does not divide evenly.
 *
 * Cost: about 0.5 µs for each block of the components that are quantised again.
 */
export const movedToEnd = (from: Coefficients, turn: OrientationTransform): Coefficients | undefined => {
  const { frame } = from
  const moves = frame.components.map((c) => moveOf(frame, c, turn))
  const stays = (c: Component) => (c.h === frame.hMax && c.v === frame.vMax) || c.blocksX * c.blocksY * 64 > maxSamples
  if (
    !dividesEvenly(frame, turn) ||
    frame.components.some((c, i) => stays(c) && !isByWholeBlocks(moves[i] ?? { x: 1, y: 1 }))
  ) {
    return undefined
  }
  const store = new CoefficientBuffer(Math.floor(from.entries.length * 1.2) + 1024)
  store.words.set(from.entries)
  store.size = from.entries.length
  const starts = frame.components.map((c, i) => {
    const own = from.starts[i] ?? new Uint32Array(0)
    const move = moves[i] ?? { x: 0, y: 0 }
    return isByWholeBlocks(move) ? movedBlocks(own, c, move) : requantised(from, i, c, move, store)
  })
  return { ...from, entries: store.words.subarray(0, store.size), starts }
}
