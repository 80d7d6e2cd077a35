/** Sources that do not wait, such as a camera: what happens to inputs that come faster than they are sent. */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import type { LivePolicy } from "../chain/run-options.ts"
import { InvalidOption } from "../errors/errors.ts"
import { makeBell } from "../streams/wake-signal.ts"
import type { Item } from "./input-series.ts"

/** How many inputs wait to be sent, and what happens to the next one. */
interface Waiting {
  readonly size: number
  readonly full: "wait" | "drop-oldest" | "drop-newest"
}

/** The policy in full; undefined for one that holds nothing back. */
export const waitingOf = (policy: LivePolicy): Effect.Effect<Waiting | undefined, InvalidOption> => {
  if (policy === "wait") return Effect.succeed(undefined)
  if (policy === "newest") return Effect.succeed({ size: 1, full: "drop-oldest" })
  const { buffer, dropNewest, dropOldest } = Object(policy) as {
    readonly [K in "buffer" | "dropOldest" | "dropNewest"]?: unknown
  } // JavaScript callers may give anything
  const size = buffer ?? dropOldest ?? dropNewest
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 1)
    return Effect.fail(
      new InvalidOption({
        option: "live",
        problem: 'must be "wait", "newest", { buffer: n }, { dropOldest: n } or { dropNewest: n }, with n from 1'
      })
    )
  return Effect.succeed({
    size,
    full: buffer !== undefined ? "wait" : dropOldest === undefined ? "drop-newest" : "drop-oldest"
  })
}

/**
 * Reads a source however fast it is, and gives its items as they are wanted. `drop` is called for each item that is
 * dropped. Items that failed are never dropped: nothing is sent for them.
 */
export const holdItems = <E, R>(
  items: Stream.Stream<Item, E, R>,
  { full, size }: Waiting,
  drop: (item: Item) => void
): Stream.Stream<Item, E, R> =>
  Stream.transformPullBracket(items, (pull, _, scope) =>
    Effect.suspend(() => {
      const waiting: Array<Item> = []
      const [arrived, room] = [makeBell(), makeBell()]
      let ended: Effect.Effect<never, E | Cause.Done> | undefined
      const put = (item: Item): void => {
        waiting.push(item)
        arrived.wake()
      }
      const offer = (item: Item): Effect.Effect<void> =>
        Effect.suspend(() => {
          if (waiting.length >= size && Exit.isSuccess(item.exit)) {
            if (full === "wait") return Effect.flatMap(room.wait, () => offer(item))
            const oldest = waiting.findIndex(({ exit }) => Exit.isSuccess(exit))
            const dropped = full === "drop-newest" ? item : waiting.splice(oldest, oldest === -1 ? 0 : 1)[0]
            if (dropped !== undefined) drop(dropped)
            if (dropped === item) return Effect.void
          }
          put(item)
          return Effect.void
        })
      const read: Effect.Effect<void, never, R> = Effect.matchCauseEffect(pull, {
        onSuccess: (several) => Effect.flatMap(Effect.forEach(several, offer, { discard: true }), () => read),
        onFailure: (cause) =>
          Effect.sync(() => {
            ended = Effect.failCause(cause)
            arrived.wake()
          })
      })
      const next: Effect.Effect<readonly [Item], E | Cause.Done> = Effect.suspend(() => {
        const first = waiting.shift()
        if (first === undefined) return ended ?? Effect.flatMap(arrived.wait, () => next)
        room.wake()
        return Effect.succeed([first])
      })
      return Effect.as(Effect.forkIn(read, scope), next)
    })
  )
