/** From labelled examples to a trained, evaluated model. */
export * from "./errors.ts"
export { evaluate, type EvaluateOptions, type Tested } from "./evaluation/evaluate.ts"
export { ConceptEvaluation, Evaluation, Mistake } from "./evaluation/report.ts"
export { type Example, type Examples, ExamplesUnreadable, type Stored, stored } from "./examples/example.ts"
export { type FileExample, folder, type Folder, type FolderOptions } from "./examples/folder.ts"
export { manifest } from "./examples/manifest.ts"
export { Entry as JournalEntry, fileJournal, type Journal, JournalUnusable, memoryJournal } from "./journal.ts"
export { training, type TrainingMembers, type TrainingOptions } from "./plugin.ts"
export { progress, type ProgressOptions, type ProgressSink } from "./progress.ts"
export type { DiscardOptions, Remains } from "./remains.ts"
export type { Policy, TrainedModel, TrainError } from "./spec.ts"
export type { Tally, TrainingEvent, TrainingState, Untested, Unusable } from "./state.ts"
export {
  type AgainOptions,
  type EffectOptions,
  type Started,
  type StopOptions,
  Training,
  type TrainOptions
} from "./training.ts"
export { DownloadFailed } from "./versions/download.ts"
export { type ExportedExamples, ExportFailed, type ExportOptions } from "./versions/export-examples.ts"
export { HeadUnusable } from "./versions/head.ts"
export { type Compared, type CompareError, type CompareOptions, type PruneRule, Trained } from "./versions/trained.ts"
