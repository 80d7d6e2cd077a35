/** Failures of a test itself: what a fake throws ends the run, and is no failure of an input or a call. */
import * as Effect from "effect/Effect"

const failures = new WeakSet<object>()

/** Marks what a fake threw; any value but an object is put into an Error. */
export const toTestFailure = (thrown: unknown): object => {
  const failure = typeof thrown === "object" && thrown !== null ? thrown : new Error(String(thrown), { cause: thrown })
  failures.add(failure)
  return failure
}

/** Fails with the error of what was thrown; what a fake threw ends the run instead. */
export const failWithThrown = <E>(thrown: unknown, toError: (thrown: unknown) => E): Effect.Effect<never, E> =>
  typeof thrown === "object" && thrown !== null && failures.has(thrown)
    ? Effect.die(thrown)
    : Effect.fail(toError(thrown))
