/** The contract of journals: where the entries of trainings are kept, and the error when that is not possible. */
import { sightlineError } from "@sightline/core/plugin"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import type { TrainingBusy } from "../errors/run-errors.ts"
import type { Entry } from "./entry.ts"

/** The journal cannot be read or written. */
export class JournalUnusable extends sightlineError(
  Schema.TaggedError<JournalUnusable>()("JournalUnusable", {
    path: Schema.String,
    problem: Schema.String
  })
) {
  readonly retryable: boolean = false
  override get message() {
    return `the journal at ${this.path} ${this.problem}; pass training({ journal }) another folder`
  }
}

/** Where the entries of trainings are kept. Implement it to keep them in a database instead of a folder. */
export interface Journal {
  /** Where the journal is, for error messages. */
  readonly place: string
  /** The entries of a training in the order in which they were appended; empty for an unknown id. */
  readonly read: (id: string) => Effect.Effect<ReadonlyArray<Entry>, JournalUnusable>
  /** Appends one entry. Succeeds when the entry is durable. */
  readonly append: (id: string, entry: Entry) => Effect.Effect<void, JournalUnusable>
  /**
   * Locks a training until the scope closes or the process ends, however it ends. Fails with `TrainingBusy` while
   * another run holds the lock. Without this method two runs at once are not kept apart.
   */
  readonly hold?: (id: string) => Effect.Effect<void, JournalUnusable | TrainingBusy, Scope>
}
