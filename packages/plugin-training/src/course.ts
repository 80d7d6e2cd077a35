/** One run of a training: what it was asked for, what earlier runs have done, and where it notes what it does. */
import type { Host } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import type { Entry, Journal, JournalUnusable } from "./journal.ts"
import { settingsOf, type Spec } from "./spec.ts"
import type { TrainingState } from "./state.ts"

/** A journal in which one run notes its steps. */
export interface OpenJournal extends Journal {
  /** Whether it tells of a training that this run goes on with: begun by an earlier run, or by this one. */
  readonly begun: () => boolean
}

/** One run of a training. */
export interface Course {
  readonly host: Host
  readonly spec: Spec
  /** Whether a version is wanted even where the same training is done already. */
  readonly again: boolean
  readonly journal: OpenJournal
  /** Every training of this model that the journal told of when this run began. */
  readonly known: ReadonlyArray<ReadonlyArray<Entry>>
  /** The steps that earlier runs of this training have done. */
  readonly before: ReadonlyArray<Entry>
  readonly emit: (state: TrainingState) => void
}

/** Notes a step of a run. */
export const note = ({ journal, spec }: Course, entry: Entry): Effect.Effect<void, JournalUnusable> =>
  journal.append(spec.id, entry)

/**
 * A journal in which a training begins with its first step, so that a run which finds all done leaves no trace.
 * `begun`: an earlier run has begun it.
 */
export const beginningIn = (journal: Journal, spec: Spec, begun: boolean): OpenJournal => {
  let open = begun
  return {
    place: journal.place,
    read: (id) => journal.read(id),
    begun: () => open,
    append: (id, entry) =>
      Effect.suspend(() => {
        if (open) return journal.append(id, entry)
        const start = { _tag: "started", model: spec.id, concepts: spec.concepts, settings: settingsOf(spec) } as const
        return Effect.andThen(journal.append(id, start), () => {
          open = true
          return journal.append(id, entry)
        })
      })
  }
}
