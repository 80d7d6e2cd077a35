// What resource methods give: a call that has not been made, or a list that has not been read. Both are Effects (or
// Streams) for those who use them, and Promises (or async iterables) for those who do not.
import type * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import * as Stream from "effect/Stream"
import { iterate, run, type RunOptions, settle } from "../promise.ts"
import type { RunResult } from "../results/outcome.ts"

const inspect = Symbol.for("nodejs.util.inspect.custom")

/** One call, made each time it is run, and not before. */
export class Operation<out A, out E> extends Effectable.Class<A, E> {
  readonly #name: string
  readonly #effect: Effect.Effect<A, E>
  constructor(name: string, effect: Effect.Effect<A, E>) {
    super()
    this.#name = name
    this.#effect = effect
  }
  override asEffect(): Effect.Effect<A, E> {
    return this.#effect
  }
  /** Makes the call. Rejects with the typed error itself, or with `signal.reason`. */
  run(options: Pick<RunOptions, "signal"> = {}): Promise<A> {
    return run(this.#effect, options)
  }
  /** Makes the call; typed failures come back as values. */
  result(options: Pick<RunOptions, "signal"> = {}): Promise<RunResult<A, E>> {
    return settle(this.#effect, options)
  }
  override toString(): string {
    return this.#name
  }
  override toJSON(): unknown {
    return { _id: "Operation", name: this.#name }
  }
  [inspect](): string {
    return `Operation(${this.#name})`
  }
}

/** A list that the service gives page by page: pages are asked for as the list is read, and no further. */
export class Listing<out A, out E> implements AsyncIterable<A> {
  readonly #stream: Stream.Stream<A, E>
  constructor(stream: Stream.Stream<A, E>) {
    this.#stream = stream
  }
  /** One by one; leaving the loop asks for no more. Throws the typed error itself. */
  [Symbol.asyncIterator](): AsyncIterator<A> {
    return this.each()[Symbol.asyncIterator]()
  }
  /** The same with a signal that stops it. */
  each(options: Pick<RunOptions, "signal"> = {}): AsyncIterable<A> {
    return iterate(this.#stream, options)
  }
  /** All of them, at once in memory. */
  all(options: Pick<RunOptions, "signal"> = {}): Promise<ReadonlyArray<A>> {
    return run(Stream.runCollect(this.#stream), options)
  }
  /** The same as an Effect Stream. */
  toStream(): Stream.Stream<A, E> {
    return this.#stream
  }
}
