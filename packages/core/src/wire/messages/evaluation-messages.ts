// How good a version is, measured by the service.
import { ConceptWire } from "./concept-messages.ts"
import { DatasetWire } from "./dataset-messages.ts"
import { InputWire, UserAppIdWire } from "./input-messages.ts"
import { double, float, floats, int, many, type Message, message, needed, of, shown, text, texts } from "./table.ts"
import { EvalInfoWire, ModelWire, type ParamsWire } from "./model-messages.ts"
import { AnnotationWire, SearchWire } from "./search-messages.ts"
import { StatusWire } from "./status-messages.ts"

/** The figures people ask for first; each 0 to 1. */
export interface MetricsSummaryWire {
  readonly top1_accuracy?: number
  readonly top5_accuracy?: number
  readonly macro_avg_roc_auc: number
  readonly macro_std_roc_auc: number
  readonly macro_avg_f1_score: number
  readonly macro_std_f1_score: number
  readonly macro_avg_precision: number
  readonly macro_avg_recall: number
  readonly mean_avg_precision_iou_50?: number
  readonly mean_avg_precision_iou_range?: number
}
export const MetricsSummaryWire: Message<MetricsSummaryWire> = /* @__PURE__ */ message("MetricsSummary", () => ({
  top1_accuracy: float,
  top5_accuracy: float,
  macro_avg_roc_auc: shown(float, 0),
  macro_std_roc_auc: shown(float, 0),
  macro_avg_f1_score: shown(float, 0),
  macro_std_f1_score: shown(float, 0),
  macro_avg_precision: shown(float, 0),
  macro_avg_recall: shown(float, 0),
  mean_avg_precision_iou_50: float,
  mean_avg_precision_iou_range: float
}))

/** How much of what is `actual` was taken for `predicted`. */
export interface ConfusionMatrixEntryWire {
  readonly predicted?: string
  readonly actual?: string
  readonly value: number
  readonly predicted_concept?: ConceptWire
  readonly actual_concept?: ConceptWire
}
export const ConfusionMatrixEntryWire: Message<ConfusionMatrixEntryWire> = /* @__PURE__ */ message(
  "ConfusionMatrixEntry",
  () => ({
    predicted: text,
    actual: text,
    value: shown(float, 0),
    predicted_concept: of(() => ConceptWire),
    actual_concept: of(() => ConceptWire)
  })
)

/** Sparse: pairs that are not listed are 0. */
export interface ConfusionMatrixWire {
  readonly matrix?: ReadonlyArray<ConfusionMatrixEntryWire>
  readonly concept_ids?: ReadonlyArray<string>
}
export const ConfusionMatrixWire: Message<ConfusionMatrixWire> = /* @__PURE__ */ message("ConfusionMatrix", () => ({
  matrix: many(() => ConfusionMatrixEntryWire),
  concept_ids: texts
}))

/** How often two concepts are on the same input. */
export interface CooccurrenceMatrixEntryWire {
  readonly row?: string
  readonly col?: string
  readonly count?: number
}
export const CooccurrenceMatrixEntryWire: Message<CooccurrenceMatrixEntryWire> = /* @__PURE__ */ message(
  "CooccurrenceMatrixEntry",
  () => ({
    row: text,
    col: text,
    count: int
  })
)

/** Sparse: pairs that are not listed are 0. */
export interface CooccurrenceMatrixWire {
  readonly matrix?: ReadonlyArray<CooccurrenceMatrixEntryWire>
  readonly concept_ids?: ReadonlyArray<string>
}
export const CooccurrenceMatrixWire: Message<CooccurrenceMatrixWire> = /* @__PURE__ */ message(
  "CooccurrenceMatrix",
  () => ({
    matrix: many(() => CooccurrenceMatrixEntryWire),
    concept_ids: texts
  })
)

/** How many inputs have a concept. */
export interface LabelCountWire {
  readonly concept_name?: string
  readonly count?: number
  readonly concept?: ConceptWire
}
export const LabelCountWire: Message<LabelCountWire> = /* @__PURE__ */ message("LabelCount", () => ({
  concept_name: text,
  count: int,
  concept: of(() => ConceptWire)
}))

/** How the labels of the tested inputs are spread. */
export interface LabelDistributionWire {
  readonly positive_label_counts?: ReadonlyArray<LabelCountWire>
}
export const LabelDistributionWire: Message<LabelDistributionWire> = /* @__PURE__ */ message(
  "LabelDistribution",
  () => ({
    positive_label_counts: many(() => LabelCountWire)
  })
)

/** Shape: the three lists are `[n]`, one threshold each. */
export interface RocWire {
  readonly fpr: ReadonlyArray<number>
  readonly tpr: ReadonlyArray<number>
  readonly thresholds: ReadonlyArray<number>
}
export const RocWire: Message<RocWire> = /* @__PURE__ */ message("ROC", () => ({
  fpr: shown(floats, []),
  tpr: shown(floats, []),
  thresholds: shown(floats, [])
}))

/** Shape: the three lists are `[n]`, one threshold each. */
export interface PrecisionRecallCurveWire {
  readonly recall: ReadonlyArray<number>
  readonly precision: ReadonlyArray<number>
  readonly thresholds: ReadonlyArray<number>
}
export const PrecisionRecallCurveWire: Message<PrecisionRecallCurveWire> = /* @__PURE__ */ message(
  "PrecisionRecallCurve",
  () => ({
    recall: shown(floats, []),
    precision: shown(floats, []),
    thresholds: shown(floats, [])
  })
)

/** One concept against the rest. */
export interface BinaryMetricsWire {
  readonly num_pos: number
  readonly num_neg: number
  readonly num_tot: number
  readonly roc_auc: number
  readonly f1: number
  readonly concept?: ConceptWire
  readonly roc_curve?: RocWire
  readonly precision_recall_curve?: PrecisionRecallCurveWire
  readonly avg_precision?: number
  readonly area_name?: string
  readonly area_min?: number
  readonly area_max?: number
  readonly iou?: number
}
export const BinaryMetricsWire: Message<BinaryMetricsWire> = /* @__PURE__ */ message("BinaryMetrics", () => ({
  num_pos: shown(int, 0),
  num_neg: shown(int, 0),
  num_tot: shown(int, 0),
  roc_auc: shown(float, 0),
  f1: shown(float, 0),
  concept: of(() => ConceptWire),
  roc_curve: of(() => RocWire),
  precision_recall_curve: of(() => PrecisionRecallCurveWire),
  avg_precision: float,
  area_name: text,
  area_min: double,
  area_max: double,
  iou: float
}))

/** One tested input: what the version said, and what is true. */
export interface EvalTestSetEntryWire {
  readonly input?: InputWire
  readonly predicted_concepts?: ReadonlyArray<ConceptWire>
  readonly ground_truth_concepts?: ReadonlyArray<ConceptWire>
  readonly annotation?: AnnotationWire
  readonly predicted_annotation?: AnnotationWire
  readonly ground_truth_annotation?: AnnotationWire
}
export const EvalTestSetEntryWire: Message<EvalTestSetEntryWire> = /* @__PURE__ */ message("EvalTestSetEntry", () => ({
  input: of(() => InputWire),
  predicted_concepts: many(() => ConceptWire),
  ground_truth_concepts: many(() => ConceptWire),
  annotation: of(() => AnnotationWire),
  predicted_annotation: of(() => AnnotationWire),
  ground_truth_annotation: of(() => AnnotationWire)
}))

/** An evaluation; done when its status is 21300. */
export interface EvalMetricsWire {
  readonly id?: string
  readonly status?: StatusWire
  readonly summary?: MetricsSummaryWire
  readonly confusion_matrix?: ConfusionMatrixWire
  readonly cooccurrence_matrix?: CooccurrenceMatrixWire
  readonly label_counts?: LabelDistributionWire
  readonly binary_metrics?: ReadonlyArray<BinaryMetricsWire>
  readonly test_set?: ReadonlyArray<EvalTestSetEntryWire>
  readonly metrics_by_area?: ReadonlyArray<BinaryMetricsWire>
  readonly metrics_by_class?: ReadonlyArray<BinaryMetricsWire>
  readonly eval_info?: ParamsWire
  readonly model?: ModelWire
  readonly ground_truth_dataset?: DatasetWire
  readonly user_id?: string
  readonly app_id?: string
}
export const EvalMetricsWire: Message<EvalMetricsWire> = /* @__PURE__ */ message("EvalMetrics", () => ({
  id: text,
  status: of(() => StatusWire),
  summary: of(() => MetricsSummaryWire),
  confusion_matrix: of(() => ConfusionMatrixWire),
  cooccurrence_matrix: of(() => CooccurrenceMatrixWire),
  label_counts: of(() => LabelDistributionWire),
  binary_metrics: many(() => BinaryMetricsWire),
  test_set: many(() => EvalTestSetEntryWire),
  metrics_by_area: many(() => BinaryMetricsWire),
  metrics_by_class: many(() => BinaryMetricsWire),
  eval_info: of(() => EvalInfoWire),
  model: of(() => ModelWire),
  ground_truth_dataset: of(() => DatasetWire),
  user_id: text,
  app_id: text
}))

/** Starts an evaluation of a version; an empty body will do. */
export interface PostModelVersionMetricsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly test_search?: SearchWire
  readonly eval_info?: ParamsWire
}
export const PostModelVersionMetricsRequestWire: Message<PostModelVersionMetricsRequestWire> = /* @__PURE__ */ message(
  "PostModelVersionMetricsRequest",
  () => ({ user_app_id: of(() => UserAppIdWire), test_search: of(() => SearchWire), eval_info: of(() => EvalInfoWire) })
)

/** Starts evaluations against datasets. */
export interface PostModelVersionEvaluationsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly eval_metrics: ReadonlyArray<EvalMetricsWire>
}
export const PostModelVersionEvaluationsRequestWire: Message<PostModelVersionEvaluationsRequestWire> =
  /* @__PURE__ */ message("PostModelVersionEvaluationsRequest", () => ({
    user_app_id: of(() => UserAppIdWire),
    eval_metrics: shown(
      many(() => EvalMetricsWire),
      []
    )
  }))

/** One evaluation. */
export interface SingleEvalMetricsResponseWire {
  readonly status: StatusWire
  readonly eval_metrics?: EvalMetricsWire
}
export const SingleEvalMetricsResponseWire: Message<SingleEvalMetricsResponseWire> = /* @__PURE__ */ message(
  "SingleEvalMetricsResponse",
  () => ({ status: needed(of(() => StatusWire)), eval_metrics: of(() => EvalMetricsWire) })
)

/** A page of evaluations. */
export interface MultiEvalMetricsResponseWire {
  readonly status: StatusWire
  readonly eval_metrics: ReadonlyArray<EvalMetricsWire>
}
export const MultiEvalMetricsResponseWire: Message<MultiEvalMetricsResponseWire> = /* @__PURE__ */ message(
  "MultiEvalMetricsResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    eval_metrics: shown(
      many(() => EvalMetricsWire),
      []
    )
  })
)
