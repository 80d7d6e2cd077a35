/** Repeats an operation of a ledger that cannot be reached, so that an answer outlives a restart of its store. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { LedgerUnavailable } from "../errors.ts"

const pauseMs = 500

/** How long an operation is repeated, in milliseconds. */
const patienceMs = 120_000

/** The same operation, which ends the worker when the ledger stays away for two minutes. */
export const persist = <A>(operation: Effect.Effect<A, LedgerUnavailable>): Effect.Effect<A> =>
  Effect.orDie(Effect.retry(operation, Schedule.spaced(pauseMs).pipe(Schedule.upTo({ times: patienceMs / pauseMs }))))
