/** Maps a stream with an Effect, one item at a time. */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/**
 * Applies `f` to each item in order; the next item is taken when its result is pulled. The same as `Stream.mapEffect`
 * without a concurrency, which pulls the concurrent implementation into every bundle.
 */
export const mapSequential = <A, B, E, R, E2, R2>(
  stream: Stream.Stream<A, E, R>,
  f: (item: A) => Effect.Effect<B, E2, R2>
): Stream.Stream<B, E | E2, R | R2> =>
  Stream.transformPull(stream, (pull) =>
    Effect.sync(() => {
      let items: Iterator<A> | undefined
      const next: Effect.Effect<readonly [B], E | E2 | Cause.Done, R | R2> = Effect.suspend(() => {
        const step = items?.next()
        if (step?.done === false) return Effect.map(f(step.value), (result) => [result] as const)
        return Effect.flatMap(pull, (more) => {
          items = more[Symbol.iterator]()
          return next
        })
      })
      return next
    })
  )
