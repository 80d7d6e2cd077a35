/** One HTML file that shows what was predicted, trained and called. */
export { ReportUnwritable } from "./errors.ts"
export {
  averagePrecision,
  figuresAt,
  precisionRecall,
  reliability,
  type Reliability,
  type ReliabilityBin,
  type ScoredTest,
  type ThresholdFigures
} from "./evaluation/measures.ts"
export type {
  ComparedVersion,
  EvaluatedVersions,
  EvaluationOptions,
  LabelledOutcomes,
  OtherVersion
} from "./evaluation/versions.ts"
export type { JobLike, ReportOptions, RunLike, ThumbnailSettings } from "./options.ts"
export type { ReportInputs } from "./outcomes/input-media.ts"
export type { TextRole } from "./outcomes/private-text.ts"
export { recorder, type Recorder, type RecorderOptions } from "./recorder.ts"
export { trainingReport } from "./training-report.ts"
export { Report, report, type WrittenReport } from "./report.ts"
export type { RecordedRun } from "./run/call-log.ts"
