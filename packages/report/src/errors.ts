/** The typed errors of this package. */
import { sightlineError } from "@sightline/core/plugin"
import * as Data from "effect/Data"

/** The report could not be written to its file. */
export class ReportUnwritable extends sightlineError(Data.TaggedError("ReportUnwritable"))<{
  /** Where it was to be written. */
  readonly path: string
  readonly problem: string
}> {
  readonly retryable: boolean = false
  override get message() {
    return `the report cannot be written to ${this.path}: ${this.problem}`
  }
}
