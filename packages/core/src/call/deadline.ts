/** The deadline of a whole run, passed down to every call it makes, so that what was answered before it is kept. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { TimedOut } from "../errors/errors.ts"
import { monotonicMs } from "./monotonic-clock.ts"

/** When a run must end. */
export interface RunDeadline {
  /** The moment, in milliseconds of the monotonic clock; `Infinity` for none. */
  readonly atMs: number
  /** How long the run was given, in milliseconds; for errors. */
  readonly timeoutMs: number
}

export const noDeadline: RunDeadline = { atMs: Infinity, timeoutMs: Infinity }

/** The deadline of the current run. */
export const Deadline: Context.Reference<RunDeadline> = Context.Reference("@sightline/core/Deadline", {
  defaultValue: () => noDeadline
})

/** The error of what a run's deadline cut off. */
export const runTimedOut = ({ timeoutMs }: RunDeadline, model?: string): TimedOut =>
  new TimedOut({ what: "run", timeoutMs, ...(model === undefined ? {} : { model }) })

/** The deadline of a run that starts now. */
export const deadlineIn = (timeoutMs: number): Effect.Effect<RunDeadline> =>
  Effect.map(monotonicMs, (now) => ({ atMs: now + timeoutMs, timeoutMs }))

/** Milliseconds until the deadline; `Infinity` without one. */
export const timeLeft = ({ atMs }: RunDeadline): Effect.Effect<number> =>
  atMs === Infinity ? Effect.succeed(Infinity) : Effect.map(monotonicMs, (now) => atMs - now)

/** Runs `effect` no longer than the deadline; else interrupts it and runs `orElse`. Costs nothing without one. */
export const withDeadline = <A, E, R, B, E2, R2>(
  deadline: RunDeadline,
  effect: Effect.Effect<A, E, R>,
  orElse: () => Effect.Effect<B, E2, R2>
): Effect.Effect<A | B, E | E2, R | R2> =>
  deadline.atMs === Infinity
    ? effect
    : Effect.flatMap(timeLeft(deadline), (leftMs) =>
        leftMs <= 0 ? Effect.suspend(orElse) : Effect.timeoutOrElse(effect, { duration: leftMs, orElse })
      )
