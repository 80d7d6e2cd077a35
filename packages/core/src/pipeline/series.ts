/** Numbers the things of a series; a series that breaks off ends with its failure, so that what came before stands. */
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { Media } from "../media/media.ts"

/** One thing of a series before any step, or why it is not there. */
export interface Element {
  readonly index: number
  readonly key: string | undefined
  readonly exit: Exit.Exit<unknown, unknown>
}

/** A thing of a source that could not be made; the series goes on after it. */
export class Spoiled {
  readonly error: unknown
  constructor(error: unknown) {
    this.error = error
  }
}

/** The things of a stream by position. A failure of the stream becomes its last element. */
export const elementsOf = (stream: Stream.Stream<unknown, unknown, unknown>): Stream.Stream<Element, never, unknown> =>
  Stream.suspend(() => {
    let index = 0
    const failed = (error: unknown): Element => ({ index: index++, key: undefined, exit: Exit.fail(error) })
    return Stream.map(stream, (value): Element => {
      if (value instanceof Spoiled) return failed(value.error)
      return { index: index++, key: value instanceof Media ? value.facts.key : undefined, exit: Exit.succeed(value) }
    }).pipe(Stream.catch((error) => Stream.sync(() => failed(error))))
  })
