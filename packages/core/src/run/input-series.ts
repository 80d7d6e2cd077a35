/** Numbers the items of a series. A series that breaks off ends with a failed item, so that earlier items stand. */
import type * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { Media } from "../media/media.ts"
import { InvalidInput } from "../results/invalid-input.ts"
import { thrownFailure } from "./guard.ts"

/** One item of a series before any step, or why it could not be made. */
export interface Item {
  readonly index: number
  readonly key: string | undefined
  readonly exit: Exit.Exit<unknown, unknown>
}

/**
 * The items of a stream, by position. The stream's failure, and what its code throws, is one more item that failed; an
 * interruption stays one. `name`: the source or stage that made the stream, for errors.
 */
export const toItems = (
  stream: Stream.Stream<unknown, unknown, unknown>,
  name: string
): Stream.Stream<Item, never, unknown> =>
  Stream.suspend(() => {
    let index = 0
    const failed = (error: unknown): Item => ({ index: index++, key: undefined, exit: Exit.fail(error) })
    const items = Stream.map(stream, (value): Item => {
      if (value instanceof InvalidInput) return failed(value.error)
      return { index: index++, key: value instanceof Media ? value.facts.key : undefined, exit: Exit.succeed(value) }
    })
    return Stream.catchCause(items, (cause) => {
      const failure = cause.reasons.find((reason) => reason._tag === "Fail")
      if (failure?._tag === "Fail") return Stream.sync(() => failed(failure.error))
      const defect = cause.reasons.find((reason) => reason._tag === "Die")
      return defect?._tag === "Die"
        ? Stream.sync(() => failed(thrownFailure(defect.defect, { index, key: undefined }, name)))
        : Stream.failCause(cause as Cause.Cause<never>) // an interruption is no failure
    })
  })
