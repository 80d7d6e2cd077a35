/** Dense RootSIFT: 4 × 4 cells of 8 gradient directions at regular places (Lowe 2004; Arandjelović, Zisserman 2012). */
import { gather, places, toCells } from "./cells.ts"
import type { Planes } from "./planes.ts"

const directions = 8

/** Numbers in a descriptor. */
export const siftSize = 16 * directions

// Gradients (in L a pixel) weaker than this are mostly noise: flat patches fade instead of being blown up.
const faintest = 1.5

// Cells far from a patch's middle count less, so that a small shift is a small change.
const window = Float32Array.from({ length: 16 }, (_, cell) => {
  const [dx, dy] = [(cell % 4) - 1.5, Math.floor(cell / 4) - 1.5]
  return Math.exp(-(dx * dx + dy * dy) / 8)
})

/** Writes descriptors every `step` grid nodes into `out` from descriptor `first` on; returns how many there are now. */
export const denseSift = (planes: Planes, step: number, out: Float32Array, first: number): number => {
  const { angle, height, magnitude, width } = planes
  const cells = toCells(width, height, directions, (channel, table, line) => {
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0, to = (y + 1) * line + 1; x < width; x++, i++, to++) {
        const turn = ((angle[i] ?? 0) * directions) / (2 * Math.PI) - channel
        const off = Math.abs(turn > directions / 2 ? turn - directions : turn)
        if (off < 1) table[to] = (1 - off) * (magnitude[i] ?? 0)
      }
    }
  })
  const [across, down] = [places(cells.columns, step), places(cells.rows, step)]
  let next = first
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++, next++) {
      const at = next * siftSize
      gather(cells, x * step, y * step, out, at)
      rootNormalise(out, at)
    }
  }
  return next
}

const rootNormalise = (out: Float32Array, at: number): void => {
  let sum = 0
  for (let i = 0; i < siftSize; i++) {
    const value = Math.max(out[at + i] ?? 0, 0) * (window[i >> 3] ?? 0) // differences of sums may fall just below 0
    out[at + i] = value
    sum += value
  }
  const scale = 1 / Math.max(sum, faintest * 8)
  for (let i = at; i < at + siftSize; i++) out[i] = Math.sqrt((out[i] ?? 0) * scale)
}
