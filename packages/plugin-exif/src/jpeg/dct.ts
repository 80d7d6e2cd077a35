/** The 8 × 8 cosine transform and its inverse, orthonormal, in floating point (ITU T.81, A.3.3). */

const k = Array.from({ length: 8 }, (_, j) => Math.cos((j * Math.PI) / 16) / 2)
const [, k1 = 0, k2 = 0, k3 = 0, k4 = 0, k5 = 0, k6 = 0, k7 = 0] = k

/** Samples to coefficients along one line of eight: even and odd parts separately, 22 multiplications. */
const forwardLine = (b: Float64Array, at: number, step: number): void => {
  const x0 = b[at] ?? 0
  const x1 = b[at + step] ?? 0
  const x2 = b[at + 2 * step] ?? 0
  const x3 = b[at + 3 * step] ?? 0
  const x4 = b[at + 4 * step] ?? 0
  const x5 = b[at + 5 * step] ?? 0
  const x6 = b[at + 6 * step] ?? 0
  const x7 = b[at + 7 * step] ?? 0
  const d0 = x0 - x7
  const d1 = x1 - x6
  const d2 = x2 - x5
  const d3 = x3 - x4
  const e0 = x0 + x7 + (x3 + x4)
  const e1 = x1 + x6 + (x2 + x5)
  const e2 = x0 + x7 - (x3 + x4)
  const e3 = x1 + x6 - (x2 + x5)
  b[at] = (e0 + e1) * k4
  b[at + 4 * step] = (e0 - e1) * k4
  b[at + 2 * step] = e2 * k2 + e3 * k6
  b[at + 6 * step] = e2 * k6 - e3 * k2
  b[at + step] = d0 * k1 + d1 * k3 + d2 * k5 + d3 * k7
  b[at + 3 * step] = d0 * k3 - d1 * k7 - d2 * k1 - d3 * k5
  b[at + 5 * step] = d0 * k5 - d1 * k1 + d2 * k7 + d3 * k3
  b[at + 7 * step] = d0 * k7 - d1 * k5 + d2 * k3 - d3 * k1
}

/** Coefficients to samples along one line of eight: the transpose of `forwardLine`. */
const inverseLine = (b: Float64Array, at: number, step: number): void => {
  const x0 = b[at] ?? 0
  const x1 = b[at + step] ?? 0
  const x2 = b[at + 2 * step] ?? 0
  const x3 = b[at + 3 * step] ?? 0
  const x4 = b[at + 4 * step] ?? 0
  const x5 = b[at + 5 * step] ?? 0
  const x6 = b[at + 6 * step] ?? 0
  const x7 = b[at + 7 * step] ?? 0
  const e0 = (x0 + x4) * k4
  const e1 = (x0 - x4) * k4
  const e2 = x2 * k2 + x6 * k6
  const e3 = x2 * k6 - x6 * k2
  const d0 = x1 * k1 + x3 * k3 + x5 * k5 + x7 * k7
  const d1 = x1 * k3 - x3 * k7 - x5 * k1 - x7 * k5
  const d2 = x1 * k5 - x3 * k1 + x5 * k7 + x7 * k3
  const d3 = x1 * k7 - x3 * k5 + x5 * k3 - x7 * k1
  b[at] = e0 + e2 + d0
  b[at + 7 * step] = e0 + e2 - d0
  b[at + step] = e1 + e3 + d1
  b[at + 6 * step] = e1 + e3 - d1
  b[at + 2 * step] = e1 - e3 + d2
  b[at + 5 * step] = e1 - e3 - d2
  b[at + 3 * step] = e0 - e2 + d3
  b[at + 4 * step] = e0 - e2 - d3
}

/** Samples to coefficients, in place; natural order (`row * 8 + column`). */
export const forwardDct = (block: Float64Array): void => {
  for (let row = 0; row < 64; row += 8) forwardLine(block, row, 1)
  for (let column = 0; column < 8; column++) forwardLine(block, column, 8)
}

/** Coefficients to samples, in place. */
export const inverseDct = (block: Float64Array): void => {
  for (let column = 0; column < 8; column++) inverseLine(block, column, 8)
  for (let row = 0; row < 64; row += 8) inverseLine(block, row, 1)
}
