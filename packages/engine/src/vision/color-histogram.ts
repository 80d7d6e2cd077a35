/** Which colours a picture holds, as a whole and in each of its nine parts. */
import { power, scaleTo } from "./norm.ts"
import type { Planes } from "./planes.ts"

const grid = 3
const bins = { l: 5, a: 7, b: 7 } as const
const cells = bins.l * bins.a * bins.b

/** Numbers this block has: one joint Lab histogram for the whole picture and one for each part of a 3 × 3 grid. */
export const colorHistogramSize: number = cells * (1 + grid * grid)

const clamp = (bin: number, count: number): number => (bin < 0 ? 0 : bin > count - 1 ? count - 1 : bin)

/** Writes the histograms into `out` at `offset`: square roots of shares, the parts together weighing as the whole. */
export const colorHistogram = ({ a, b, height, l, width }: Planes, out: Float32Array, offset: number): void => {
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * grid) / height)
    for (let x = 0; x < width; x++) {
      const i = y * width + x
      const part = offset + cells * (1 + row * grid + Math.floor((x * grid) / width))
      const cl = clamp(((l[i] ?? 0) / 100) * bins.l - 0.5, bins.l)
      // most colours are near grey: a signed root spreads them over the bins
      const ca = clamp((spread(a[i] ?? 0) + 1) * 0.5 * (bins.a - 1), bins.a)
      const cb = clamp((spread(b[i] ?? 0) + 1) * 0.5 * (bins.b - 1), bins.b)
      vote(out, offset, part, cl, ca, cb)
    }
  }
  const end = offset + colorHistogramSize
  power(out, offset, end)
  scaleTo(out, offset, offset + cells, 1)
  scaleTo(out, offset + cells, end, 1)
}

const spread = (value: number): number => {
  const share = Math.min(Math.abs(value) / 80, 1)
  return value < 0 ? -Math.sqrt(share) : Math.sqrt(share)
}

// One pixel votes for the eight nearest bins (trilinear), so that a small change of colour is a small change here.
const vote = (out: Float32Array, whole: number, part: number, cl: number, ca: number, cb: number): void => {
  const l0 = cl | 0
  const a0 = ca | 0
  const b0 = cb | 0
  for (let corner = 0; corner < 8; corner++) {
    const l1 = l0 + (corner & 1)
    const a1 = a0 + ((corner >> 1) & 1)
    const b1 = b0 + (corner >> 2)
    if (l1 >= bins.l || a1 >= bins.a || b1 >= bins.b) continue
    const weight = (1 - Math.abs(cl - l1)) * (1 - Math.abs(ca - a1)) * (1 - Math.abs(cb - b1))
    const bin = (l1 * bins.a + a1) * bins.b + b1
    out[whole + bin] = (out[whole + bin] ?? 0) + weight
    out[part + bin] = (out[part + bin] ?? 0) + weight
  }
}
