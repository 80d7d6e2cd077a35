/** Why a training ended without a model: one class for each reason that has a remedy of its own. */
import { readableError, TrainingFailed } from "@sightline/core/plugin"
import type { YieldableError } from "effect/Cause"
import * as Schema from "effect/Schema"

const about = {
  model: Schema.String,
  version: Schema.String,
  /** The service's number for the state. */
  code: Schema.Number,
  details: Schema.optionalKey(Schema.String)
}

/** What every failure of a training tells. */
export interface Ended {
  readonly model: string
  readonly version: string
  readonly code: number
  readonly details?: string
}

const line = (
  { code, details, model, version }: Omit<Ended, "version"> & { readonly version?: string },
  what: string,
  remedy: string
) =>
  `${model}${version === undefined ? "" : ` version ${version}`}: ${what} (${code})${details === undefined ? "" : `: ${details}`}; ${remedy}`

/** How a way to end is told. */
interface Told {
  readonly what: string
  readonly remedy: string
  /** Whether the same training can end better; false when absent. */
  readonly retryable?: boolean
}

/** A class of errors that tell how a training ended. */
type Ending<Tag extends string> = Schema.Class<
  Ended,
  Schema.TaggedStruct<Tag, typeof about>,
  YieldableError & { readonly retryable: boolean }
>

/** The class of one way in which the service ends a training. */
const ending = <const Tag extends string>(tag: Tag, { remedy, retryable = false, what }: Told): Ending<Tag> => {
  class Failed extends Schema.TaggedError<Ended>()(tag, about) {
    readonly retryable: boolean = retryable
    override get message() {
      return line(this, what, remedy)
    }
  }
  return readableError(Failed)
}

const aboutLabels = {
  ...about,
  version: Schema.optionalKey(Schema.String),
  concepts: Schema.optionalKey(Schema.Array(Schema.String)),
  labels: Schema.optionalKey(Schema.Array(Schema.String))
}

/** What a training tells that ended for want of labels; most often a name is misspelt. */
export interface Lacking extends Omit<Ended, "version"> {
  /** Absent where it was found before a version was asked for. */
  readonly version?: string
  /** Concepts without an example; absent where the service has found it. */
  readonly concepts?: ReadonlyArray<string>
  /** What the examples, and the inputs of the app, are labelled with; absent where the service has found it. */
  readonly labels?: ReadonlyArray<string>
}

/** A class of errors that tell which labels are missing. */
type Lack<Tag extends string> = Schema.Class<
  Lacking,
  Schema.TaggedStruct<Tag, typeof aboutLabels>,
  YieldableError & { readonly retryable: boolean }
>

/** The class of one way in which labels can be missing. */
const lacking = <const Tag extends string>(tag: Tag, { remedy, what }: Told): Lack<Tag> => {
  class Failed extends Schema.TaggedError<Lacking>()(tag, aboutLabels) {
    readonly retryable: boolean = false
    override get message() {
      return line(this, what, remedy)
    }
  }
  return readableError(Failed)
}

/** 21110: no example of the model's concepts was found. */
export class NoTrainingData extends lacking("NoTrainingData", {
  what: "there was nothing to learn from",
  remedy: "add examples that are labelled with the model's concepts"
}) {}

/** 21111: a concept has no example, or negative ones only. */
export class NoPositives extends lacking("NoPositives", {
  what: "no positive examples",
  remedy: "add at least one example of each concept, or correct its name"
}) {}

/** 21112: concepts that exclude each other need to be two at least. */
export class SingleConcept extends ending("SingleConcept", {
  what: "one concept cannot exclude others",
  remedy: "add a second concept, or leave out mutuallyExclusive()"
}) {}

/** 21113: the service's own time for a training was over. */
export class TrainingTookTooLong extends ending("TrainingTookTooLong", {
  what: "the service's time limit was reached",
  remedy: "train again, with fewer examples or a higher limit",
  retryable: true
}) {}

/** 21114: the inputs were not processed in time. */
export class InputsNotReady extends ending("InputsNotReady", {
  what: "it failed while waiting for inputs",
  remedy: "check the inputs' states and train again",
  retryable: true
}) {}

/** 21117: there were too few examples. */
export class InsufficientData extends ending("InsufficientData", {
  what: "too few examples",
  remedy: "add more examples of each concept; ten are a start"
}) {}

/** 21118: a parameter of the training cannot be right. */
export class InvalidParams extends ending("InvalidParams", {
  what: "its parameters are not valid",
  remedy: "correct what was passed to params(..)"
}) {}

/** 21119: too many of the examples could not be used. */
export class TooManyInvalid extends ending("TooManyInvalid", {
  what: "too many examples could not be used",
  remedy: "remove or repair those that failed to process"
}) {}

/** 21115, 21116: it failed inside the service. */
export class TrainingBroke extends ending("TrainingBroke", {
  what: "it failed inside the service",
  remedy: "train again; the examples are still there",
  retryable: true
}) {}

/** A state that this version does not know: the wait ended at once, and the training may still be going on. */
export class UnknownTrainingState extends ending("UnknownTrainingState", {
  what: "a state this version does not know",
  remedy: "look at the version on the service, or update the package"
}) {}

/** The version that was waited for is not there any more: somebody has deleted it, which is how a training is stopped. */
export class VersionDeleted extends readableError(
  Schema.TaggedError<VersionDeleted>()("VersionDeleted", {
    model: Schema.String,
    version: Schema.String
  })
) {
  readonly retryable: boolean = false
  override get message() {
    return `${this.model} version ${this.version} was deleted, which ends its training; run the same call again for a new one`
  }
}

/** The deadline passed while the service was still at work; the same call goes on waiting. */
export class TrainingDeadline extends readableError(
  Schema.TaggedError<TrainingDeadline>()("TrainingDeadline", {
    model: Schema.String,
    /** Where it was then. */
    state: Schema.String,
    timeoutMs: Schema.Number
  })
) {
  readonly retryable: boolean = true
  override get message() {
    return `${this.model}: not done within ${this.timeoutMs} ms (${this.state}); it goes on at the service: run the same call again to go on waiting`
  }
}

/** Unreadable or refused examples were to be fatal, and there were some. */
export class BadExamples extends readableError(
  Schema.TaggedError<BadExamples>()("BadExamples", {
    model: Schema.String,
    count: Schema.Number,
    first: Schema.String
  })
) {
  readonly retryable: boolean = false
  override get message() {
    return `${this.model}: ${this.count} examples cannot be used, such as ${this.first}; repair or remove them, or leave out strict()`
  }
}

/** There is no training of that id in the journal, or its examples were not all added. */
export class UnknownTraining extends readableError(
  Schema.TaggedError<UnknownTraining>()("UnknownTraining", {
    id: Schema.String,
    journal: Schema.String
  })
) {
  readonly retryable: boolean = false
  override get message() {
    return `no training ${this.id} in ${this.journal} can go on by itself; run app.train(${JSON.stringify(this.id)}) with its examples`
  }
}

/** Somebody runs this training at the moment: another process, or another run of this one. */
export class TrainingBusy extends readableError(
  Schema.TaggedError<TrainingBusy>()("TrainingBusy", {
    id: Schema.String,
    /** The process that runs it. */
    pid: Schema.optionalKey(Schema.Number),
    /** When it began, in ISO 8601. */
    since: Schema.optionalKey(Schema.String)
  })
) {
  readonly retryable: boolean = true
  override get message() {
    const who = this.pid === undefined ? "another process" : `process ${this.pid}`
    const since = this.since === undefined ? "" : ` since ${this.since}`
    return `the training ${this.id} is being run by ${who}${since}; wait for it, or end it: the same call then goes on where it was`
  }
}

/** Failures of the training itself, by the states that tell them. */
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

const byCode: Readonly<Record<number, new (ended: Ended) => TrainingError>> = {
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
const generic = new Set([21105, 21106, 21108, 21109])

/** The error for a version's state that is neither trained nor pending. */
export const trainingError = (ended: Ended): TrainingError => {
  const Known = byCode[ended.code]
  if (Known !== undefined) return new Known(ended)
  if (!generic.has(ended.code)) return new UnknownTrainingState(ended)
  const { details } = ended
  return new TrainingFailed({ model: ended.model, code: ended.code, ...(details === undefined ? {} : { details }) })
}
