/** Evaluates trained versions by cross-validation over their examples. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import type { UrlDownloads } from "../store/url-downloads.ts"
import { crossValidate, type Evaluation } from "../learning/cross-validate.ts"
import { float32, type WireObject } from "../protocol/json.ts"
import { now } from "../protocol/time.ts"
import type { WireError } from "../protocol/wire-error.ts"
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
    yield* Effect.matchEffect(Effect.scoped(evaluate(next)), {
      onFailure: ({ code, details }) => store.write((db) => setMetrics(db, next.seq, { status: code, details }, now())),
      onSuccess: (metrics) =>
        store.write((db) =>
          setMetrics(db, next.seq, { status: StatusCode.MODEL_EVALUATED, metrics: JSON.stringify(metrics) }, now())
        )
    })
    return true
  })

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

/** The members of `EvalMetrics`, with ids only: names are added when they are read. */
const describeEvaluation = (
  { concepts, confusion, macro, scores, top1Accuracy, top5Accuracy, expectedCalibrationError }: Evaluation,
  ids: ReadonlyArray<string>,
  trainingSet: ReadonlyArray<Labelled>
): WireObject => {
  return {
    summary: {
      top1_accuracy: float32(top1Accuracy),
      top5_accuracy: float32(top5Accuracy),
      macro_avg_roc_auc: float32(macro.rocAuc),
      macro_std_roc_auc: float32(macro.rocAucDeviation),
      macro_avg_f1_score: float32(macro.f1),
      macro_std_f1_score: float32(macro.f1Deviation),
      macro_avg_precision: float32(macro.precision),
      macro_avg_recall: float32(macro.recall)
    },
    // Not a member of the protocol's message: other clients ignore it.
    expected_calibration_error: float32(expectedCalibrationError),
    confusion_matrix: {
      matrix: confusion.flatMap((row, actual) =>
        row.map((count, predicted) => ({
          predicted: ids[predicted],
          actual: ids[actual],
          value: float32(count / total(row)),
          predicted_concept: { id: ids[predicted] },
          actual_concept: { id: ids[actual] }
        }))
      ),
      concept_ids: ids
    },
    cooccurrence_matrix: cooccurrence(ids, trainingSet),
    label_counts: {
      positive_label_counts: concepts.map(({ concept, positives }) => ({
        concept_name: concept,
        count: positives,
        concept: { id: concept }
      }))
    },
    binary_metrics: concepts.map((one) => ({
      num_pos: one.positives,
      num_neg: one.negatives,
      num_tot: one.positives + one.negatives,
      roc_auc: float32(one.rocAuc ?? 0),
      f1: float32(one.f1),
      concept: { id: one.concept },
      roc_curve: {
        fpr: one.rocCurve.fpr.map(float32),
        tpr: one.rocCurve.tpr.map(float32),
        // The curve begins at an infinite threshold, which JSON cannot represent; scores end at 1.
        thresholds: one.rocCurve.thresholds.map((threshold) => float32(Math.min(threshold, 1)))
      },
      precision_recall_curve: {
        recall: one.precisionRecallCurve.recall.map(float32),
        precision: one.precisionRecallCurve.precision.map(float32),
        thresholds: one.precisionRecallCurve.thresholds.map(float32)
      },
      avg_precision: float32(one.averagePrecision)
    })),
    test_set: scores.slice(0, maxTestSet).flatMap(({ index, scores }) => {
      const labelled = trainingSet[index]
      if (labelled === undefined) return []
      const truth = ids.filter((id) => labelled.example.labels[id] === 1)
      return [
        {
          input: { id: labelled.id },
          predicted_concepts: ids.map((id, c) => ({ id, value: float32(scores[c] ?? 0) })),
          ground_truth_concepts: truth.map((id) => ({ id, value: 1 }))
        }
      ]
    })
  }
}

/** How often two concepts are positive on one input; the diagonal counts each alone. */
const cooccurrence = (ids: ReadonlyArray<string>, trainingSet: ReadonlyArray<Labelled>): WireObject => {
  const counts = ids.map(() => ids.map(() => 0))
  for (const { example } of trainingSet) {
    const here = ids.flatMap((id, c) => (example.labels[id] === 1 ? [c] : []))
    for (const row of here) for (const col of here) (counts[row] ?? [])[col] = (counts[row]?.[col] ?? 0) + 1
  }
  const matrix = counts.flatMap((line, row) => line.map((count, col) => ({ row: ids[row], col: ids[col], count })))
  return { matrix, concept_ids: ids }
}
