// Polls the service with increasing delays until a deadline.
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { TimedOut } from "../errors/errors.ts"

/** Options of waiting. */
export interface WaitOptions {
  /** In milliseconds. @default half an hour */
  readonly timeoutMs?: number
}

/** Repeats `ask` until its result is `over`. Fails with `TimedOut` at the deadline. */
export const waitFor = <A, E>(
  ask: Effect.Effect<A, E>,
  over: (given: A) => boolean,
  { timeoutMs = 1_800_000 }: WaitOptions = {}
): Effect.Effect<A, E | TimedOut> =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    for (let waitMs = 250; ; waitMs = Math.min(10_000, waitMs * 1.5)) {
      const given = yield* ask
      if (over(given)) return given
      const left = timeoutMs - ((yield* Clock.currentTimeMillis) - began)
      if (left <= 0) return yield* new TimedOut({ what: "run", timeoutMs })
      yield* Effect.sleep(Math.min(waitMs, left))
    }
  })
