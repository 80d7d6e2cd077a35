/** The deadline of a whole run, passed down to every call it makes, so that what was answered before it is kept. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { TimedOut } from "../errors/errors.ts"

/** When a run must end. */
export interface RunDeadline {
  /** The moment, in milliseconds of the clock; `Infinity` for none. */
  readonly atMs: number
  /** How long the run was given, in milliseconds; for errors. */
  readonly timeoutMs: number
}

/** No deadline. */
export const never: RunDeadline = { atMs: Infinity, timeoutMs: Infinity }

/** The deadline of the run at hand. */
export const Deadline: Context.Reference<RunDeadline> = Context.Reference("@sightline/core/Deadline", {
  defaultValue: () => never
})

/** The error of what a run's deadline cut off. */
export const ranOut = ({ timeoutMs }: RunDeadline, model?: string): TimedOut =>
  new TimedOut({ what: "run", timeoutMs, ...(model === undefined ? {} : { model }) })

/** The deadline of a run that starts now. */
export const startingNow = (timeoutMs: number): Effect.Effect<RunDeadline> =>
  Effect.map(Clock.currentTimeMillis, (now) => ({ atMs: now + timeoutMs, timeoutMs }))

/** Runs `effect` no longer than the deadline; else interrupts it and gives `orElse`. Costs nothing without one. */
export const before = <A, E, R, B, E2, R2>(
  deadline: RunDeadline,
  effect: Effect.Effect<A, E, R>,
  orElse: () => Effect.Effect<B, E2, R2>
): Effect.Effect<A | B, E | E2, R | R2> =>
  deadline.atMs === Infinity
    ? effect
    : Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const leftMs = deadline.atMs - now
        return leftMs <= 0 ? Effect.suspend(orElse) : Effect.timeoutOrElse(effect, { duration: leftMs, orElse })
      })
