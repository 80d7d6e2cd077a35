/** Errors of a training. This file: the ways in which the service ends one, a class for each status with its own remedy. */
import { sightlineError, TrainingFailed } from "@sightline/core/plugin"
import type { YieldableError } from "effect/Cause"
import * as Schema from "effect/Schema"

const fields = {
  model: Schema.String,
  version: Schema.String,
  /** The service's status code of the version. */
  code: Schema.Number,
  details: Schema.optionalKey(Schema.String)
}

/** Fields of every error that the service ends a training with. */
export interface FailedVersion {
  /** The model's id. */
  readonly model: string
  /** The version's id. */
  readonly version: string
  /** The service's status code of the version. */
  readonly code: number
  /** The service's own description of the failure. */
  readonly details?: string
}

const messageOf = (
  { code, details, model, version }: Omit<FailedVersion, "version"> & { readonly version?: string },
  problem: string,
  remedy: string
) =>
  `${model}${version === undefined ? "" : ` version ${version}`}: ${problem} (${code})${details === undefined ? "" : `: ${details}`}; ${remedy}`

/** The parts of an error class that differ between statuses. */
interface Ending {
  readonly problem: string
  readonly remedy: string
  /** Whether the same training can succeed when it is run again. @default false */
  readonly retryable?: boolean
}

type FailedVersionClass<Tag extends string> = Schema.Class<
  FailedVersion,
  Schema.TaggedStruct<Tag, typeof fields>,
  YieldableError & { readonly retryable: boolean }
>

const failedVersion = <const Tag extends string>(
  tag: Tag,
  { problem, remedy, retryable = false }: Ending
): FailedVersionClass<Tag> => {
  class Failed extends Schema.TaggedError<FailedVersion>()(tag, fields) {
    readonly retryable: boolean = retryable
    override get message() {
      return messageOf(this, problem, remedy)
    }
  }
  return sightlineError(Failed)
}

const labelFields = {
  ...fields,
  version: Schema.optionalKey(Schema.String),
  concepts: Schema.optionalKey(Schema.Array(Schema.String)),
  labels: Schema.optionalKey(Schema.Array(Schema.String))
}

/** Fields of the errors for missing labels; the usual cause is a misspelt concept. */
export interface MissingLabels extends Omit<FailedVersion, "version"> {
  /** Absent when the training failed before it requested a version. */
  readonly version?: string
  /** Concepts without a positive example; absent when the service reported the failure. */
  readonly concepts?: ReadonlyArray<string>
  /** Labels of the examples and of the app's inputs; absent when the service reported the failure. */
  readonly labels?: ReadonlyArray<string>
}

type MissingLabelsClass<Tag extends string> = Schema.Class<
  MissingLabels,
  Schema.TaggedStruct<Tag, typeof labelFields>,
  YieldableError & { readonly retryable: boolean }
>

const missingLabels = <const Tag extends string>(tag: Tag, { problem, remedy }: Ending): MissingLabelsClass<Tag> => {
  class Failed extends Schema.TaggedError<MissingLabels>()(tag, labelFields) {
    readonly retryable: boolean = false
    override get message() {
      return messageOf(this, problem, remedy)
    }
  }
  return sightlineError(Failed)
}

/** 21110: no example is labelled with any of the model's concepts. */
export class NoTrainingData extends missingLabels("NoTrainingData", {
  problem: "there is no training data",
  remedy: "add examples that are labelled with the model's concepts"
}) {}

/** 21111: a concept has no positive example. */
export class NoPositives extends missingLabels("NoPositives", {
  problem: "no positive examples",
  remedy: "add at least one example of each concept, or correct its name"
}) {}

/** 21112: mutually exclusive training needs at least two concepts. */
export class SingleConcept extends failedVersion("SingleConcept", {
  problem: "mutually exclusive training needs at least two concepts",
  remedy: "add a second concept, or leave out mutuallyExclusive()"
}) {}

/** 21113: the training ran into the service's time limit. */
export class TrainingTookTooLong extends failedVersion("TrainingTookTooLong", {
  problem: "the training reached the service's time limit",
  remedy: "train again, with fewer examples or a higher limit",
  retryable: true
}) {}

/** 21114: the service did not process the inputs in time. */
export class InputsNotReady extends failedVersion("InputsNotReady", {
  problem: "the inputs were not processed in time",
  remedy: "check the inputs' states and train again",
  retryable: true
}) {}

/** 21117: there are too few examples. */
export class InsufficientData extends failedVersion("InsufficientData", {
  problem: "there are too few examples",
  remedy: "add more examples of each concept; ten are a start"
}) {}

/** 21118: a training parameter is not valid. */
export class InvalidParams extends failedVersion("InvalidParams", {
  problem: "its parameters are not valid",
  remedy: "correct the values given to params(..)"
}) {}

/** 21119: the service could not use too many of the examples. */
export class TooManyInvalid extends failedVersion("TooManyInvalid", {
  problem: "too many examples cannot be used",
  remedy: "remove or repair the inputs that failed to process"
}) {}

/** 21115, 21116: the training failed inside the service. */
export class TrainingBroke extends failedVersion("TrainingBroke", {
  problem: "the training failed inside the service",
  remedy: "train again; the examples are kept",
  retryable: true
}) {}

/** The version has a status that this package does not know. The wait ends at once; the training may still be running. */
export class UnknownTrainingState extends failedVersion("UnknownTrainingState", {
  problem: "the version has an unknown status",
  remedy: "look at the version on the service, or update this package"
}) {}

/** Failures of the training itself, each from the service's status code of the version. */
export type TrainingError =
  | NoTrainingData
  | NoPositives
  | SingleConcept
  | TrainingTookTooLong
  | InputsNotReady
  | InsufficientData
  | InvalidParams
  | TooManyInvalid
  | TrainingBroke
  | TrainingFailed
  | UnknownTrainingState

const errorByCode: Readonly<Record<number, new (failed: FailedVersion) => TrainingError>> = {
  21110: NoTrainingData,
  21111: NoPositives,
  21112: SingleConcept,
  21113: TrainingTookTooLong,
  21114: InputsNotReady,
  21115: TrainingBroke,
  21116: TrainingBroke,
  21117: InsufficientData,
  21118: InvalidParams,
  21119: TooManyInvalid
}
/** Failures without a specific cause: of the upload, the training, the build of the container image. */
const genericCodes = new Set([21105, 21106, 21108, 21109])

/** The error for a version's status that is neither trained nor pending. */
export const toTrainingError = (failed: FailedVersion): TrainingError => {
  const Known = errorByCode[failed.code]
  if (Known !== undefined) return new Known(failed)
  if (!genericCodes.has(failed.code)) return new UnknownTrainingState(failed)
  const { details } = failed
  return new TrainingFailed({ model: failed.model, code: failed.code, ...(details === undefined ? {} : { details }) })
}

/** True if an error means that the version will never be trained, so that the training is over. */
export const endsTraining = (error: { readonly _tag: string; readonly code?: unknown }): boolean =>
  error._tag === "VersionDeleted" ||
  (error._tag !== "UnknownTrainingState" && typeof error.code === "number" && isFailedStatus(error.code))

/** True if a version with this status code has failed to train. */
export const isFailedStatus = (code: number): boolean => code >= 21105 && code < 21120
