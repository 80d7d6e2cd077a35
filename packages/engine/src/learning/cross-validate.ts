/** Stratified cross-validation of a training set: each example is scored by a head that was trained without it. */
import { StatusCode } from "@sightline/core/status"
import { Effect, Schema } from "effect"
import { predictHead, trainHead } from "./head.ts"
import type { TrainOptions } from "./head.ts"
import {
  averagePrecision,
  countDecisions,
  expectedCalibrationError,
  meanAndDeviation,
  precisionRecall,
  precisionRecallCurve,
  rocAuc,
  rocCurve
} from "./classifier-metrics.ts"
import type { PrecisionRecallCurve, RocCurve } from "./classifier-metrics.ts"
import { TrainingProblem } from "./training-problem.ts"
import { makeRandom, shuffled } from "../seeded-random.ts"
import { readVector } from "./rows.ts"
import type { Example } from "./targets.ts"

/**
 * A training set cannot be evaluated. `code` is Clarifai's: 21315 fewer than two concepts have labels, 21316 a concept
 * has fewer examples than folds, 21310 time ran out, 21317 training failed in a fold (`details` is the reason).
 */
export class EvaluationProblem extends Schema.TaggedError<EvaluationProblem>()("EvaluationProblem", {
  code: Schema.Number,
  details: Schema.String
}) {
  readonly retryable = false
  override get message() {
    return `evaluation failed (${this.code}): ${this.details}`
  }
}

/** Metrics of one concept. */
export interface ConceptMetrics {
  readonly concept: string
  readonly positives: number
  readonly negatives: number
  readonly precision: number
  readonly recall: number
  readonly f1: number
  /** Undefined if every example is positive, or none is. */
  readonly rocAuc?: number
  readonly averagePrecision: number
  readonly rocCurve: RocCurve
  readonly precisionRecallCurve: PrecisionRecallCurve
}

/** The result of cross-validation. All metrics are over held-out scores. */
export interface Evaluation {
  readonly concepts: ReadonlyArray<ConceptMetrics>
  /** `confusion[actual][predicted]`: counts of examples with one positive, by their highest score. */
  readonly confusion: ReadonlyArray<ReadonlyArray<number>>
  /** Share of those examples whose positive has the highest score, and one of the five highest. */
  readonly top1Accuracy: number
  readonly top5Accuracy: number
  readonly expectedCalibrationError: number
  /** Means over concepts; the AUC's only over those that have one. */
  readonly macro: {
    readonly precision: number
    readonly recall: number
    readonly f1: number
    readonly f1Deviation: number
    readonly rocAuc: number
    readonly rocAucDeviation: number
  }
  /** The held-out scores of each example that was used, by its index in the training set, in the order of concepts. */
  readonly scores: ReadonlyArray<{ readonly index: number; readonly scores: Float32Array }>
}

/** A training set and the number of folds (5 by default). `timeoutMs` is for all folds together. */
export interface EvaluateOptions extends TrainOptions {
  readonly folds?: number
}

const positivesOf = ({ labels }: Example, concepts: ReadonlyArray<string>) =>
  concepts.filter((concept) => labels[concept] === 1)

/** The fold of each example: shuffled by the seed, then dealt out so that each kind of label is in all folds. */
export const stratify = (kinds: ReadonlyArray<string>, folds: number, seed: number): Uint8Array => {
  const order = shuffled(kinds.length, makeRandom(seed))
  const next = new Map<string, number>()
  const out = new Uint8Array(kinds.length)
  let start = 0
  for (const index of order) {
    const kind = kinds[index] ?? ""
    const turn = next.get(kind) ?? start++ // kinds begin at different folds, so that rare ones do not pile up in one
    out[index] = turn % folds
    next.set(kind, turn + 1)
  }
  return out
}

const tooLate = (timeoutMs: number | undefined) =>
  new EvaluationProblem({
    code: StatusCode.MODEL_EVALUATION_TIMED_OUT,
    details: `it took longer than ${timeoutMs} ms; allow more time`
  })

const check = ({ concepts, examples, folds = 5 }: EvaluateOptions): EvaluationProblem | undefined => {
  const counts = concepts.map((concept) => examples.filter(({ labels }) => labels[concept] === 1).length)
  if (counts.filter((count) => count > 0).length < 2) {
    const details = "evaluation needs positive examples of at least two concepts; label more inputs"
    return new EvaluationProblem({ code: StatusCode.MODEL_EVALUATION_NEED_LABELS, details })
  }
  const few = concepts.filter((_, c) => (counts[c] ?? 0) < folds)
  if (few.length === 0) return undefined
  const details = `${few.join(", ")}: fewer than ${folds} positive examples each; label more inputs`
  return new EvaluationProblem({ code: StatusCode.MODEL_EVALUATION_NEED_INPUTS, details })
}

/** Cross-validates a trainingSet. The same training set gives the same metrics. Trains once for each fold, in threads. */
export const crossValidate = Effect.fn("learn.crossValidate")(function* (
  options: EvaluateOptions
): Effect.fn.Return<Evaluation, EvaluationProblem> {
  const { closedEnvironment, concepts, examples, folds = 5, seed, vectors } = options
  const problem = check(options)
  if (problem) return yield* problem
  const used = examples.flatMap((example, index) => {
    const named = Object.keys(example.labels)
    const wanted = closedEnvironment ? named.some((id) => concepts.includes(id)) : named.length > 0
    return wanted ? [{ index, example }] : []
  })
  const kinds = used.map(({ example }) => positivesOf(example, concepts).join("\n"))
  const foldOf = stratify(kinds, folds, seed)
  const scored = yield* Effect.forEach(
    Array.from({ length: folds }, (_, fold) => fold),
    Effect.fnUntraced(function* (fold) {
      const rest = used.filter((_, i) => foldOf[i] !== fold).map(({ example }) => example)
      const { timeoutMs: _whole, ...trainingSet } = options
      const head = yield* trainHead({ ...trainingSet, examples: rest })
      const vector = new Float32Array(vectors.size)
      const score = ({ place }: Example): Float32Array => {
        readVector(vectors, place, vector)
        return predictHead(head, vector)
      }
      return yield* Effect.try({
        try: () =>
          used.flatMap(({ example, index }, i) => (foldOf[i] === fold ? [{ index, scores: score(example) }] : [])),
        catch: (cause) => new TrainingProblem({ code: StatusCode.MODEL_TRAINING_FAILED, details: String(cause) })
      })
    }),
    { concurrency: 2 }
  ).pipe(
    Effect.mapError(({ details }) => new EvaluationProblem({ code: StatusCode.MODEL_EVALUATION_FAILED, details })),
    options.timeoutMs === undefined
      ? (all) => all
      : Effect.timeoutOrElse({ duration: options.timeoutMs, orElse: () => Effect.fail(tooLate(options.timeoutMs)) })
  )
  return summarise(
    options,
    scored.flat().sort((a, b) => a.index - b.index)
  )
})

const argsort = (scores: Float32Array): ReadonlyArray<number> =>
  Array.from(scores, (_, c) => c).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))

const summarise = (options: EvaluateOptions, scored: Evaluation["scores"]): Evaluation => {
  const { concepts, examples, mutuallyExclusive } = options
  const rows = scored.map(({ index, scores }) => {
    const example = examples[index]
    return { scores, ranked: argsort(scores), positives: example ? positivesOf(example, concepts) : [] }
  })
  const perConcept = concepts.map((concept, c): ConceptMetrics => {
    const truth = rows.map(({ positives }) => positives.includes(concept))
    const scores = rows.map((row) => row.scores[c] ?? 0)
    const decided = rows.map(({ ranked }, i) => (mutuallyExclusive ? ranked[0] === c : (scores[i] ?? 0) >= 0.5))
    const auc = rocAuc(truth, scores)
    const positives = truth.filter(Boolean).length
    return {
      concept,
      positives,
      negatives: truth.length - positives,
      ...precisionRecall(countDecisions(truth, decided)),
      ...(auc !== undefined && { rocAuc: auc }),
      averagePrecision: averagePrecision(truth, scores),
      rocCurve: rocCurve(truth, scores),
      precisionRecallCurve: precisionRecallCurve(truth, scores)
    }
  })
  const single = rows.flatMap(({ positives, ranked }) =>
    positives.length === 1 ? [{ actual: concepts.indexOf(positives[0] ?? ""), ranked }] : []
  )
  const within = (best: number) =>
    single.filter(({ actual, ranked }) => ranked.slice(0, best).includes(actual)).length / Math.max(single.length, 1)
  const auc = meanAndDeviation(perConcept.flatMap((one) => (one.rocAuc === undefined ? [] : [one.rocAuc])))
  const f1 = meanAndDeviation(perConcept.map((one) => one.f1))
  return {
    concepts: perConcept,
    confusion: concepts.map((_, actual) =>
      concepts.map(
        (_, predicted) => single.filter((row) => row.actual === actual && row.ranked[0] === predicted).length
      )
    ),
    top1Accuracy: within(1),
    top5Accuracy: within(5),
    expectedCalibrationError: expectedCalibrationError(
      rows.flatMap(({ positives, ranked, scores }) =>
        mutuallyExclusive
          ? [{ confidence: scores[ranked[0] ?? 0] ?? 0, right: positives.includes(concepts[ranked[0] ?? 0] ?? "") }]
          : concepts.map((concept, c) => {
              const score = scores[c] ?? 0
              return { confidence: Math.max(score, 1 - score), right: positives.includes(concept) === score >= 0.5 }
            })
      )
    ),
    macro: {
      precision: meanAndDeviation(perConcept.map((one) => one.precision)).mean,
      recall: meanAndDeviation(perConcept.map((one) => one.recall)).mean,
      f1: f1.mean,
      f1Deviation: f1.deviation,
      rocAuc: auc.mean,
      rocAucDeviation: auc.deviation
    },
    scores: scored
  }
}
