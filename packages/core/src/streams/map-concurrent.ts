/**
 * Settles the items of a series concurrently, in order or as they settle.
 *
 * Does what `Stream.mapEffect` does with a concurrency, without an intermediate queue:
 * an answer is passed on in the turn of the event loop in which it came, so that what it was read from is garbage at
 * once instead of piling up behind the answers of other calls. In a bundle it is half of it besides.
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { makeBell } from "./wake-signal.ts"

type Several<A> = readonly [A, ...Array<A>]

/** A group on its way, from when it is taken until its outcomes are. */
interface Slot<B, E> {
  exit: Exit.Exit<Several<B>, E> | undefined
}

/** How many groups are on their way at most, including settled groups that were not read yet. */
export interface ConcurrencyOptions {
  readonly concurrency: number
  readonly unordered: boolean
}

/** What `settle` gives for each group, as one stream. A group is taken only when there is room for it. */
export const mapConcurrent = <A, B, E, R, E2, R2>(
  groups: Stream.Stream<A, E, R>,
  settle: (group: A) => Effect.Effect<Several<B>, E2, R2>,
  { concurrency, unordered }: ConcurrencyOptions
): Stream.Stream<B, E | E2, R | R2> =>
  Stream.transformPullBracket(groups, (pull, _, scope) =>
    Effect.suspend(() => {
      const slots: Array<Slot<B, E2>> = []
      const [room, news] = [makeBell(), makeBell()]
      let ended: Effect.Effect<never, E | Cause.Done> | undefined

      const start = (group: A): Effect.Effect<unknown, never, R2> => {
        const slot: Slot<B, E2> = { exit: undefined }
        slots.push(slot)
        const settled = Effect.onExit(
          Effect.suspend(() => settle(group)),
          (exit) =>
            Effect.sync(() => {
              slot.exit = exit
              news.wake()
            })
        )
        return Effect.forkIn(settled, scope, { startImmediately: true })
      }
      const whenRoom = (go: () => Effect.Effect<void, never, R | R2>): Effect.Effect<void, never, R | R2> =>
        Effect.suspend(() => (slots.length >= concurrency ? Effect.flatMap(room.wait, () => whenRoom(go)) : go()))
      const read: Effect.Effect<void, never, R | R2> = whenRoom(() =>
        Effect.matchCauseEffect(pull, {
          onSuccess: startAll,
          onFailure: (cause) =>
            Effect.sync(() => {
              ended = Effect.failCause(cause)
              news.wake()
            })
        })
      )
      const startAll = ([first, ...others]: Several<A>): Effect.Effect<void, never, R | R2> =>
        Effect.flatMap(start(first), () => (isSeveral(others) ? whenRoom(() => startAll(others)) : read))
      const next: Effect.Effect<Several<B>, E | E2 | Cause.Done> = Effect.suspend(() => {
        const at = unordered ? slots.findIndex(({ exit }) => exit !== undefined) : 0
        const exit = slots[at]?.exit
        if (exit !== undefined) {
          slots.splice(at, 1)
          room.wake()
          return exit
        }
        return slots.length === 0 && ended !== undefined ? ended : Effect.flatMap(news.wait, () => next)
      })
      return Effect.as(Effect.forkIn(read, scope), next)
    })
  )

const isSeveral = <A>(list: ReadonlyArray<A>): list is Several<A> => list.length > 0
