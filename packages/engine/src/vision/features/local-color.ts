/** Local colour: the mean and the deviation of L, a and b in each of 4 × 4 cells (Perronnin's colour statistics). */
import { cellSide, gather, makeCells } from "./cells.ts"
import type { Planes } from "./planes.ts"

const channels = 6

/** Numbers in a descriptor. */
export const localColorSize = 16 * channels

const area = cellSide * cellSide

/** Writes descriptors, one for each 4 pixels, into `out` from descriptor `first` on; returns the new count. */
export const denseColor = ({ a, b, height, l, width }: Planes, out: Float32Array, first: number): number => {
  const cells = makeCells(width, height, channels)
  const { columns, rows, values } = cells
  const planes = [l, a, b]
  for (let y = 0, at = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, at += channels) {
      for (let channel = 0; channel < 3; channel++) {
        const plane = planes[channel] ?? l
        let [sum, squares] = [0, 0]
        for (let row = 0, from = y * cellSide * width + x * cellSide; row < cellSide; row++, from += width) {
          const p = plane[from] ?? 0
          const q = plane[from + 1] ?? 0
          const r = plane[from + 2] ?? 0
          const s = plane[from + 3] ?? 0
          sum += p + q + (r + s)
          squares += p * p + q * q + (r * r + s * s)
        }
        const mean = sum / area
        values[at + channel] = mean
        values[at + channel + 3] = Math.sqrt(Math.max(squares / area - mean * mean, 0))
      }
    }
  }
  return gather(cells, out, first)
}
