/** The run of a training from the call to its result. This file: what the steps of a run share. */
import type { Host } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import type { Entry } from "../journal/entry.ts"
import type { Journal, JournalUnusable } from "../journal/journal.ts"
import type { TrainingRecord } from "../journal/training-record.ts"
import { settingsOf, type TrainingSpec } from "../request/training-spec.ts"
import { type Observation, reduce, type RunState } from "./run-state.ts"
import type { TrainingState } from "./training-event.ts"

/** One run of a training. The only mutable part is its current state, which changes through `record` and `observe`. */
export interface Run {
  readonly host: Host
  readonly spec: TrainingSpec
  /** Where the journal is, for error messages. */
  readonly journalPlace: string
  /** All trainings of this model that the journal had when the run began, oldest first. */
  readonly earlier: ReadonlyArray<TrainingRecord>
  readonly state: () => RunState
  /**
   * Appends an entry to the journal, then reduces it into the state. The first entry of a new training is preceded by
   * `started`, so that a run that finds everything done leaves no trace.
   */
  readonly record: (entry: Entry) => Effect.Effect<void, JournalUnusable>
  /** Reduces an observation into the state. */
  readonly observe: (observation: Observation) => Effect.Effect<void>
  readonly emit: (state: TrainingState) => void
}

/** Makes a run that starts in the given state. */
export const makeRun = (
  given: Pick<Run, "host" | "spec" | "earlier" | "emit">,
  journal: Journal,
  initial: RunState
): Run => {
  const { spec } = given
  let state = initial
  const append = (entry: Entry) =>
    Effect.map(journal.append(spec.id, entry), () => {
      state = reduce(state, entry)
    })
  return {
    ...given,
    journalPlace: journal.place,
    state: () => state,
    record: (entry) =>
      Effect.suspend(() =>
        state.training.request === undefined
          ? Effect.andThen(
              append({ _tag: "started", model: spec.id, concepts: spec.concepts, settings: settingsOf(spec) }),
              append(entry)
            )
          : append(entry)
      ),
    observe: (observation) =>
      Effect.sync(() => {
        state = reduce(state, observation)
      })
  }
}
