/** Errors of one run of a training: it is busy, unknown, out of time, or its examples or its version cannot be used. */
import { sightlineError } from "@sightline/core/plugin"
import * as Schema from "effect/Schema"

/** The version was deleted while the run waited for it, which stops its training. */
export class VersionDeleted extends sightlineError(
  Schema.TaggedError<VersionDeleted>()("VersionDeleted", {
    model: Schema.String,
    version: Schema.String
  })
) {
  readonly retryable: boolean = false
  override get message() {
    return `${this.model} version ${this.version} was deleted, which stops its training; run the same call again to train a new version`
  }
}

/** The deadline of the run passed. The service continues; the same call continues to wait. */
export class TrainingDeadline extends sightlineError(
  Schema.TaggedError<TrainingDeadline>()("TrainingDeadline", {
    model: Schema.String,
    /** The state of the last event before the deadline. */
    state: Schema.String,
    /** The deadline in milliseconds. */
    timeoutMs: Schema.Number
  })
) {
  readonly retryable: boolean = true
  override get message() {
    return `${this.model}: not finished within ${this.timeoutMs} ms (state: ${this.state}); the service continues: run the same call again to continue waiting`
  }
}

/** The training is finished, but the function given as `report` failed. */
export class ReportFailed extends sightlineError(
  Schema.TaggedError<ReportFailed>()("ReportFailed", {
    model: Schema.String,
    version: Schema.String,
    problem: Schema.String,
    cause: Schema.Defect()
  })
) {
  readonly retryable: boolean = true
  override get message() {
    return `${this.model} version ${this.version} is trained, but its report failed: ${this.problem}; run the same call again for the model and its report`
  }
}

/** `strict()` was set and some examples cannot be used. */
export class BadExamples extends sightlineError(
  Schema.TaggedError<BadExamples>()("BadExamples", {
    model: Schema.String,
    count: Schema.Number,
    /** The first of them, with its problem. */
    first: Schema.String
  })
) {
  readonly retryable: boolean = false
  override get message() {
    const examples = this.count === 1 ? "1 example" : `${this.count} examples`
    return `${this.model}: ${examples} cannot be used, such as ${this.first}; repair or remove them, or leave out strict()`
  }
}

/** The journal has no training of this id that can continue without its examples. */
export class UnknownTraining extends sightlineError(
  Schema.TaggedError<UnknownTraining>()("UnknownTraining", {
    id: Schema.String,
    /** Where the journal is. */
    journal: Schema.String
  })
) {
  readonly retryable: boolean = false
  override get message() {
    return `the journal in ${this.journal} has no training ${this.id} that can continue without its examples; run app.train(${JSON.stringify(this.id)}) with its examples`
  }
}

/** Another run of this training is active, in this process or in another. */
export class TrainingBusy extends sightlineError(
  Schema.TaggedError<TrainingBusy>()("TrainingBusy", {
    id: Schema.String,
    /** The process id of the active run. */
    pid: Schema.optionalKey(Schema.Number),
    /** When the active run started, in ISO 8601. */
    since: Schema.optionalKey(Schema.String)
  })
) {
  readonly retryable: boolean = true
  override get message() {
    const owner = this.pid === undefined ? "another process" : `process ${this.pid}`
    const since = this.since === undefined ? "" : ` since ${this.since}`
    return `the training ${this.id} is running in ${owner}${since}; wait for it or stop it, then run the same call again to continue it`
  }
}
