/** Checks that a function of a plugin returned an Effect, which types promise and JavaScript does not. */
import * as Effect from "effect/Effect"

/** What is wrong with a function whose result is not an Effect. */
export const notAnEffect = "its function gave no Effect; wrap a Promise in Effect.promise or Effect.tryPromise"

/**
 * The given Effect. Anything else, such as the Promise of an `async` function, ends the step as a defect: the fiber that
 * runs it would otherwise never end.
 */
export const requireEffect = <B, E, R>(name: string, given: Effect.Effect<B, E, R>): Effect.Effect<B, E, R> =>
  Effect.isEffect(given) ? given : Effect.die(new TypeError(`${name}: ${notAnEffect}`))
