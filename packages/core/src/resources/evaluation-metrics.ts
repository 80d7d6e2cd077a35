// Decoded evaluation metrics of a version.
import type { EvalMetricsWire } from "../wire/messages/evaluation-messages.ts"
import { type Progress, tidy, toProgress } from "./records.ts"

/** Metrics of an evaluation, each 0 to 1, averaged over concepts. */
export interface EvaluationSummary {
  /** Area under the ROC curve. */
  readonly rocAuc: number
  readonly f1: number
  readonly precision: number
  readonly recall: number
  /** Top-1 accuracy, for models with mutually exclusive concepts. */
  readonly top1?: number
  /** Top-5 accuracy. */
  readonly top5?: number
}

/** Binary metrics of one concept against all others. */
export interface ConceptEvaluation {
  readonly id: string
  readonly name: string
  readonly positives: number
  readonly negatives: number
  readonly rocAuc: number
  readonly f1: number
  readonly averagePrecision?: number
}

/** An entry of the confusion matrix: the fraction of `actual` that was classified as `predicted`. */
export interface Confusion {
  readonly predicted: string
  readonly actual: string
  readonly value: number
}

/** An evaluation; `ready` when its metrics are available. */
export interface EvaluationRecord extends Progress {
  readonly summary?: EvaluationSummary
  readonly concepts: ReadonlyArray<ConceptEvaluation>
  /** Sparse: pairs that are not listed are 0. */
  readonly confusion: ReadonlyArray<Confusion>
}

/** A decoded evaluation. */
export const toEvaluation = ({
  binary_metrics,
  confusion_matrix,
  status,
  summary
}: EvalMetricsWire): EvaluationRecord =>
  tidy<EvaluationRecord>({
    ...toProgress(status),
    summary:
      summary &&
      tidy<EvaluationSummary>({
        rocAuc: summary.macro_avg_roc_auc,
        f1: summary.macro_avg_f1_score,
        precision: summary.macro_avg_precision,
        recall: summary.macro_avg_recall,
        top1: summary.top1_accuracy,
        top5: summary.top5_accuracy
      }),
    concepts:
      binary_metrics?.map((metrics) =>
        tidy<ConceptEvaluation>({
          id: metrics.concept?.id ?? "",
          name: metrics.concept?.name ?? metrics.concept?.id ?? "",
          positives: metrics.num_pos,
          negatives: metrics.num_neg,
          rocAuc: metrics.roc_auc,
          f1: metrics.f1,
          averagePrecision: metrics.avg_precision
        })
      ) ?? [],
    confusion:
      confusion_matrix?.matrix?.map(({ actual, actual_concept, predicted, predicted_concept, value }) => ({
        predicted: predicted_concept?.id ?? predicted ?? "",
        actual: actual_concept?.id ?? actual ?? "",
        value
      })) ?? []
  })
