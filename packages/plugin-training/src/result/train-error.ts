/** Everything that a training can fail with. */
import type { CallError, PredictError, StepFailed } from "@sightline/core/plugin"
import type {
  BadExamples,
  ReportFailed,
  TrainingBusy,
  TrainingDeadline,
  UnknownTraining,
  VersionDeleted
} from "../errors/run-errors.ts"
import type { TrainingError } from "../errors/service-errors.ts"
import type { ExamplesUnreadable } from "../examples/example.ts"
import type { JournalUnusable } from "../journal/journal.ts"

/** Everything that a training can fail with. */
export type TrainError =
  | CallError
  | PredictError
  | StepFailed
  | TrainingError
  | TrainingDeadline
  | VersionDeleted
  | BadExamples
  | ReportFailed
  | ExamplesUnreadable
  | JournalUnusable
  | TrainingBusy
  | UnknownTraining
