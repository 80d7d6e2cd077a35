/**
 * Means of several planes over small square cells, on a regular grid. Local descriptors are made of 4 × 4 cells.
 */
import { accumulate, makeIntegral } from "./integral.ts"

/** Pixels a cell is wide, and pixels between neighbouring cells of the grid. A descriptor takes every second one. */
export const cellSide = 4
export const cellStep = 2
const stride = cellSide / cellStep

/** Cell means: for node (x, y) of the grid, `channels` numbers at `(y * columns + x) * channels`. */
export interface Cells {
  readonly columns: number
  readonly rows: number
  readonly channels: number
  readonly means: Float32Array
}

/** Where descriptors stand: how many fit side by side at a distance of `step` grid nodes. */
export const places = (nodes: number, step: number): number =>
  Math.max(Math.floor((nodes - 1 - 3 * stride) / step) + 1, 0)

/** Averages planes over cells. `fill` writes channel `c` into a table as `integral.ts` wants it. */
export const toCells = (
  width: number,
  height: number,
  channels: number,
  fill: (channel: number, table: Float64Array, stride: number) => void
): Cells => {
  const columns = Math.floor((width - cellSide) / cellStep) + 1
  const rows = Math.floor((height - cellSide) / cellStep) + 1
  const means = new Float32Array(Math.max(columns * rows, 0) * channels)
  const line = width + 1
  const table = makeIntegral(width, height)
  for (let channel = 0; channel < channels; channel++) {
    table.fill(0)
    fill(channel, table, line)
    accumulate(table, width, height)
    for (let y = 0, to = channel; y < rows; y++) {
      let top = y * cellStep * line
      for (let x = 0; x < columns; x++, to += channels, top += cellStep) {
        const bottom = top + cellSide * line
        const sum =
          (table[bottom + cellSide] ?? 0) - (table[bottom] ?? 0) - (table[top + cellSide] ?? 0) + (table[top] ?? 0)
        means[to] = sum / (cellSide * cellSide)
      }
    }
  }
  return { columns, rows, channels, means }
}

/** Copies the 4 × 4 cells of the descriptor at node (x, y), row by row, to `out` at `to`. */
export const gather = (
  { channels, columns, means }: Cells,
  x: number,
  y: number,
  out: Float32Array,
  to: number
): void => {
  let next = to
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      const from = ((y + row * stride) * columns + x + column * stride) * channels
      for (let c = 0; c < channels; c++) out[next++] = means[from + c] ?? 0
    }
  }
}
