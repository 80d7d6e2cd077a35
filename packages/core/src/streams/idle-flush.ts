/** Reads a source that may idle, and one that must end by a deadline, without losing what it was about to give. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { before, ranOut, type RunDeadline } from "../call/deadline.ts"
import type { Item } from "../run/input-series.ts"

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

/**
 * A series that ends at the deadline with one element that says so, however long its source takes. One of known length
 * is read to its end instead, since every input is to have an outcome.
 */
export const untilDeadline = (
  elements: Stream.Stream<Item, unknown, unknown>,
  deadline: RunDeadline,
  finite: boolean
): Stream.Stream<Item, unknown, unknown> =>
  finite || deadline.atMs === Infinity
    ? elements
    : Stream.transformPull(elements, (pull) =>
        Effect.sync(() => {
          let index = 0
          let over = false
          const last = Effect.suspend(() => {
            over = true
            const element: Item = { index, key: undefined, exit: Exit.fail(ranOut(deadline)) }
            return Effect.succeed([element] as const)
          })
          const next = Effect.suspend(() => (over ? Cause.done() : before(deadline, pull, () => last)))
          return Effect.tap(next, (batch) => Effect.sync(() => void (index += batch.length)))
        })
      )
