/** Fits a linear head to packed rows. Deterministic to the bit. */
import { balance, spreadOf, weigh } from "./balance.ts"
import type { Block } from "./balance.ts"
import { chooseShares } from "./block-shares.ts"
import { fitSigmoids, fitTemperature } from "./calibrate.ts"
import type { Calibration, Fit } from "./calibrate.ts"
import { gram } from "./gram.ts"
import { makeRandom, shuffled } from "../seeded-random.ts"
import { fitDual } from "./ridge.ts"
import { eachRow, readVector } from "./rows.ts"
import type { Rows } from "./rows.ts"
import { conjugateGradients, normalEquations } from "./solve.ts"
import { chooseStrength } from "./strength.ts"

/** Training data, packed for a thread. Row `starts[g]` is image `g`; the rows after it are its other views. */
export interface Packed {
  readonly rows: Rows
  /** The blocks that a vector consists of; without them it is one. */
  readonly blocks?: ReadonlyArray<Block>
  readonly starts: Uint32Array
  /** For each image and concept: 1 positive, -1 negative. */
  readonly targets: Int8Array
  readonly concepts: number
  readonly mutuallyExclusive: boolean
  /** Chooses the held-out examples, where not each of them is held out in turn. */
  readonly seed: number
  /** A prior: `concepts` rows of `size` weights, and biases. The head stays as near to it as the data allow. */
  readonly prior?: { readonly weights: Float32Array; readonly bias: Float64Array }
}

/** A linear head: margins are `weights · vector + bias`, calibrated into scores. */
export interface Fitted {
  readonly weights: Float32Array
  readonly bias: Float64Array
  readonly calibration: Calibration
}

/** Weights with the bias last: `size + 1` rows of `concepts` numbers. */
type Solution = Float64Array

interface Task {
  readonly packed: Packed
  /** For each row and concept: the target minus the prior's margin. */
  readonly targets: Float64Array
  /** The mean squared distance of rows from their mean, by which strengths are scaled. */
  readonly spread: number
  readonly tick: () => void
}

// With more rows than this, inverting their kernel costs more than fitting a part and validating on the rest.
const mostDualRows = 1000
// Longer vectors than this are solved by conjugate gradients.
const mostNormalSize = 1536
// This many images are enough to calibrate a head.
const mostHeldOut = 1500

/**
 * Fits at several strengths of regularisation and keeps the one with the least log loss on held-out margins. With few
 * examples, each is held out in turn (exactly, without a fit for each); with many, a part of them is held out.
 */
export const fit = (given: Packed, onProgress: (share: number) => void = () => {}): Fitted => {
  const { concepts, prior, starts } = given
  const count = starts.at(-1) ?? 0
  const targets = remaining(given, count)
  const packed = weighBlocks(given, targets)
  const { scales, size } = packed.rows
  let done = 0
  const task: Task = {
    packed,
    targets,
    spread: spreadOf(packed.rows),
    tick: () => onProgress(Math.min(++done / 5, 0.95))
  }
  const { calibration, solution } = count <= mostDualRows ? fitFew(task) : fitMany(task)
  const weights = new Float32Array(concepts * size)
  const bias = new Float64Array(concepts)
  for (let c = 0; c < concepts; c++) {
    bias[c] = (solution[size * concepts + c] ?? 0) + (prior?.bias[c] ?? 0)
    for (let k = 0; k < size; k++) {
      const learned = (solution[k * concepts + c] ?? 0) * (scales?.[k] ?? 1) // the head reads vectors as they are
      weights[c * size + k] = learned + (prior?.weights[c * size + k] ?? 0)
    }
  }
  onProgress(1)
  return { weights, bias, calibration }
}

// More images make the choice of the blocks' shares no better, and it takes the cube of their number.
const mostCompared = 300

// The training data with their blocks balanced, and weighed as suits them. The images that are compared are not those
// that `fitMany` holds out.
const weighBlocks = (given: Packed, targets: Float64Array): Packed => {
  const { blocks, concepts, seed, starts } = given
  if (blocks === undefined) return given
  const packed = { ...given, rows: balance(given.rows, blocks) }
  const groups = shuffled(starts.length - 1, makeRandom(seed))
    .slice(-mostCompared)
    .toSorted()
  const first = (group: number): number => starts[group] ?? 0
  const factors = chooseShares({
    rows: { ...packed.rows, places: groups.map((group) => packed.rows.places[first(group)] ?? 0) },
    blocks,
    concepts,
    targets: Float64Array.from(
      Array.from(groups).flatMap((group) => [
        ...targets.subarray(first(group) * concepts, (first(group) + 1) * concepts)
      ])
    ),
    lossOf: (margins) => judge({ packed, targets }, groups, margins).loss
  })
  return { ...packed, rows: weigh(packed.rows, blocks, factors) }
}

interface Outcome {
  readonly solution: Solution
  readonly calibration: Calibration
}

const fitFew = (task: Task): Outcome => {
  const { packed, spread, targets, tick } = task
  const { concepts, rows, starts } = packed
  const { size } = rows
  const [groups, count] = [starts.length - 1, starts.at(-1) ?? 0]
  const kernel = gram(rows)
  for (let i = 0; i < kernel.length; i++) kernel[i] = (kernel[i] ?? 0) + 1 // a constant feature: the bias
  const { calibration, learned } = chooseStrength((strength) => {
    const { dual, margins } = fitDual({ kernel, count, starts, targets, concepts }, strength * spread)
    tick()
    return {
      learned: dual,
      fit: judge(
        task,
        Uint32Array.from({ length: groups }, (_, g) => g),
        margins
      )
    }
  })
  const solution = new Float64Array((size + 1) * concepts)
  eachRow(rows, (numbers, row) => {
    for (let c = 0; c < concepts; c++) {
      const share = learned[row * concepts + c] ?? 0
      solution[size * concepts + c] = (solution[size * concepts + c] ?? 0) + share
      for (let k = 0, at = c; k < size; k++, at += concepts) {
        solution[at] = (solution[at] ?? 0) + share * (numbers[k] ?? 0)
      }
    }
  })
  return { solution, calibration }
}

const fitMany = (task: Task): Outcome => {
  const { packed, spread, targets, tick } = task
  const { concepts, rows, starts } = packed
  const order = shuffled(starts.length - 1, makeRandom(packed.seed))
  const heldOut = order.subarray(0, Math.min(Math.ceil(order.length / 5), mostHeldOut))
  const method = rows.size <= mostNormalSize ? normalEquations : conjugateGradients
  const { learn, solve } = method({ rows, targets, concepts })
  learn(rowsOf(order.subarray(heldOut.length), starts))
  const { calibration, strength } = chooseStrength((strength) => {
    const solution = solve(strength * spread, true)
    tick()
    return { learned: undefined, fit: judge(task, heldOut, marginsOf(packed, heldOut, solution)) }
  })
  learn(rowsOf(heldOut, starts))
  return { solution: solve(strength * spread), calibration }
}

const rowsOf = (groups: Uint32Array, starts: Uint32Array): Uint32Array =>
  Uint32Array.from(
    Array.from(groups.toSorted()).flatMap((group) => {
      const from = starts[group] ?? 0
      return Array.from({ length: (starts[group + 1] ?? 0) - from }, (_, i) => from + i)
    })
  )

const marginsOf = ({ concepts, rows, starts }: Packed, groups: Uint32Array, solution: Solution): Float64Array => {
  const { size } = rows
  const weights = new Float64Array(concepts * size)
  for (let c = 0; c < concepts; c++) {
    for (let k = 0; k < size; k++) weights[c * size + k] = solution[k * concepts + c] ?? 0
  }
  const out = new Float64Array(groups.length * concepts)
  const numbers = new Float32Array(size)
  for (const [i, group] of groups.entries()) {
    readVector(rows, rows.places[starts[group] ?? 0] ?? 0, numbers)
    for (let c = 0; c < concepts; c++) {
      const from = c * size
      // four partial sums, so that additions do not wait for each other
      let s0 = solution[size * concepts + c] ?? 0
      let s1 = 0
      let s2 = 0
      let s3 = 0
      let k = 0
      for (; k + 3 < size; k += 4) {
        s0 += (numbers[k] ?? 0) * (weights[from + k] ?? 0)
        s1 += (numbers[k + 1] ?? 0) * (weights[from + k + 1] ?? 0)
        s2 += (numbers[k + 2] ?? 0) * (weights[from + k + 2] ?? 0)
        s3 += (numbers[k + 3] ?? 0) * (weights[from + k + 3] ?? 0)
      }
      for (; k < size; k++) s0 += (numbers[k] ?? 0) * (weights[from + k] ?? 0)
      out[i * concepts + c] = s0 + s1 + (s2 + s3)
    }
  }
  return out
}

/** Calibrates the held-out margins of images, with the prior's margins added. */
const judge = (
  { packed, targets }: Pick<Task, "packed" | "targets">,
  groups: Uint32Array,
  margins: Float64Array
): Fit => {
  const { concepts, mutuallyExclusive, starts } = packed
  const own = new Int8Array(groups.length * concepts)
  for (const [i, group] of groups.entries()) {
    for (let c = 0; c < concepts; c++) {
      const target = packed.targets[group * concepts + c] ?? 0
      own[i * concepts + c] = target
      const fromPrior = target - (targets[(starts[group] ?? 0) * concepts + c] ?? 0)
      margins[i * concepts + c] = (margins[i * concepts + c] ?? 0) + fromPrior
    }
  }
  return (mutuallyExclusive ? fitTemperature : fitSigmoids)({ margins, targets: own, count: groups.length, concepts })
}

const remaining = ({ concepts, prior, rows, starts, targets }: Packed, count: number): Float64Array => {
  const out = new Float64Array(count * concepts)
  for (let group = 0; group + 1 < starts.length; group++) {
    const own = targets.subarray(group * concepts, (group + 1) * concepts)
    for (let row = starts[group] ?? 0; row < (starts[group + 1] ?? 0); row++) out.set(own, row * concepts)
  }
  if (prior) {
    eachRow(rows, (numbers, row) => {
      for (let c = 0, at = row * concepts; c < concepts; c++, at++) {
        let left = (out[at] ?? 0) - (prior.bias[c] ?? 0)
        for (let k = 0; k < rows.size; k++) left -= (numbers[k] ?? 0) * (prior.weights[c * rows.size + k] ?? 0)
        out[at] = left
      }
    })
  }
  return out
}
