/** What a step of a plugin throws, against its types: it costs its own input and nothing that others were answered. */
import * as Effect from "effect/Effect"
import { StepFailed } from "../errors/errors.ts"
import { scrubThrown } from "../errors/redact.ts"
import type { InputContext } from "../results/outcome.ts"

/** The step in which something was thrown. */
const steps = new WeakMap<object, string>()

/** Runs a plugin's function and remembers for what it throws which step that was. */
export const nameThrown = <A, E, R>(step: string, run: () => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.catchDefect(Effect.suspend(run), (thrown) => {
    const known = typeof thrown === "object" && thrown !== null
    if (known && !steps.has(thrown)) steps.set(thrown, step)
    return Effect.die(thrown)
  })

/** Where inputs are settled one by one, what was thrown for one is a failure of that one. */
export const catchThrown = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  { index, key }: InputContext
): Effect.Effect<A, E | StepFailed, R> =>
  Effect.catchDefect(effect, (cause) =>
    Effect.fail(
      new StepFailed({
        step: (typeof cause === "object" && cause !== null ? steps.get(cause) : undefined) ?? "a plugin",
        problem: scrubThrown(cause),
        cause,
        index,
        ...(key === undefined ? {} : { key })
      })
    )
  )
