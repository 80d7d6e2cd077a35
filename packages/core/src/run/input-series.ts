/** Numbers the things of a series; a series that breaks off ends with its failure, so that what came before stands. */
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { InvalidInput } from "../results/invalid-input.ts"
import { Media } from "../media/media.ts"

/** One thing of a series before any step, or why it is not there. */
export interface Item {
  readonly index: number
  readonly key: string | undefined
  readonly exit: Exit.Exit<unknown, unknown>
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
