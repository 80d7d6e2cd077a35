/** Evaluates trained versions by cross-validation over their examples. */
import { StatusCode } from "@sightline/core/status"
import { type ConceptWire, type CooccurrenceMatrixWire, encode, EvalMetricsWire } from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import type { UrlDownloads } from "../store/url-downloads.ts"
import { crossValidate, type Evaluation } from "../learning/cross-validate.ts"
import { now } from "../protocol/time.ts"
import type { WireError } from "../protocol/wire-error.ts"
import { encoderAdvice } from "../encoders/added-encoder.ts"
import { ImageEncoder } from "../encoders/image-encoder.ts"
import { Settings } from "../settings.ts"
import { Store } from "../store/store.ts"
import { nextEvaluation, setMetrics, type VersionRow } from "../store/version-table.ts"
import { collectExamples, type Labelled } from "./training-set.ts"
import { readPlan } from "./training-plan.ts"

/** Runs the evaluation that has waited longest; true if there was one. */
export const evaluateNext: Effect.Effect<boolean, WireError, Settings | Store | UrlDownloads | ImageEncoder> =
  Effect.gen(function* () {
    const store = yield* Store
    const next = yield* store.write((db) => {
      const row = nextEvaluation(db)
      if (row !== undefined) setMetrics(db, row.seq, { status: StatusCode.MODEL_EVALUATING }, now())
      return row
    })
    if (next === undefined) return false
    const { embedder } = yield* Settings
    yield* Effect.matchEffect(Effect.scoped(evaluate(next)), {
      onFailure: ({ code, details }) => store.write((db) => setMetrics(db, next.seq, { status: code, details }, now())),
      onSuccess: (metrics) =>
        store.write((db) =>
          setMetrics(
            db,
            next.seq,
            {
              status: StatusCode.MODEL_EVALUATED,
              details: adviceOn(metrics, encoderAdvice(embedder)),
              metrics: JSON.stringify(encode(EvalMetricsWire, metrics, { legacy: true }))
            },
            now()
          )
        )
    })
    return true
  })

/** An accuracy below which a better encoder is worth its download. */
const poorAccuracy = 0.8

/** What a poor evaluation with a built-in encoder says: that a better one exists. */
const adviceOn = ({ summary }: EvalMetricsWire, advice: string): string => {
  const accuracy = summary?.top1_accuracy ?? 1
  return advice !== "" && accuracy < poorAccuracy
    ? `${Math.round(accuracy * 100)} of 100 examples are recognized; ${advice}`
    : ""
}

const evaluate = Effect.fn("jobs.evaluate")(function* (row: VersionRow) {
  const encoder = yield* ImageEncoder
  const plan = readPlan(row)
  const seed = plan.seed ?? (yield* Settings).seed
  const { trainingSet, vectors } = yield* collectExamples(row, plan)
  const evaluation = yield* crossValidate({
    examples: trainingSet.map(({ example }) => example),
    vectors,
    concepts: plan.concepts,
    mutuallyExclusive: plan.exclusive,
    closedEnvironment: plan.closed,
    seed,
    embedder: encoder.id,
    ...(encoder.blocks && { blocks: encoder.blocks }),
    ...(plan.timeoutMs === undefined ? {} : { timeoutMs: plan.timeoutMs })
  })
  return describeEvaluation(evaluation, plan.concepts, trainingSet)
})

/** Most rows of `test_set` that are stored: it is for inspection, not for computing. */
const maxTestSet = 2000

/** The sum of a row; 1 if it is 0, so that its shares are 0. */
const total = (row: ReadonlyArray<number>) =>
  Math.max(
    1,
    row.reduce((sum, n) => sum + n, 0)
  )

/** Metrics with ids only: names are added when they are read. */
const describeEvaluation = (
  { concepts, confusion, macro, scores, top1Accuracy, top5Accuracy, expectedCalibrationError }: Evaluation,
  ids: ReadonlyArray<string>,
  trainingSet: ReadonlyArray<Labelled>
): EvalMetricsWire => {
  return {
    summary: {
      top1_accuracy: top1Accuracy,
      top5_accuracy: top5Accuracy,
      macro_avg_roc_auc: macro.rocAuc,
      macro_std_roc_auc: macro.rocAucDeviation,
      macro_avg_f1_score: macro.f1,
      macro_std_f1_score: macro.f1Deviation,
      macro_avg_precision: macro.precision,
      macro_avg_recall: macro.recall
    },
    expected_calibration_error: expectedCalibrationError,
    confusion_matrix: {
      matrix: confusion.flatMap((row, actual) =>
        row.map((count, predicted) => ({
          predicted: ids[predicted] ?? "",
          actual: ids[actual] ?? "",
          value: count / total(row),
          predicted_concept: conceptOf(ids[predicted]),
          actual_concept: conceptOf(ids[actual])
        }))
      ),
      concept_ids: ids
    },
    cooccurrence_matrix: cooccurrence(ids, trainingSet),
    label_counts: {
      positive_label_counts: concepts.map(({ concept, positives }) => ({
        concept_name: concept,
        count: positives,
        concept: conceptOf(concept)
      }))
    },
    binary_metrics: concepts.map((one) => ({
      num_pos: one.positives,
      num_neg: one.negatives,
      num_tot: one.positives + one.negatives,
      roc_auc: one.rocAuc ?? 0,
      f1: one.f1,
      concept: conceptOf(one.concept),
      roc_curve: {
        ...one.rocCurve,
        // The curve begins at an infinite threshold, which JSON cannot represent; scores end at 1.
        thresholds: one.rocCurve.thresholds.map((threshold) => Math.min(threshold, 1))
      },
      precision_recall_curve: one.precisionRecallCurve,
      avg_precision: one.averagePrecision
    })),
    test_set: scores.slice(0, maxTestSet).flatMap(({ index, scores }) => {
      const labelled = trainingSet[index]
      if (labelled === undefined) return []
      const truth = ids.filter((id) => labelled.example.labels[id] === 1)
      return [
        {
          input: { id: labelled.id },
          predicted_concepts: ids.map((id, c) => ({ id, value: scores[c] ?? 0 })),
          ground_truth_concepts: truth.map(conceptOf)
        }
      ]
    })
  }
}

const conceptOf = (id = ""): ConceptWire => ({ id, value: 1 })

/** How often two concepts are positive on one input; the diagonal counts each alone. */
const cooccurrence = (ids: ReadonlyArray<string>, trainingSet: ReadonlyArray<Labelled>): CooccurrenceMatrixWire => {
  const counts = ids.map(() => ids.map(() => 0))
  for (const { example } of trainingSet) {
    const here = ids.flatMap((id, c) => (example.labels[id] === 1 ? [c] : []))
    for (const row of here) for (const col of here) (counts[row] ?? [])[col] = (counts[row]?.[col] ?? 0) + 1
  }
  const matrix = counts.flatMap((line, row) =>
    line.map((count, col) => ({ row: ids[row] ?? "", col: ids[col] ?? "", count }))
  )
  return { matrix, concept_ids: ids }
}
