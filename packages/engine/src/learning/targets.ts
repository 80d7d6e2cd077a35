/**
 * How labels become targets (reference 7.4): a positive for one concept is a negative for the model's other concepts
 * that are not marked positive on it; an example with only negatives is a negative for all of them.
 */
import { StatusCode } from "@sightline/core/status"
import { Result } from "effect"
import { TrainingProblem } from "./training-problem.ts"
import { makeRandom } from "../seeded-random.ts"

/** 1 (positive) or 0 (negative) by concept id. */
export type Labels = Readonly<Record<string, 0 | 1>>

/** One labelled example. Its vector has the index `place`; with two `views`, that of its mirror image follows. */
export interface Example {
  readonly place: number
  readonly views: number
  readonly labels: Labels
}

/** Examples and concepts of a head. */
export interface TrainingSet {
  readonly examples: ReadonlyArray<Example>
  /** Concept ids, in the order in which scores come. */
  readonly concepts: ReadonlyArray<string>
  /** Exactly one concept applies to each image: scores add up to 1. */
  readonly mutuallyExclusive: boolean
  /** Every future image shows one of the concepts: examples of only other concepts are left out. */
  readonly closedEnvironment: boolean
  readonly seed: number
  /** Fail with 21111 if a concept has no positive example, instead of filling it with random examples. */
  readonly failOnMissingPositives?: boolean
}

/** The examples that are used, and a target for each of them and each concept: 1 positive, -1 negative. */
export interface Targets {
  readonly used: ReadonlyArray<Example>
  /** `used.length` rows of `concepts.length` numbers. */
  readonly targets: Int8Array
}

const fail = (code: number, details: string) => Result.fail(new TrainingProblem({ code, details }))

const invalid = (details: string) => new TrainingProblem({ code: StatusCode.MODEL_TRAINING_INVALID_PARAMS, details })

const checkParameters = ({ concepts, mutuallyExclusive }: TrainingSet): TrainingProblem | undefined => {
  if (concepts.length === 0) return invalid("the model has no concepts; name at least one")
  if (new Set(concepts).size < concepts.length) return invalid("a concept is named twice")
  if (mutuallyExclusive && concepts.length < 2) {
    const details = "mutually exclusive concepts need at least two; add one, or make the concepts independent"
    return new TrainingProblem({ code: StatusCode.MODEL_TRAINING_ONE_VS_N_SINGLE_CLASS, details })
  }
  return undefined
}

/** Targets of a training set, or the problem that it has. */
export const readTargets = (trainingSet: TrainingSet): Result.Result<Targets, TrainingProblem> => {
  const { closedEnvironment, concepts, examples, failOnMissingPositives = false, seed } = trainingSet
  const problem = checkParameters(trainingSet)
  if (problem) return Result.fail(problem)
  const known = new Set(concepts)
  const used = examples.filter(({ labels }) => {
    const named = Object.keys(labels)
    return named.length > 0 && (!closedEnvironment || named.some((concept) => known.has(concept)))
  })
  if (used.length === 0)
    return fail(StatusCode.MODEL_TRAINING_NO_DATA, "no example has a label for the model's concepts; label some inputs")
  const targets = new Int8Array(used.length * concepts.length)
  for (const [i, { labels }] of used.entries()) {
    for (const [c, id] of concepts.entries()) targets[i * concepts.length + c] = labels[id] === 1 ? 1 : -1
  }
  const missing = concepts.filter((_, c) => !used.some((_, i) => targets[i * concepts.length + c] === 1))
  if (missing.length === concepts.length || (missing.length > 0 && failOnMissingPositives)) {
    return fail(
      StatusCode.MODEL_TRAINING_NO_POSITIVES,
      `no positive example for ${missing.join(", ")}; add inputs that show it`
    )
  }
  if (trainingSet.mutuallyExclusive && concepts.length - missing.length < 2) {
    return fail(
      StatusCode.MODEL_TRAINING_ONE_VS_N_SINGLE_CLASS,
      `only one concept has positive examples; add some for ${missing.join(" or ")}`
    )
  }
  const random = makeRandom(seed)
  for (const concept of missing) {
    const row = Math.floor(random() * used.length)
    targets[row * concepts.length + concepts.indexOf(concept)] = 1
  }
  return used.length < 2
    ? fail(StatusCode.MODEL_TRAINING_INSUFFICIENT_DATA, "one example is too little to learn from; add more")
    : Result.succeed({ used, targets })
}
