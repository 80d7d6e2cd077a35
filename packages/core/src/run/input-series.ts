/** Numbers the things of a series; a series that breaks off ends with its failure, so that what came before stands. */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { Media } from "../media/media.ts"

/** One thing of a series before any step, or why it is not there. */
export interface Item {
  readonly index: number
  readonly key: string | undefined
  readonly exit: Exit.Exit<unknown, unknown>
}

/** A thing of a source that could not be made; the series goes on after it. */
export class InvalidInput {
  readonly error: unknown
  constructor(error: unknown) {
    this.error = error
  }
}

/** The things of a stream by position. A failure of the stream becomes its last element. */
export const toItems = (stream: Stream.Stream<unknown, unknown, unknown>): Stream.Stream<Item, never, unknown> =>
  Stream.suspend(() => {
    let index = 0
    const failed = (error: unknown): Item => ({ index: index++, key: undefined, exit: Exit.fail(error) })
    return Stream.map(stream, (value): Item => {
      if (value instanceof InvalidInput) return failed(value.error)
      return { index: index++, key: value instanceof Media ? value.facts.key : undefined, exit: Exit.succeed(value) }
    }).pipe(Stream.catch((error) => Stream.sync(() => failed(error))))
  })

/**
 * What `f` makes of each thing, one after another: the next is made when it is asked for. This is `Stream.mapEffect`
 * without a concurrency; that brings the one with a concurrency into every bundle, which nothing here needs.
 */
export const mapSequential = <A, B, E, R, E2, R2>(
  stream: Stream.Stream<A, E, R>,
  f: (thing: A) => Effect.Effect<B, E2, R2>
): Stream.Stream<B, E | E2, R | R2> =>
  Stream.transformPull(stream, (pull) =>
    Effect.sync(() => {
      let things: Iterator<A> | undefined
      const next: Effect.Effect<readonly [B], E | E2 | Cause.Done, R | R2> = Effect.suspend(() => {
        const step = things?.next()
        if (step?.done === false) return Effect.map(f(step.value), (made) => [made] as const)
        return Effect.flatMap(pull, (more) => {
          things = more[Symbol.iterator]()
          return next
        })
      })
      return next
    })
  )
