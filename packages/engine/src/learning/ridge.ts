/**
 * Ridge regression in its dual form: exact, and fast while there are fewer examples than numbers in a vector.
 * Margins on held-out examples cost nothing: leaving out an image (with its mirror image) changes its margins by
 * `C⁻¹α` over its own rows, where `C` is the inverse of the regularised kernel and `α` the dual weights.
 */
import { factor, inverseAt, invertFactor, substitute } from "./cholesky.ts"

/** Training rows. The rows of one image are adjacent: image `g` has rows `starts[g]` up to `starts[g + 1]`. */
export interface Rows {
  readonly kernel: Float64Array
  readonly count: number
  readonly starts: Uint32Array
  /** `count` rows of `concepts` targets. */
  readonly targets: Float64Array
  readonly concepts: number
}

/** Dual weights, `count` rows of `concepts`, and the margins of each image as if it had been left out. */
export interface DualFit {
  readonly dual: Float64Array
  readonly margins: Float64Array
}

/** Solves for one strength of regularisation. */
export const fitDual = ({ concepts, count, kernel, starts, targets }: Rows, lambda: number): DualFit => {
  const system = Float64Array.from(kernel)
  for (let i = 0; i < count; i++) system[i * count + i] = (system[i * count + i] ?? 0) + lambda
  factor(system, count)
  const dual = new Float64Array(count * concepts)
  const column = new Float64Array(count)
  for (let c = 0; c < concepts; c++) {
    for (let i = 0; i < count; i++) column[i] = targets[i * concepts + c] ?? 0
    substitute(system, count, column)
    for (let i = 0; i < count; i++) dual[i * concepts + c] = column[i] ?? 0
  }
  const inverse = invertFactor(system, count)
  const margins = new Float64Array((starts.length - 1) * concepts)
  for (let group = 0; group + 1 < starts.length; group++) {
    leaveOut(inverse, dual, group, { concepts, count, starts, targets }, margins)
  }
  return { dual, margins }
}

// The first row of each group is the image itself: its margin is that of a prediction.
const leaveOut = (
  inverse: Float64Array,
  dual: Float64Array,
  group: number,
  { concepts, count, starts, targets }: Omit<Rows, "kernel">,
  margins: Float64Array
): void => {
  const from = starts[group] ?? 0
  const rows = (starts[group + 1] ?? 0) - from
  const block = new Float64Array(rows * rows)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) block[i * rows + j] = inverseAt(inverse, count, from + i, from + j)
  }
  factor(block, rows)
  const residual = new Float64Array(rows)
  for (let c = 0; c < concepts; c++) {
    for (let j = 0; j < rows; j++) residual[j] = dual[(from + j) * concepts + c] ?? 0
    substitute(block, rows, residual)
    margins[group * concepts + c] = (targets[from * concepts + c] ?? 0) - (residual[0] ?? 0)
  }
}
