/** Reads a stream that may be idle without losing the item that it is about to produce. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"

/** Gives the next of a source, or `undefined` when the source idles and the caller has something else to do. */
export type Next<A> = (hurry: boolean) => Effect.Effect<A | undefined, unknown, unknown>

/**
 * A reader of `pull`. With `idleMs`, a hurried reading that takes longer gives `undefined`, and goes on in the
 * background: the next reading gets what it brings.
 */
export const readUntilIdle = <A>(
  pull: Effect.Effect<A, unknown, unknown>,
  idleMs: number | undefined,
  scope: Scope.Scope
): Next<A> => {
  if (idleMs === undefined) return () => pull
  let reading: Fiber.Fiber<A, unknown> | undefined
  return (hurry) =>
    Effect.gen(function* () {
      reading ??= yield* Effect.forkIn(pull, scope)
      const joined = Effect.onExit(Fiber.join(reading), (exit) =>
        Effect.sync(() => {
          // our own interruption leaves it reading
          if (Exit.isSuccess(exit) || !Cause.hasInterruptsOnly(exit.cause)) reading = undefined
        })
      )
      return yield* hurry
        ? Effect.timeoutOrElse(joined, { duration: idleMs, orElse: () => Effect.sync(() => undefined) })
        : joined
    })
}
