/** Local colour: the mean and the deviation of L, a and b in each of 4 × 4 cells (Perronnin's colour statistics). */
import { gather, places, toCells } from "./cells.ts"
import type { Planes } from "./planes.ts"

/** Numbers in a descriptor. */
export const localColorSize = 16 * 6

/** Writes descriptors every `step` grid nodes into `out` from descriptor `first` on; returns how many there are now. */
export const denseColor = (
  { a, b, height, l, width }: Planes,
  step: number,
  out: Float32Array,
  first: number
): number => {
  const planes = [l, a, b]
  const cells = toCells(width, height, 6, (channel, table, line) => {
    const plane = planes[channel % 3] ?? l
    const squared = channel >= 3
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0, to = (y + 1) * line + 1; x < width; x++, i++, to++) {
        const value = plane[i] ?? 0
        table[to] = squared ? value * value : value
      }
    }
  })
  const { means } = cells
  for (let i = 0; i < means.length; i += 6) {
    for (let c = i; c < i + 3; c++) {
      const mean = means[c] ?? 0
      means[c + 3] = Math.sqrt(Math.max((means[c + 3] ?? 0) - mean * mean, 0))
    }
  }
  const [across, down] = [places(cells.columns, step), places(cells.rows, step)]
  let next = first
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) gather(cells, x * step, y * step, out, next++ * localColorSize)
  }
  return next
}
