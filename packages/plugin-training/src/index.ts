/** From labelled examples to a trained, evaluated model. */
export * from "./errors/run-errors.ts"
export {
  type FailedVersion,
  InputsNotReady,
  InsufficientData,
  InvalidParams,
  type MissingLabels,
  NoPositives,
  NoTrainingData,
  SingleConcept,
  TooManyInvalid,
  TrainingBroke,
  type TrainingError,
  TrainingTookTooLong,
  UnknownTrainingState
} from "./errors/service-errors.ts"
export { ConceptEvaluation, Evaluation, Mistake } from "./evaluation/evaluation.ts"
export { evaluate, type EvaluateOptions, type Tested } from "./evaluation/metrics.ts"
export { type Example, type Examples, ExamplesUnreadable, type Stored, stored } from "./examples/example.ts"
export { type FileExample, folder, type Folder, type FolderOptions } from "./examples/folder.ts"
export { manifest } from "./examples/manifest.ts"
export { Entry as JournalEntry } from "./journal/entry.ts"
export { fileJournal } from "./journal/file-journal.ts"
export { type Journal, JournalUnusable } from "./journal/journal.ts"
export { memoryJournal } from "./journal/memory-journal.ts"
export type { Artifacts, DiscardOptions } from "./lifecycle/artifacts.ts"
export { progress, type ProgressOptions, type ProgressSink } from "./lifecycle/progress.ts"
export type { FinishedTraining, TrainingReporter } from "./lifecycle/report-training.ts"
export type { EvaluatedVersion, TrainingEvent, TrainingState } from "./lifecycle/training-event.ts"
export { training, type TrainingMembers, type TrainingOptions } from "./plugin.ts"
export type { Policy } from "./request/training-spec.ts"
export type { Tally, Untested, Unusable } from "./result/example-tally.ts"
export type { TrainedModel } from "./result/trained-model.ts"
export type { TrainError } from "./result/train-error.ts"
export {
  type AgainOptions,
  type EffectOptions,
  type Started,
  type StopOptions,
  Training,
  type TrainOptions
} from "./training.ts"
export { HeadUnusable } from "./export/classifier-head.ts"
export type { Compared, CompareError, CompareOptions } from "./versions/compare-versions.ts"
export { DownloadFailed } from "./export/download-file.ts"
export { type ExportedExamples, ExportFailed, type ExportOptions } from "./export/export-examples.ts"
export type { PruneRule } from "./versions/prune-versions.ts"
export { Trained } from "./versions/trained.ts"
