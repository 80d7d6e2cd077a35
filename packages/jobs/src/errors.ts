/** Errors of jobs: a job or its source cannot be used, the ledger cannot be reached, or an input ended without an answer. */
import { sightlineError } from "@sightline/core/plugin"
import * as Schema from "effect/Schema"

/** The ledger has no job of this id. */
export class UnknownJob extends sightlineError(Schema.TaggedError<UnknownJob>()("UnknownJob", { job: Schema.String })) {
  readonly retryable: boolean = false
  override get message() {
    return `no job has the id ${this.job}; list the jobs of this executor, or submit it`
  }
}

/** The id is taken by a job with another chain or source. */
export class JobConflict extends sightlineError(
  Schema.TaggedError<JobConflict>()("JobConflict", { job: Schema.String, problem: Schema.String })
) {
  readonly retryable: boolean = false
  override get message() {
    return `job ${this.job} exists and ${this.problem}; use another id, or leave it out`
  }
}

/** The inputs of a job cannot be listed. Those listed before stay in the job; submitting again continues after them. */
export class JobSourceFailed extends sightlineError(
  Schema.TaggedError<JobSourceFailed>()("JobSourceFailed", {
    source: Schema.String,
    problem: Schema.String,
    cause: Schema.optionalKey(Schema.Defect())
  })
) {
  readonly retryable: boolean = false
  override get message() {
    return `${this.source}: ${this.problem}`
  }
}

/** A package that an executor needs is not installed. */
export class MissingPackage extends sightlineError(
  Schema.TaggedError<MissingPackage>()("MissingPackage", { packageName: Schema.String, neededFor: Schema.String })
) {
  readonly retryable: boolean = false
  override get message() {
    return `${this.neededFor} needs the package ${this.packageName}; add it: npm install ${this.packageName}`
  }
}

/** The ledger, or the queue beside it, cannot be opened, read or written. */
export class LedgerUnavailable extends sightlineError(
  Schema.TaggedError<LedgerUnavailable>()("LedgerUnavailable", {
    ledger: Schema.String,
    problem: Schema.String,
    cause: Schema.optionalKey(Schema.Defect())
  })
) {
  readonly retryable: boolean = true
  override get message() {
    return `the ledger ${this.ledger} cannot be used: ${this.problem}`
  }
}

/**
 * A worker ended between sending the input and recording its answer, so that the call may have been charged. The job
 * does not send it again unless its `onMaybePaid` is `"resend"`, or it is resumed with `{ retry: ["MaybePaid"] }`.
 */
export class MaybePaid extends sightlineError(
  Schema.TaggedError<MaybePaid>()("MaybePaid", {
    job: Schema.String,
    index: Schema.Number,
    key: Schema.optionalKey(Schema.String)
  })
) {
  readonly retryable: boolean = false
  /** What happened, in one sentence. */
  get problem(): string {
    return "sent, but the worker ended before its answer was recorded"
  }
  override get message() {
    return `${this.key ?? `input ${this.index}`}: ${this.problem}; resume job ${this.job} with { retry: ["MaybePaid"] } to send it again`
  }
}

/** The input ended its worker, or ended outside of typed errors, so it is not tried again. */
export class PoisonInput extends sightlineError(
  Schema.TaggedError<PoisonInput>()("PoisonInput", {
    job: Schema.String,
    index: Schema.Number,
    key: Schema.optionalKey(Schema.String),
    problem: Schema.String
  })
) {
  readonly retryable: boolean = false
  override get message() {
    return `${this.key ?? `input ${this.index}`}: ${this.problem}; resume job ${this.job} with { retry: ["PoisonInput"] } to try it again`
  }
}
