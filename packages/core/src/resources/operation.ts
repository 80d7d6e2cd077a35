// Results of resource methods: a call that is made when it is run, or a list that is read lazily. Both can be used as
// Effects (or Streams), and as Promises (or async iterables).
import type * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import * as Stream from "effect/Stream"
import { iterate, run, type RunOptions, settle } from "../promise.ts"
import type { RunResult } from "../results/outcome.ts"

const inspect = Symbol.for("nodejs.util.inspect.custom")

/** A lazy call: each run makes it again. */
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
  /** Makes the call; typed failures are returned as values. */
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

/** A paginated list: pages are requested as the list is read. */
export class Listing<out A, out E> implements AsyncIterable<A> {
  readonly #stream: Stream.Stream<A, E>
  constructor(stream: Stream.Stream<A, E>) {
    this.#stream = stream
  }
  /** Iterates over the items; leaving the loop stops the requests. Throws the typed error itself. */
  [Symbol.asyncIterator](): AsyncIterator<A> {
    return this.each()[Symbol.asyncIterator]()
  }
  /** Same as iteration, with a signal that aborts it. */
  each(options: Pick<RunOptions, "signal"> = {}): AsyncIterable<A> {
    return iterate(this.#stream, options)
  }
  /** Collects all items in memory. */
  all(options: Pick<RunOptions, "signal"> = {}): Promise<ReadonlyArray<A>> {
    return run(Stream.runCollect(this.#stream), options)
  }
  /** The same as an Effect Stream. */
  toStream(): Stream.Stream<A, E> {
    return this.#stream
  }
}
