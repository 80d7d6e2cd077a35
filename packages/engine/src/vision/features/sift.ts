/** Dense RootSIFT: 4 × 4 cells of 8 gradient directions at regular places (Lowe 2004; Arandjelović, Zisserman 2012). */
import { type Cells, cellSide, gather, makeCells } from "./cells.ts"
import type { Planes } from "./planes.ts"

const directions = 8

/** Numbers in a descriptor. */
export const siftSize = 16 * directions

// Gradients (in L a pixel) weaker than this are mostly noise: flat patches stay weak instead of being amplified.
const faintest = 1.5

// Cells far from a patch's middle have less weight, so that a small shift is a small change.
const window = Float32Array.from({ length: 16 }, (_, cell) => {
  const [dx, dy] = [(cell % 4) - 1.5, Math.floor(cell / 4) - 1.5]
  return Math.exp(-(dx * dx + dy * dy) / 8)
})
const rootWindow = window.map(Math.sqrt)

/** Writes descriptors, one for each 4 pixels, into `out` from descriptor `first` on; returns the new count. */
export const denseSift = (planes: Planes, out: Float32Array, first: number): number => {
  const cells = directionCells(planes)
  const { columns, rows, values } = cells
  const totals = new Float32Array(columns * rows)
  for (let cell = 0, i = 0; cell < totals.length; cell++) {
    let total = 0
    for (let d = 0; d < directions; d++, i++) {
      total += values[i] ?? 0
      values[i] = Math.sqrt(values[i] ?? 0) // once for each cell, not for each descriptor that contains it
    }
    totals[cell] = total
  }
  const next = gather(cells, out, first)
  for (let y = 0, at = first * siftSize; y <= rows - 4; y++) {
    for (let x = 0; x <= columns - 4; x++) at = normalise(out, at, totals, y * columns + x, columns)
  }
  return next
}

// Normalises the descriptor whose roots are at `at`, and whose first cell is `corner`, to length 1; returns its end.
const normalise = (out: Float32Array, at: number, totals: Float32Array, corner: number, columns: number): number => {
  let sum = 0
  for (let cell = 0; cell < 16; cell++) {
    sum += (window[cell] ?? 0) * (totals[corner + (cell >> 2) * columns + (cell & 3)] ?? 0)
  }
  const scale = 1 / Math.sqrt(Math.max(sum, faintest * 8))
  let i = at
  for (let cell = 0; cell < 16; cell++) {
    const factor = scale * (rootWindow[cell] ?? 0)
    for (const end = i + directions; i < end; i++) out[i] = (out[i] ?? 0) * factor
  }
  return i
}

// Mean gradient of each cell by direction; each pixel votes for the two nearest of them.
const directionCells = ({ angle, height, magnitude, width }: Planes): Cells => {
  const cells = makeCells(width, height, directions)
  const { columns, rows, values } = cells
  const toTurn = directions / (2 * Math.PI)
  for (let y = 0; y < rows * cellSide; y++) {
    const line = Math.floor(y / cellSide) * columns * directions
    for (let x = 0, i = y * width; x < columns * cellSide; x++, i++) {
      const strength = (magnitude[i] ?? 0) / (cellSide * cellSide)
      const turn = (angle[i] ?? 0) * toTurn
      const nearest = Math.floor(turn)
      const share = strength * (turn - nearest)
      const at = line + (x >> 2) * directions
      const one = at + (nearest & 7)
      const other = at + ((nearest + 1) & 7)
      values[one] = (values[one] ?? 0) + (strength - share)
      values[other] = (values[other] ?? 0) + share
    }
  }
  return cells
}
