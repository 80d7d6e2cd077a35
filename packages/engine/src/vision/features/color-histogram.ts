/** Colour: Lab histograms of the image and of each of its nine parts. */
import { power, scaleTo } from "./norm.ts"
import type { Planes } from "./planes.ts"

const grid = 3
const bins = { l: 5, a: 7, b: 7 } as const
const cells = bins.l * bins.a * bins.b

/** Numbers in this block: one joint Lab histogram for the image and one for each part of a 3 × 3 grid. */
export const colorHistogramSize: number = cells * (1 + grid * grid)

// While they are filled, histograms have one more bin in each direction, which takes votes beyond the last bin.
const wide = { a: (bins.b + 1) * (bins.a + 1), b: bins.b + 1 }
const wideCells = (bins.l + 1) * wide.a

const clamp = (bin: number, count: number): number => (bin < 0 ? 0 : bin > count - 1 ? count - 1 : bin)

/** Writes the histograms into `out` at `offset`: square roots of shares. The parts together weigh as much as the whole. */
export const colorHistogram = ({ a, b, height, l, width }: Planes, out: Float32Array, offset: number): void => {
  const parts = new Float64Array(wideCells * grid * grid) // 64 bits: sums are not rounded in between
  const columns = Int32Array.from({ length: width }, (_, x) => Math.floor((x * grid) / width) * wideCells)
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor((y * grid) / height) * grid * wideCells
    for (let x = 0; x < width; x++, i++) {
      const part = row + (columns[x] ?? 0)
      // most colours are near grey: a signed root spreads them over the bins
      const cl = clamp((l[i] ?? 0) * (bins.l / 100) - 0.5, bins.l)
      const ca = (spread(a[i] ?? 0) + 1) * 0.5 * (bins.a - 1)
      const cb = (spread(b[i] ?? 0) + 1) * 0.5 * (bins.b - 1)
      vote(parts, part, cl, ca, cb)
    }
  }
  copyParts(parts, out, offset)
  const end = offset + colorHistogramSize
  power(out, offset, end)
  scaleTo(out, offset, offset + cells, 1)
  scaleTo(out, offset + cells, end, 1)
}

const spread = (value: number): number => {
  const root = Math.sqrt(Math.min(Math.abs(value) * (1 / 80), 1))
  return value < 0 ? -root : root
}

// One pixel votes for the eight nearest bins (trilinear), so that a small change of colour is a small change here.
const vote = (out: Float64Array, part: number, cl: number, ca: number, cb: number): void => {
  const l0 = cl | 0
  const a0 = ca | 0
  const b0 = cb | 0
  const [l, a, b] = [cl - l0, ca - a0, cb - b0]
  const at = part + l0 * wide.a + a0 * wide.b + b0
  const [p, q] = [(1 - l) * (1 - a), (1 - l) * a]
  const [r, s] = [l * (1 - a), l * a]
  const [next, up, both] = [at + wide.b, at + wide.a, at + wide.a + wide.b]
  out[at] = (out[at] ?? 0) + p * (1 - b)
  out[at + 1] = (out[at + 1] ?? 0) + p * b
  out[next] = (out[next] ?? 0) + q * (1 - b)
  out[next + 1] = (out[next + 1] ?? 0) + q * b
  out[up] = (out[up] ?? 0) + r * (1 - b)
  out[up + 1] = (out[up + 1] ?? 0) + r * b
  out[both] = (out[both] ?? 0) + s * (1 - b)
  out[both + 1] = (out[both + 1] ?? 0) + s * b
}

// The image's histogram, which is the sum of its parts', then the parts'.
const copyParts = (parts: Float64Array, out: Float32Array, offset: number): void => {
  let at = offset + cells
  for (let part = 0; part < grid * grid; part++) {
    let whole = offset
    for (let l = 0; l < bins.l; l++) {
      for (let a = 0; a < bins.a; a++) {
        const from = part * wideCells + l * wide.a + a * wide.b
        for (let b = 0; b < bins.b; b++) {
          const value = parts[from + b] ?? 0
          out[at++] = value
          out[whole] = (out[whole] ?? 0) + value
          whole++
        }
      }
    }
  }
}
