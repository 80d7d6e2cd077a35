// Evaluations: how well a version predicts examples that it was not trained on.
import { ConceptWire } from "./concept-messages.ts"
import { DatasetWire } from "./dataset-messages.ts"
import { always, double, float, legacy, message, repeated, string, uint32 } from "./field.ts"
import { InputWire } from "./input-messages.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"
import { EvalInfoWire, ModelWire } from "./model-messages.ts"
import { AnnotationWire } from "./search-messages.ts"
import { StatusWire } from "./status-messages.ts"

const metricsSummary = () => ({
  top1_accuracy: float(1),
  top5_accuracy: float(2),
  macro_avg_roc_auc: always(float(3), 0),
  macro_std_roc_auc: always(float(4), 0),
  macro_avg_f1_score: always(float(5), 0),
  macro_std_f1_score: always(float(6), 0),
  macro_avg_precision: always(float(7), 0),
  macro_avg_recall: always(float(8), 0),
  mean_avg_precision_iou_50: float(10),
  mean_avg_precision_iou_range: float(11)
})
/** The main figures of an evaluation, each 0 to 1. */
export interface MetricsSummaryWire extends Infer<typeof metricsSummary> {}
export const MetricsSummaryWire: Message<MetricsSummaryWire> = /* @__PURE__ */ defineMessage(
  "MetricsSummary",
  metricsSummary
)

const confusionMatrixEntry = () => ({
  predicted: string(1),
  actual: string(2),
  value: always(float(4), 0),
  predicted_concept: message(5, () => ConceptWire),
  actual_concept: message(6, () => ConceptWire)
})
/** Fraction of the inputs of `actual` that were predicted as `predicted`. */
export interface ConfusionMatrixEntryWire extends Infer<typeof confusionMatrixEntry> {}
export const ConfusionMatrixEntryWire: Message<ConfusionMatrixEntryWire> = /* @__PURE__ */ defineMessage(
  "ConfusionMatrixEntry",
  confusionMatrixEntry
)

const confusionMatrix = () => ({
  matrix: repeated(message(1, () => ConfusionMatrixEntryWire)),
  concept_ids: repeated(string(2))
})
/** Sparse: pairs that are not listed are 0. */
export interface ConfusionMatrixWire extends Infer<typeof confusionMatrix> {}
export const ConfusionMatrixWire: Message<ConfusionMatrixWire> = /* @__PURE__ */ defineMessage(
  "ConfusionMatrix",
  confusionMatrix
)

const cooccurrenceMatrixEntry = () => ({
  row: string(1),
  col: string(2),
  count: uint32(3)
})
/** Number of inputs that have both concepts. */
export interface CooccurrenceMatrixEntryWire extends Infer<typeof cooccurrenceMatrixEntry> {}
export const CooccurrenceMatrixEntryWire: Message<CooccurrenceMatrixEntryWire> = /* @__PURE__ */ defineMessage(
  "CooccurrenceMatrixEntry",
  cooccurrenceMatrixEntry
)

const cooccurrenceMatrix = () => ({
  matrix: repeated(message(1, () => CooccurrenceMatrixEntryWire)),
  concept_ids: repeated(string(2))
})
/** Sparse: pairs that are not listed are 0. */
export interface CooccurrenceMatrixWire extends Infer<typeof cooccurrenceMatrix> {}
export const CooccurrenceMatrixWire: Message<CooccurrenceMatrixWire> = /* @__PURE__ */ defineMessage(
  "CooccurrenceMatrix",
  cooccurrenceMatrix
)

const labelCount = () => ({
  concept_name: string(1),
  count: uint32(2),
  concept: message(3, () => ConceptWire)
})
/** Number of inputs that have a concept. */
export interface LabelCountWire extends Infer<typeof labelCount> {}
export const LabelCountWire: Message<LabelCountWire> = /* @__PURE__ */ defineMessage("LabelCount", labelCount)

const labelDistribution = () => ({
  positive_label_counts: repeated(message(1, () => LabelCountWire))
})
/** Number of inputs for each concept. */
export interface LabelDistributionWire extends Infer<typeof labelDistribution> {}
export const LabelDistributionWire: Message<LabelDistributionWire> = /* @__PURE__ */ defineMessage(
  "LabelDistribution",
  labelDistribution
)

const roc = () => ({
  fpr: always(repeated(float(1)), []),
  tpr: always(repeated(float(2)), []),
  thresholds: always(repeated(float(3)), [])
})
/** Shape: the three lists are `[n]`, one entry for each threshold. */
export interface RocWire extends Infer<typeof roc> {}
export const RocWire: Message<RocWire> = /* @__PURE__ */ defineMessage("ROC", roc)

const precisionRecallCurve = () => ({
  recall: always(repeated(float(1)), []),
  precision: always(repeated(float(2)), []),
  thresholds: always(repeated(float(3)), [])
})
/** Shape: the three lists are `[n]`, one entry for each threshold. */
export interface PrecisionRecallCurveWire extends Infer<typeof precisionRecallCurve> {}
export const PrecisionRecallCurveWire: Message<PrecisionRecallCurveWire> = /* @__PURE__ */ defineMessage(
  "PrecisionRecallCurve",
  precisionRecallCurve
)

const binaryMetrics = () => ({
  num_pos: always(uint32(1), 0),
  num_neg: always(uint32(2), 0),
  num_tot: always(uint32(3), 0),
  roc_auc: always(float(4), 0),
  f1: always(float(5), 0),
  concept: message(6, () => ConceptWire),
  roc_curve: message(7, () => RocWire),
  precision_recall_curve: message(8, () => PrecisionRecallCurveWire),
  avg_precision: float(9),
  area_name: string(10),
  area_min: double(11),
  area_max: double(12),
  iou: float(13)
})
/** Figures of one concept against all others. */
export interface BinaryMetricsWire extends Infer<typeof binaryMetrics> {}
export const BinaryMetricsWire: Message<BinaryMetricsWire> = /* @__PURE__ */ defineMessage(
  "BinaryMetrics",
  binaryMetrics
)

const evalTestSetEntry = () => ({
  input: message(6, () => InputWire),
  predicted_concepts: repeated(message(3, () => ConceptWire)),
  ground_truth_concepts: repeated(message(4, () => ConceptWire)),
  annotation: message(5, () => AnnotationWire),
  predicted_annotation: message(7, () => AnnotationWire),
  ground_truth_annotation: message(8, () => AnnotationWire)
})
/** One tested input: predicted concepts and true ones. */
export interface EvalTestSetEntryWire extends Infer<typeof evalTestSetEntry> {}
export const EvalTestSetEntryWire: Message<EvalTestSetEntryWire> = /* @__PURE__ */ defineMessage(
  "EvalTestSetEntry",
  evalTestSetEntry
)

const evalMetrics = () => ({
  status: message(1, () => StatusWire),
  user_id: string(15),
  app_id: string(16),
  id: string(10),
  model: message(13, () => ModelWire),
  ground_truth_dataset: message(14, () => DatasetWire),
  summary: message(2, () => MetricsSummaryWire),
  confusion_matrix: message(3, () => ConfusionMatrixWire),
  cooccurrence_matrix: message(4, () => CooccurrenceMatrixWire),
  label_counts: message(5, () => LabelDistributionWire),
  binary_metrics: repeated(message(6, () => BinaryMetricsWire)),
  test_set: repeated(message(7, () => EvalTestSetEntryWire)),
  metrics_by_area: repeated(message(8, () => BinaryMetricsWire)),
  metrics_by_class: repeated(message(9, () => BinaryMetricsWire)),
  eval_info: message(12, () => EvalInfoWire),
  /** Mean difference of confidence and accuracy, 0 to 1. JSON of engines alone: the protocol does not have it. */
  expected_calibration_error: legacy(float(0))
})
/** An evaluation; finished when its status is 21300. */
export interface EvalMetricsWire extends Infer<typeof evalMetrics> {}
export const EvalMetricsWire: Message<EvalMetricsWire> = /* @__PURE__ */ defineMessage("EvalMetrics", evalMetrics)
