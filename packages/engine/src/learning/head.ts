/** Folder `learning`: training and evaluating linear heads on vectors, without storage. This file is the head itself. */
import { StatusCode } from "@sightline/core/status"
import { Effect } from "effect"
import type { Block } from "./balance.ts"
import type { Calibration } from "./calibrate.ts"
import type { Fitted, Packed } from "./fit.ts"
import { TrainingProblem } from "./training-problem.ts"
import type { Vectors } from "./rows.ts"
import { runFit } from "./run-fit.ts"
import { readTargets } from "./targets.ts"
import type { Example, TrainingSet } from "./targets.ts"

export { decodeHead, encodeHead } from "./head-bytes.ts"
export { TrainingProblem } from "./training-problem.ts"

/** A trained head. `weights` holds one row of `dimensions` numbers for each concept. */
export interface Head {
  /** The id of the embedder whose vectors it reads. */
  readonly embedder: string
  readonly concepts: ReadonlyArray<string>
  readonly mutuallyExclusive: boolean
  readonly dimensions: number
  readonly weights: Float32Array
  readonly bias: Float64Array
  readonly calibration: Calibration
}

/** Options of training. */
export interface TrainOptions extends TrainingSet {
  /** Where the examples' vectors stand; `bufferVectors` and `makeVectorBuffer` give both. */
  readonly vectors: Vectors
  /** The id of the embedder of the vectors; it is stored with the head. */
  readonly embedder: string
  /** The blocks that its vectors consist of: they are balanced for the training set. @default one block */
  readonly blocks?: ReadonlyArray<Block>
  /** A head to continue from: it changes only as far as the new examples require. It must be of the same `embedder`. */
  readonly resumeFrom?: Head
  /** Time limit in milliseconds; training fails with 21113 after it. */
  readonly timeoutMs?: number
  /** Called with the progress, 0..1. */
  readonly onProgress?: (share: number) => void
}

const rowsOf = (used: ReadonlyArray<Example>, vectors: Vectors): Pick<Packed, "rows" | "starts"> => {
  const places = new Uint32Array(used.reduce((sum, { views }) => sum + views, 0))
  const starts = new Uint32Array(used.length + 1)
  let row = 0
  for (const [i, { place, views }] of used.entries()) {
    starts[i] = row
    for (let view = 0; view < views; view++) places[row++] = place + view
  }
  starts[used.length] = row
  return { rows: { ...vectors, places }, starts }
}

const priorOf = (head: Head, concepts: ReadonlyArray<string>): NonNullable<Packed["prior"]> => {
  const weights = new Float32Array(concepts.length * head.dimensions)
  const bias = new Float64Array(concepts.length).fill(-1) // a concept new to the head starts as "no"
  for (const [c, concept] of concepts.entries()) {
    const from = head.concepts.indexOf(concept)
    if (from < 0) continue
    weights.set(head.weights.subarray(from * head.dimensions, (from + 1) * head.dimensions), c * head.dimensions)
    bias[c] = head.bias[from] ?? 0
  }
  return { weights, bias }
}

/** Validates a training set and packs it for the training thread. */
const prepare = Effect.fnUntraced(function* (options: TrainOptions): Effect.fn.Return<Packed, TrainingProblem> {
  const { blocks, concepts, embedder, mutuallyExclusive, resumeFrom, seed, vectors } = options
  const { targets, used } = yield* Effect.fromResult(readTargets(options))
  if (resumeFrom && (resumeFrom.embedder !== embedder || resumeFrom.dimensions !== vectors.size)) {
    const details = `the version to continue from uses the embedder ${resumeFrom.embedder}, the examples ${embedder}; train without it`
    return yield* new TrainingProblem({ code: StatusCode.MODEL_TRAINING_INVALID_PARAMS, details })
  }
  return {
    ...rowsOf(used, vectors),
    targets,
    concepts: concepts.length,
    mutuallyExclusive,
    seed,
    ...(blocks && { blocks }),
    ...(resumeFrom && { prior: priorOf(resumeFrom, concepts) })
  }
})

/**
 * Trains a head: ridge regression on the examples and their mirror images. Its strength is chosen and its scores are
 * calibrated on margins of examples left out. The same training set gives the same head to the bit. Runs in a thread.
 */
export const trainHead = Effect.fn("learn.trainHead")(function* (
  options: TrainOptions
): Effect.fn.Return<Head, TrainingProblem> {
  const { concepts, embedder, mutuallyExclusive, onProgress, timeoutMs } = options
  const packed = yield* prepare(options)
  yield* Effect.annotateCurrentSpan({ examples: packed.starts.length - 1, concepts: concepts.length })
  const run = runFit(packed, onProgress)
  const fitted: Fitted = yield* timeoutMs === undefined
    ? run
    : Effect.timeoutOrElse(run, {
        duration: timeoutMs,
        orElse: () =>
          Effect.fail(
            new TrainingProblem({
              code: StatusCode.MODEL_TRAINING_TIMED_OUT,
              details: `training took longer than ${timeoutMs} ms; allow more time`
            })
          )
      })
  const { bias, calibration, weights } = fitted
  return {
    embedder,
    concepts: [...concepts],
    mutuallyExclusive,
    dimensions: packed.rows.size,
    weights,
    bias,
    calibration
  }
})

/** Scores of a vector, 0..1, in the order of the head's concepts. Throws `RangeError` for a vector of another size. */
export const predictHead = (head: Head, vector: Float32Array): Float32Array => {
  const { bias, calibration, concepts, dimensions, mutuallyExclusive, weights } = head
  if (vector.length !== dimensions) {
    throw new RangeError(`the head reads ${dimensions} numbers, the vector has ${vector.length}`)
  }
  const logits = Float64Array.from(concepts, (_, c) => {
    let margin = bias[c] ?? 0
    const from = c * dimensions
    for (let k = 0; k < dimensions; k++) margin += (weights[from + k] ?? 0) * (vector[k] ?? 0)
    return (calibration.scale[c] ?? 1) * margin + (calibration.shift[c] ?? 0)
  })
  return Float32Array.from(mutuallyExclusive ? softmax(logits) : logits.map((z) => 1 / (1 + Math.exp(-z))))
}

const softmax = (logits: Float64Array): Float64Array => {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity)
  const parts = logits.map((z) => Math.exp(z - top))
  const sum = parts.reduce((a, b) => a + b, 0)
  return parts.map((part) => part / sum)
}
