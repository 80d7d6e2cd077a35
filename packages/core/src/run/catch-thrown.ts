/** Contains what a plugin's function throws: it fails its own input and no other. */
import * as Effect from "effect/Effect"
import { StepFailed } from "../errors/errors.ts"
import { scrubThrown } from "../errors/redact.ts"
import { noSecrets } from "../errors/secrets.ts"
import { failWithThrown } from "../errors/test-failure.ts"
import { aboutInput } from "../errors/input-position.ts"
import type { InputContext } from "../results/outcome.ts"

/** The step in which a value was thrown. */
const steps = new WeakMap<object, string>()

/** Runs a plugin's function, and notes for a thrown value which step threw it. */
export const nameThrown = <A, E, R>(step: string, run: () => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.catchDefect(Effect.suspend(run), (thrown) => {
    const known = typeof thrown === "object" && thrown !== null
    if (known && !steps.has(thrown)) steps.set(thrown, step)
    return Effect.die(thrown)
  })

/** The typed failure of a thrown value. `step`: where it was thrown, if that was not noted. */
export const thrownFailure = (thrown: unknown, context: Partial<InputContext>, step = "a plugin"): StepFailed =>
  new StepFailed({
    step: (typeof thrown === "object" && thrown !== null ? steps.get(thrown) : undefined) ?? step,
    problem: scrubThrown(thrown, noSecrets),
    cause: thrown,
    ...(context.index === undefined ? {} : aboutInput({ index: context.index, key: context.key, ...single(context) }))
  })

const single = (context: Partial<InputContext>) => (context.single === true ? ({ single: true } as const) : {})

/** Where inputs are settled one by one, a value thrown for one of them is that input's typed failure. */
export const catchThrown = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  context: InputContext
): Effect.Effect<A, E | StepFailed, R> =>
  Effect.catchDefect(effect, (defect) => failWithThrown(defect, (thrown) => thrownFailure(thrown, context)))
