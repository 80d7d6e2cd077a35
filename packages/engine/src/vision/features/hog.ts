/** Shape: histograms of gradient directions over a grid of cells (Dalal and Triggs, CVPR 2005), at two grid sizes. */
import { scaleTo } from "./norm.ts"
import type { Planes } from "./planes.ts"

const directions = 9
const grids = [6, 10] as const
const blockSize = 4 * directions

const sizeOf = (grid: number): number => (grid - 1) * (grid - 1) * blockSize

/** Numbers in this block. */
export const hogSize: number = grids.reduce((sum, grid) => sum + sizeOf(grid), 0)

/** Writes HOG blocks of both grids into `out` at `offset`; each grid has length 1. */
export const hog = (planes: Planes, out: Float32Array, offset: number): void => {
  let at = offset
  for (const grid of grids) {
    writeBlocks(cellsOf(planes, grid), grid, out, at)
    scaleTo(out, at, at + sizeOf(grid), 1)
    at += sizeOf(grid)
  }
}

// For each pixel along a side: the offset of the first of its two nearest cells (cell 0 is outside the image), and the
// share of the second one.
const nearest = (length: number, grid: number) => {
  const first = new Int32Array(length)
  const share = new Float64Array(length)
  for (let i = 0; i < length; i++) {
    const place = ((i + 0.5) * grid) / length + 0.5
    first[i] = Math.floor(place) * directions
    share[i] = place - Math.floor(place)
  }
  return { first, share }
}

// Each pixel's gradient votes for the two nearest directions and the four nearest cells: first along its row, then each
// row for the two nearest rows of cells. A border of cells, which is not read, takes the votes outside the image.
const cellsOf = ({ angle, height, magnitude, width }: Planes, grid: number): Float64Array => {
  const line = (grid + 2) * directions
  const cells = new Float64Array((grid + 2) * line)
  const votes = new Float64Array(line)
  const across = nearest(width, grid)
  const down = nearest(height, grid)
  const toTurn = directions / Math.PI // a line has no sign: 0..2 × directions
  for (let y = 0, i = 0; y < height; y++) {
    votes.fill(0)
    for (let x = 0; x < width; x++, i++) {
      const strength = magnitude[i] ?? 0
      if (strength === 0) continue
      const turn = (angle[i] ?? 0) * toTurn
      const whole = turn | 0
      const t0 = whole < directions ? whole : (whole - directions) % directions
      const t1 = t0 === directions - 1 ? 0 : t0 + 1
      const share = across.share[x] ?? 0
      const second = strength * (turn - whole)
      const one = strength - second
      const left = across.first[x] ?? 0
      const right = left + directions
      votes[left + t0] = (votes[left + t0] ?? 0) + one * (1 - share)
      votes[left + t1] = (votes[left + t1] ?? 0) + second * (1 - share)
      votes[right + t0] = (votes[right + t0] ?? 0) + one * share
      votes[right + t1] = (votes[right + t1] ?? 0) + second * share
    }
    const share = down.share[y] ?? 0
    for (let k = 0, at = ((down.first[y] ?? 0) / directions) * line; k < line; k++, at++) {
      cells[at] = (cells[at] ?? 0) + (1 - share) * (votes[k] ?? 0)
      cells[at + line] = (cells[at + line] ?? 0) + share * (votes[k] ?? 0)
    }
  }
  return cells
}

// Blocks of 2 × 2 cells, normalised to length 1, cut at 0.2 so that no single edge dominates, and normalised again.
const writeBlocks = (cells: Float64Array, grid: number, out: Float32Array, offset: number): void => {
  let at = offset
  for (let y = 0; y < grid - 1; y++) {
    for (let x = 0; x < grid - 1; x++) {
      for (let corner = 0; corner < 4; corner++) {
        const cell = ((y + 1 + (corner >> 1)) * (grid + 2) + x + 1 + (corner & 1)) * directions
        out.set(cells.subarray(cell, cell + directions), at + corner * directions)
      }
      scaleTo(out, at, at + blockSize, 1)
      for (let i = at; i < at + blockSize; i++) out[i] = Math.min(out[i] ?? 0, 0.2)
      scaleTo(out, at, at + blockSize, 1)
      at += blockSize
    }
  }
}
