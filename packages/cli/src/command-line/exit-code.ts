/** The command line: its commands, options, errors and exit codes. This file: exit codes, which are part of the interface. */

/** What an exit code means. Scripts rely on these numbers: they never change. */
export const exitCode = {
  success: 0,
  /** An error of this program. */
  internal: 1,
  /** An unknown command or option, or a value that is not valid. */
  usage: 2,
  /** Some inputs failed, the others are answered. */
  partial: 3,
  /** An input does not exist, cannot be read, or was rejected. */
  input: 4,
  /** No key, a wrong key, no permission, or no engine folder. */
  access: 5,
  /** The model does not exist, is not ready, or takes other kinds of input. */
  model: 6,
  /** The service cannot be reached, is busy, or took too long: try again later. */
  unavailable: 7,
  /** A training failed. */
  training: 8,
  /** Stopped by Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
  /** The reader of the output has closed it: 128 + SIGPIPE. */
  brokenPipe: 141,
  /** Stopped by SIGTERM: 128 + SIGTERM. */
  terminated: 143
} as const
export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** The exit code of a run that a signal has stopped. */
export const exitCodeOfSignal = (signal: unknown): ExitCode =>
  signal === "SIGTERM" ? exitCode.terminated : exitCode.interrupted

const codeOfTag: Readonly<Record<string, ExitCode>> = {
  // core
  Unauthorized: exitCode.access,
  Forbidden: exitCode.access,
  NotConfigured: exitCode.access,
  QuotaExceeded: exitCode.access,
  RateLimited: exitCode.unavailable,
  ServiceUnavailable: exitCode.unavailable,
  ServiceFailed: exitCode.unavailable,
  Unreachable: exitCode.unavailable,
  TimedOut: exitCode.unavailable,
  StillPending: exitCode.unavailable,
  UnknownStatus: exitCode.unavailable,
  MalformedAnswer: exitCode.unavailable,
  NotFound: exitCode.model,
  ModelNotReady: exitCode.model,
  InvalidRequest: exitCode.model,
  InputRejected: exitCode.input,
  MediaUnreadable: exitCode.input,
  SourceFailed: exitCode.input,
  StepFailed: exitCode.input,
  PartlyAnswered: exitCode.partial,
  InvalidOption: exitCode.usage,
  Conflict: exitCode.usage,
  BudgetSpent: exitCode.partial,
  TrainingFailed: exitCode.training,
  // engine
  EngineFolderError: exitCode.access,
  EngineFolderLocked: exitCode.access,
  EngineOptionError: exitCode.usage,
  EncoderProblem: exitCode.access,
  MissingPackage: exitCode.access,
  ModelNotAdded: exitCode.model,
  ServeError: exitCode.unavailable,
  // plugins
  ImageBroken: exitCode.input,
  ImageTooLarge: exitCode.input,
  ImageUndecodable: exitCode.input,
  ImageUnsupported: exitCode.input,
  VideoDamaged: exitCode.input,
  VideoInterrupted: exitCode.input,
  VideoOptionError: exitCode.usage,
  VideoSourceError: exitCode.input,
  VideoTooLarge: exitCode.input,
  VideoUnsupported: exitCode.input,
  // jobs
  JobConflict: exitCode.usage,
  JobSourceFailed: exitCode.input,
  LedgerUnavailable: exitCode.unavailable,
  MaybePaid: exitCode.partial,
  PluginError: exitCode.usage,
  PoisonInput: exitCode.input,
  UnknownJob: exitCode.usage,
  // training
  NoTrainingData: exitCode.training,
  NoPositives: exitCode.training,
  SingleConcept: exitCode.training,
  TrainingTookTooLong: exitCode.training,
  InputsNotReady: exitCode.training,
  InsufficientData: exitCode.training,
  InvalidParams: exitCode.training,
  TooManyInvalid: exitCode.training,
  TrainingBroke: exitCode.training,
  UnknownTrainingState: exitCode.training,
  VersionDeleted: exitCode.training,
  TrainingDeadline: exitCode.unavailable,
  TrainingBusy: exitCode.unavailable,
  UnknownTraining: exitCode.training,
  BadExamples: exitCode.input,
  ExamplesUnreadable: exitCode.input,
  JournalUnusable: exitCode.access,
  ReportFailed: exitCode.access,
  ReportUnwritable: exitCode.access,
  DownloadFailed: exitCode.unavailable,
  ExportFailed: exitCode.input,
  HeadUnusable: exitCode.model
}

/** The tag of a typed error; undefined for any other value. */
export const tagOf = (error: unknown): string | undefined =>
  typeof error === "object" && error !== null && "_tag" in error && typeof error._tag === "string"
    ? error._tag
    : undefined

/** The exit code for a typed error, by its tag. */
export const exitCodeOfTag = (tag: string): ExitCode => codeOfTag[tag] ?? exitCode.internal

/**
 * Tags of errors that would fail every further input in the same way: a run stops at the first one. Errors of the network
 * are among them, because core has repeated the call already.
 */
const setupTags = new Set([
  "Unauthorized",
  "Forbidden",
  "NotConfigured",
  "QuotaExceeded",
  "NotFound",
  "Unreachable",
  "ServiceUnavailable",
  "RateLimited",
  "EngineFolderError",
  "EngineFolderLocked"
])

/** True for an error that concerns the whole run and not one input. */
export const failsWholeRun = (tag: string): boolean => setupTags.has(tag)
