/** Ends a series of items at the deadline of its run. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { withDeadline, runTimedOut, type RunDeadline } from "../call/deadline.ts"
import type { Item } from "./input-series.ts"

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
            const element: Item = { index, key: undefined, exit: Exit.fail(runTimedOut(deadline)) }
            return Effect.succeed([element] as const)
          })
          const next = Effect.suspend(() => (over ? Cause.done() : withDeadline(deadline, pull, () => last)))
          return Effect.tap(next, (batch) => Effect.sync(() => void (index += batch.length)))
        })
      )
