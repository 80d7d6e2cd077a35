/** A ledger whose units are published to a queue when they become ready. */
import * as Effect from "effect/Effect"
import type { LedgerUnavailable } from "../errors.ts"
import type { Ledger, UnitName } from "../ledger/ledger.ts"

/** Adds units to the queue of a job. Adding one that is there changes nothing. */
export type Publish = (job: string, units: ReadonlyArray<number>) => Effect.Effect<void, LedgerUnavailable>

/** Units read and published at once. */
const unitsAtOnce = 500

/** Units of a job that is listed are published so many together: a page of inputs has few. */
const unitsTogether = 64

/** Publishes the units of a job that are ready, from a number on. Returns the number after the last one. */
export const publishReady = (
  ledger: Ledger,
  publish: Publish,
  job: string,
  from = 0
): Effect.Effect<number, LedgerUnavailable> =>
  Effect.gen(function* () {
    let next = from
    for (;;) {
      const units = yield* ledger.ready(job, next, unitsAtOnce)
      const last = units.at(-1)
      if (last === undefined) return next
      yield* publish(job, units)
      next = last + 1
    }
  })

/** The same ledger, which publishes what becomes ready. */
export const publishing = (ledger: Ledger, publish: Publish): Ledger => {
  /** Of jobs that this process lists: the number after the last published unit, and how many were added since. */
  const listed = new Map<string, { readonly next: number; readonly added: number }>()
  const publishListed = (job: string) =>
    Effect.map(publishReady(ledger, publish, job, listed.get(job)?.next), (next) => {
      listed.set(job, { next, added: 0 })
    })
  /** What is not published is found in the ledger: later, when the queue stays empty. */
  const released = (units: ReadonlyArray<UnitName>) =>
    Effect.as(
      Effect.forEach(
        Map.groupBy(units, ({ job }) => job),
        ([job, names]) =>
          Effect.ignore(
            publish(
              job,
              names.map(({ unit }) => unit)
            )
          ),
        { discard: true }
      ),
      units
    )
  return {
    ...ledger,
    addUnits: (job, after, units, cursor) =>
      Effect.flatMap(ledger.addUnits(job, after, units, cursor), (isAdded) => {
        if (!isAdded) return Effect.succeed(false)
        const { added = 0, next = 0 } = listed.get(job) ?? {}
        listed.set(job, { next, added: added + units.length })
        return Effect.as(added + units.length < unitsTogether ? Effect.void : publishListed(job), true)
      }),
    endListing: (job) =>
      Effect.andThen(
        ledger.endListing(job),
        Effect.map(publishListed(job), () => void listed.delete(job))
      ),
    setState: (job, state, settings) =>
      Effect.andThen(
        ledger.setState(job, state, settings),
        state === "running" ? Effect.asVoid(publishReady(ledger, publish, job)) : Effect.void
      ),
    bury: (worker) => Effect.flatMap(ledger.bury(worker), released),
    leave: (worker) => Effect.flatMap(ledger.leave(worker), released)
  }
}
