/** Which workers are alive: each counts up a number, and one whose number stands still is dead. No clocks are compared. */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { LedgerUnavailable } from "../errors.ts"
import type { Ledger } from "../ledger/ledger.ts"

/** Milliseconds of a clock that never goes back, whatever happens to the wall clock. */
const monotonicMs: Effect.Effect<number> = Effect.clockWith((clock: Clock.Clock) =>
  Effect.sync(() => Number(clock.monotonicTimeNanosUnsafe()) / 1e6)
)

/** The membership of a worker. */
export interface Membership {
  /** Its id, which changes when others have taken it for dead. */
  readonly id: () => string
  /** Reports itself, and releases the units of the dead. */
  readonly beat: Effect.Effect<void, LedgerUnavailable>
}

/** Joins as a worker. `newId` makes an id that no worker has had. */
export const joinWorkers = (
  ledger: Ledger,
  newId: () => string,
  leaseMs: number
): Effect.Effect<Membership, LedgerUnavailable> => {
  let id = newId()
  /** The number of each worker, and since when it stands there. */
  const seen = new Map<string, { readonly beat: number; readonly sinceMs: number }>()
  let lookedMs: number | undefined
  const rejoin = Effect.suspend(() => {
    id = newId()
    return ledger.join(id)
  })
  const beat = Effect.gen(function* () {
    if (!(yield* ledger.beat(id))) yield* rejoin
    const now = yield* monotonicMs
    const workers = yield* ledger.workers
    // while the ledger was away, or this worker stood still, the others could not be seen
    if (lookedMs !== undefined && now - lookedMs >= leaseMs / 2) seen.clear()
    lookedMs = now
    const present = new Set(workers.map(({ worker }) => worker))
    for (const worker of seen.keys()) if (!present.has(worker)) seen.delete(worker)
    for (const each of workers) {
      const before = seen.get(each.worker)
      if (each.worker === id) continue
      if (before?.beat !== each.beat) seen.set(each.worker, { beat: each.beat, sinceMs: now })
      else if (now - before.sinceMs >= leaseMs) yield* ledger.bury(each)
    }
  })
  return Effect.as(ledger.join(id), { id: () => id, beat })
}
