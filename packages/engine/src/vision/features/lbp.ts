/** Fine texture: uniform local binary patterns (Ojala, Pietikäinen, Mäenpää 2002) at two radii, over a 3 × 3 grid. */
import { power, scaleTo } from "./norm.ts"
import type { Planes } from "./planes.ts"

const grid = 3
const radii = [1, 3] as const

// A pattern is uniform if its circle of eight bits changes at most twice: 58 patterns, and one bin for the others.
const binOf = new Uint8Array(256)
let uniform = 0
for (let pattern = 0; pattern < 256; pattern++) {
  const turned = ((pattern << 1) | (pattern >> 7)) & 255
  let changes = 0
  for (let bits = pattern ^ turned; bits !== 0; bits &= bits - 1) changes++
  binOf[pattern] = changes <= 2 ? uniform++ : 58
}
const bins = 59
const perRadius = bins * (1 + grid * grid)

/** Numbers in this block. */
export const lbpSize: number = perRadius * radii.length

/** Writes the histograms into `out` at `offset`: square roots of shares; whole and parts of each radius have length 1. */
export const lbp = (planes: Planes, out: Float32Array, offset: number): void => {
  let at = offset
  for (const radius of radii) {
    count(planes, radius, out, at)
    power(out, at, at + perRadius)
    scaleTo(out, at, at + bins, 1)
    scaleTo(out, at + bins, at + perRadius, 1)
    at += perRadius
  }
}

const count = ({ height, l, width }: Planes, radius: number, out: Float32Array, offset: number): void => {
  const diagonal = Math.max(Math.round(radius * Math.SQRT1_2), 1)
  const d = diagonal * width
  const r = radius * width
  const around = [-radius, -d - diagonal, -r, -d + diagonal, radius, d + diagonal, r, d - diagonal]
  const [n0 = 0, n1 = 0, n2 = 0, n3 = 0, n4 = 0, n5 = 0, n6 = 0, n7 = 0] = around
  const columns = Int32Array.from({ length: width }, (_, x) => Math.floor((x * grid) / width) * bins)
  for (let y = radius; y < height - radius; y++) {
    const row = offset + bins * (1 + Math.floor((y * grid) / height) * grid)
    for (let x = radius; x < width - radius; x++) {
      const part = row + (columns[x] ?? 0)
      const i = y * width + x
      const centre = (l[i] ?? 0) + 0.5 // half a level of L, so that flat areas are flat and not noise
      const pattern =
        +((l[i + n0] ?? 0) > centre) |
        (+((l[i + n1] ?? 0) > centre) << 1) |
        (+((l[i + n2] ?? 0) > centre) << 2) |
        (+((l[i + n3] ?? 0) > centre) << 3) |
        (+((l[i + n4] ?? 0) > centre) << 4) |
        (+((l[i + n5] ?? 0) > centre) << 5) |
        (+((l[i + n6] ?? 0) > centre) << 6) |
        (+((l[i + n7] ?? 0) > centre) << 7)
      const bin = part + (binOf[pattern] ?? 0)
      out[bin] = (out[bin] ?? 0) + 1
    }
  }
  for (let part = 0, at = offset + bins; part < grid * grid; part++) {
    for (let bin = offset; bin < offset + bins; bin++, at++) out[bin] = (out[bin] ?? 0) + (out[at] ?? 0)
  }
}
