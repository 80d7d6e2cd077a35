/** A journal in memory. */
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import { TrainingBusy } from "../errors/run-errors.ts"
import type { Entry } from "./entry.ts"
import type { Journal } from "./journal.ts"

const holdIn = (held: Set<string>, id: string): Effect.Effect<void, TrainingBusy, Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.suspend(() =>
        held.has(id) ? Effect.fail(new TrainingBusy({ id, pid: process.pid })) : Effect.sync(() => held.add(id))
      ),
      () => Effect.sync(() => held.delete(id))
    )
  )

/**
 * A journal in memory, for tests and for trainings that never have to be resumed.
 *
 * @example memoryJournal().place // => "memory"
 */
export const memoryJournal = (): Journal => {
  const entries = new Map<string, ReadonlyArray<Entry>>()
  const held = new Set<string>()
  return {
    place: "memory",
    hold: (id) => holdIn(held, id),
    read: (id) => Effect.sync(() => entries.get(id) ?? []),
    append: (id, entry) =>
      Effect.sync(() => {
        entries.set(id, [...(entries.get(id) ?? []), entry])
      })
  }
}
