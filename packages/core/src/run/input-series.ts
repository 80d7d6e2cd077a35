/** Numbers the items of a series. A series that breaks off ends with a failed item, so that earlier items stand. */
import type * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { Media } from "../media/media.ts"
import type { Outcome } from "../results/outcome.ts"
import { InvalidInput } from "../results/invalid-input.ts"
import { thrownFailure } from "./catch-thrown.ts"

/** One item of a series before any step, or why it could not be made. */
export interface Item {
  readonly index: number
  readonly key: string | undefined
  readonly exit: Exit.Exit<unknown, unknown>
  /** What the calls before took, for an input that a step over the whole series returned. */
  readonly before?: { readonly attempts: number; readonly requestId: string | undefined }
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
    return endWithFailure(items, failed, name, () => index)
  })

/** The inputs after a step over a whole series: its outcomes, with their positions and keys. */
export const outcomeItems = (
  outcomes: Stream.Stream<Outcome<unknown, unknown>, unknown, unknown>,
  name: string
): Stream.Stream<Item, never, unknown> =>
  Stream.suspend(() => {
    let next = 0
    const items = Stream.map(outcomes, (outcome): Item => {
      const { attempts, index, key, requestId } = outcome
      next = Math.max(next, index + 1)
      const exit = outcome.ok ? Exit.succeed(outcome.value) : Exit.fail(outcome.error)
      return { index, key, exit, before: { attempts, requestId } }
    })
    const failed = (error: unknown): Item => ({ index: next, key: undefined, exit: Exit.fail(error) })
    return endWithFailure(items, failed, name, () => next)
  })

/** The failure of a stream, and what its code throws, as one more item; an interruption stays one. */
const endWithFailure = (
  items: Stream.Stream<Item, unknown, unknown>,
  failed: (error: unknown) => Item,
  name: string,
  position: () => number
): Stream.Stream<Item, never, unknown> =>
  Stream.catchCause(items, (cause) => {
    const failure = cause.reasons.find((reason) => reason._tag === "Fail")
    if (failure?._tag === "Fail") return Stream.sync(() => failed(failure.error))
    const defect = cause.reasons.find((reason) => reason._tag === "Die")
    return defect?._tag === "Die"
      ? Stream.sync(() => failed(thrownFailure(defect.defect, { index: position(), key: undefined }, name)))
      : Stream.failCause(cause as Cause.Cause<never>) // an interruption is no failure
  })
