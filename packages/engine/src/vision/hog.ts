/** Shape: histograms of gradient directions over a grid of cells (Dalal and Triggs, CVPR 2005), at two grid sizes. */
import { scaleTo } from "./norm.ts"
import type { Planes } from "./planes.ts"

const directions = 9
const grids = [6, 10] as const
const blockSize = 4 * directions

const sizeOf = (grid: number): number => (grid - 1) * (grid - 1) * blockSize

/** Numbers this block has. */
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

// Each pixel's gradient votes for the two nearest directions and the four nearest cells.
const cellsOf = ({ angle, height, magnitude, width }: Planes, grid: number): Float32Array => {
  const cells = new Float32Array(grid * grid * directions)
  for (let y = 0; y < height; y++) {
    const cy = ((y + 0.5) * grid) / height - 0.5
    const y0 = Math.floor(cy)
    for (let x = 0; x < width; x++) {
      const strength = magnitude[y * width + x] ?? 0
      if (strength === 0) continue
      const cx = ((x + 0.5) * grid) / width - 0.5
      const x0 = Math.floor(cx)
      const turn = ((angle[y * width + x] ?? 0) / Math.PI) * directions // a line has no sign: 0..2 × directions
      const t0 = Math.floor(turn)
      const t1 = turn - t0
      const first = t0 % directions
      const second = (t0 + 1) % directions
      for (let corner = 0; corner < 4; corner++) {
        const yy = y0 + (corner >> 1)
        const xx = x0 + (corner & 1)
        if (yy < 0 || xx < 0 || yy >= grid || xx >= grid) continue
        const weight = strength * (1 - Math.abs(cy - yy)) * (1 - Math.abs(cx - xx))
        const at = (yy * grid + xx) * directions
        cells[at + first] = (cells[at + first] ?? 0) + weight * (1 - t1)
        cells[at + second] = (cells[at + second] ?? 0) + weight * t1
      }
    }
  }
  return cells
}

// Blocks of 2 × 2 cells, each brought to length 1, cut at 0.2 so that one strong edge is not everything, and again.
const writeBlocks = (cells: Float32Array, grid: number, out: Float32Array, offset: number): void => {
  let at = offset
  for (let y = 0; y < grid - 1; y++) {
    for (let x = 0; x < grid - 1; x++) {
      for (let corner = 0; corner < 4; corner++) {
        const cell = ((y + (corner >> 1)) * grid + x + (corner & 1)) * directions
        out.set(cells.subarray(cell, cell + directions), at + corner * directions)
      }
      scaleTo(out, at, at + blockSize, 1)
      for (let i = at; i < at + blockSize; i++) out[i] = Math.min(out[i] ?? 0, 0.2)
      scaleTo(out, at, at + blockSize, 1)
      at += blockSize
    }
  }
}
