// Durable bulk work: portable chains over many inputs, whose every answer is paid for once.
export { submit, type JobChain, type SubmitOptions } from "./client/submit.ts"
export { type ExecutorOption, listJobs, openJob } from "./client/open-job.ts"
export type {
  InputOf,
  Job,
  JobInputError,
  JobOutcome,
  JobStatus,
  OutcomesOptions,
  ResumeOptions
} from "./client/job-types.ts"
export { inProcess, sqlite } from "./executors/embedded.ts"
export type { Executor } from "./executors/executor.ts"
export { type RunningWorker, work, type WorkOptions } from "./worker/work.ts"
export type { JobApp } from "./worker/job-app.ts"
export type { Reference } from "./sources/reference.ts"
export { type InputPage, type JobSource, listing, type ListingOptions } from "./sources/source.ts"
export { files } from "./sources/files.ts"
export { csv, jsonLines } from "./sources/lines.ts"
export type { JobState, OnMaybePaid, SettledAs } from "./ledger/ledger.ts"
export { SettledError } from "./ledger/outcome-json.ts"
export * from "./errors.ts"
