/** Learns a linear head from packed rows: plain numbers in, plain numbers out, the same to the bit each time. */
import { fitSigmoids, fitTemperature } from "./calibrate.ts"
import type { Calibration } from "./calibrate.ts"
import { gram } from "./gram.ts"
import { fitDual } from "./ridge.ts"

/** What to learn from, packed for a thread. Row `starts[g]` is picture `g`; the rows after it are its other views. */
export interface Packed {
  readonly rows: Float32Array
  readonly size: number
  readonly starts: Uint32Array
  /** For each picture and concept: 1 positive, -1 negative. */
  readonly targets: Int8Array
  readonly concepts: number
  readonly mutuallyExclusive: boolean
  /** Weights to start from, `concepts` rows of `size` and their biases: the head stays as near them as data allow. */
  readonly prior?: { readonly weights: Float32Array; readonly bias: Float64Array }
}

/** A linear head: margins are `weights · vector + bias`, calibrated into scores. */
export interface Fitted {
  readonly weights: Float32Array
  readonly bias: Float64Array
  readonly calibration: Calibration
  /** Margins of each picture as if it had been left out, for whoever wants to judge the head. */
  readonly heldOut: Float64Array
}

const strengths = [0.01, 0.03, 0.1, 0.3, 1, 3]

/** Fits for each strength of regularisation and keeps the one whose held-out margins give the least log loss. */
export const fit = (packed: Packed, onProgress: (share: number) => void = () => {}): Fitted => {
  const { concepts, mutuallyExclusive, rows, size, starts } = packed
  const groups = starts.length - 1
  const count = starts[groups] ?? 0
  const kernel = gram(rows, count, size)
  for (let i = 0; i < kernel.length; i++) kernel[i] = (kernel[i] ?? 0) + 1 // a constant feature: the bias
  onProgress(0.2)
  const targets = new Float64Array(count * concepts)
  for (let group = 0; group < groups; group++) {
    const own = packed.targets.subarray(group * concepts, (group + 1) * concepts)
    for (let row = starts[group] ?? 0; row < (starts[group + 1] ?? 0); row++) targets.set(own, row * concepts)
  }
  const start = targets.slice()
  if (packed.prior) subtractPrior(start, packed.prior, packed)
  const calibrate = mutuallyExclusive ? fitTemperature : fitSigmoids
  const scale = meanSpread(kernel, count)
  let best:
    | { readonly loss: number; readonly dual: Float64Array; readonly fitted: Omit<Fitted, "weights" | "bias"> }
    | undefined
  for (const [i, strength] of strengths.entries()) {
    const { dual, margins } = fitDual({ kernel, count, starts, targets: start, concepts }, strength * scale)
    for (let group = 0; group < groups; group++) {
      const row = (starts[group] ?? 0) * concepts
      for (let c = 0; c < concepts; c++) {
        const back = (targets[row + c] ?? 0) - (start[row + c] ?? 0)
        margins[group * concepts + c] = (margins[group * concepts + c] ?? 0) + back
      }
    }
    const { calibration, loss } = calibrate({ margins, targets: packed.targets, count: groups, concepts })
    if (best === undefined || loss < best.loss) best = { loss, dual, fitted: { calibration, heldOut: margins } }
    onProgress(0.2 + (0.8 * (i + 1)) / strengths.length)
  }
  if (best === undefined) throw new Error("no strength of regularisation to try")
  return { ...primal(best.dual, packed, count), ...best.fitted }
}

// The mean squared distance of rows from their mean: strengths mean the same whatever a vector's scale.
const meanSpread = (kernel: Float64Array, count: number): number => {
  let [own, all] = [0, 0]
  for (let i = 0; i < count; i++) {
    own += kernel[i * count + i] ?? 0
    for (let j = 0; j < count; j++) all += kernel[i * count + j] ?? 0
  }
  return Math.max((own - all / count) / count, 1e-9)
}

const subtractPrior = (
  targets: Float64Array,
  { bias, weights }: NonNullable<Packed["prior"]>,
  { concepts, rows, size }: Packed
): void => {
  for (let i = 0; i < targets.length; i++) {
    const concept = i % concepts
    const row = (i - concept) / concepts
    let sum = bias[concept] ?? 0
    for (let k = 0; k < size; k++) sum += (rows[row * size + k] ?? 0) * (weights[concept * size + k] ?? 0)
    targets[i] = (targets[i] ?? 0) - sum
  }
}

const primal = (dual: Float64Array, { concepts, prior, rows, size }: Packed, count: number) => {
  const weights = new Float32Array(concepts * size)
  const bias = prior ? prior.bias.slice() : new Float64Array(concepts)
  const sum = new Float64Array(size)
  for (let c = 0; c < concepts; c++) {
    sum.set(prior ? prior.weights.subarray(c * size, (c + 1) * size) : new Float32Array(size))
    for (let row = 0; row < count; row++) {
      const share = dual[row * concepts + c] ?? 0
      bias[c] = (bias[c] ?? 0) + share
      for (let k = 0; k < size; k++) sum[k] = (sum[k] ?? 0) + share * (rows[row * size + k] ?? 0)
    }
    weights.set(sum, c * size)
  }
  return { weights, bias }
}
