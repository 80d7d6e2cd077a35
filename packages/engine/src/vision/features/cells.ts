/**
 * Folder `vision/features`: local descriptors and histograms of colour, shape and texture. This file: sums of several planes
 * over small square cells, side by side. Local descriptors are made of 4 × 4 cells.
 */

/** Width of a cell in pixels, and distance between neighbouring descriptors: they share their cells. */
export const cellSide = 4

/** Width of a descriptor in cells. */
const patch = 4

/** For cell (x, y), `channels` numbers at `(y * columns + x) * channels`. */
export interface Cells {
  readonly columns: number
  readonly rows: number
  readonly channels: number
  readonly values: Float32Array
}

/** Makes the cells of an image, all zero. The remainder at the right and the bottom has none. */
export const makeCells = (width: number, height: number, channels: number): Cells => {
  const columns = Math.floor(width / cellSide)
  const rows = Math.floor(height / cellSide)
  return { columns, rows, channels, values: new Float32Array(columns * rows * channels) }
}

/** The number of descriptors of an image. */
export const countPatches = ({ columns, rows }: Cells): number =>
  Math.max(columns - patch + 1, 0) * Math.max(rows - patch + 1, 0)

/** Copies the cells of each descriptor, row by row, to `out` from descriptor `first` on; returns the new count. */
export const gather = (cells: Cells, out: Float32Array, first: number): number => {
  const { channels, columns, rows, values } = cells
  const run = patch * channels
  let to = first * patch * run
  for (let y = 0; y <= rows - patch; y++) {
    for (let x = 0; x <= columns - patch; x++) {
      for (let row = 0; row < patch; row++) {
        const from = ((y + row) * columns + x) * channels
        for (let i = 0; i < run; i++) out[to++] = values[from + i] ?? 0
      }
    }
  }
  return first + countPatches(cells)
}
