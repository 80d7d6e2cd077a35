/** Functions of the caller inside a chain: they may give a value, a Promise or an Effect, and may throw. */
import * as Effect from "effect/Effect"
import { StepFailed } from "../errors/errors.ts"
import { aboutInput } from "../errors/input-position.ts"
import type { InputContext } from "../results/outcome.ts"

/** What a function gives once its Promise or Effect is done. */
export type Resolved<T> = T extends Effect.Effect<infer B, any, any> ? B : Awaited<T>
/** The typed failures of what a function gives. */
export type FailureOf<T> = T extends Effect.Effect<any, infer E, any> ? E : never
/** The services that what a function gives needs. */
export type ServicesOf<T> = T extends Effect.Effect<any, any, infer R> ? R : never

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function"

const stepFailed = (step: string, context: InputContext, cause: unknown): StepFailed =>
  new StepFailed({
    step,
    problem: cause instanceof Error ? cause.message : String(cause),
    cause,
    ...aboutInput(context)
  })

/** Calls the caller's function; what it throws is a typed failure of this input alone. */
export const callClosure = <A>(
  step: string,
  f: (value: A, context: InputContext) => unknown,
  value: A,
  context: InputContext
): Effect.Effect<any, any, any> =>
  Effect.suspend(() => {
    let given: unknown
    try {
      given = f(value, context)
    } catch (cause) {
      return Effect.fail(stepFailed(step, context, cause))
    }
    if (Effect.isEffect(given)) return given
    if (!isThenable(given)) return Effect.succeed(given)
    const promise = given
    return Effect.tryPromise({ try: async () => await promise, catch: (cause) => stepFailed(step, context, cause) })
  })
