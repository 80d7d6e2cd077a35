/** A streamed answer, piece by piece: what `.generate(model)` gives. */
import * as Stream from "effect/Stream"
import type { Runnable } from "./chain-types.ts"
import type { RunOptions } from "./run-options.ts"
import type { PromiseRunner } from "./chain-runtime.ts"

const inspect = Symbol.for("nodejs.util.inspect.custom")

type Signal = Pick<RunOptions, "signal">

/**
 * A streamed answer. Nothing is sent until it is read; each reading makes a new call.
 *
 * Each chunk is an answer: the `text` of a text model is what was added, to be joined as it is. A failure
 * after the first piece leaves those that came before it standing.
 */
export class Generation<out A, out E, out R> implements AsyncIterable<A> {
  readonly #stream: Stream.Stream<A, E, R>
  readonly #name: string
  readonly #promises: PromiseRunner
  constructor(name: string, stream: Stream.Stream<A, E, R>, promises: PromiseRunner) {
    this.#name = name
    this.#stream = stream
    this.#promises = promises
  }
  /** Piece by piece; leaving the loop closes the connection. Throws the typed error itself. */
  [Symbol.asyncIterator](this: Runnable<R, Generation<A, E, R>>): AsyncIterator<A> {
    const { promises, stream } = partsOf(this)
    return promises.iterate(stream)[Symbol.asyncIterator]()
  }
  /** The same with a signal that stops it. */
  each(this: Runnable<R, Generation<A, E, R>>, options: Signal = {}): AsyncIterable<A> {
    const { promises, stream } = partsOf(this)
    return promises.iterate(stream, options)
  }
  /** The whole text, once it is complete. */
  text(this: Runnable<R, Generation<A & { readonly text: string }, E, R>>, options: Signal = {}): Promise<string> {
    const { promises, stream } = partsOf(this)
    return promises.run(
      Stream.runFold(
        stream,
        () => "",
        (text, piece) => text + piece.text
      ),
      options
    )
  }
  /** The same as an Effect Stream. */
  toStream(): Stream.Stream<A, E, R> {
    return this.#stream
  }
  /** For this file alone. */
  get "~sightline/parts"(): { readonly stream: Stream.Stream<A, E, R>; readonly promises: PromiseRunner } {
    return { stream: this.#stream, promises: this.#promises }
  }
  [inspect](): string {
    return `Generation(${this.#name})`
  }
}

/** The stream and its runner. Types know a generation as such only where it needs no service. */
const partsOf = (generation: unknown) => (generation as Generation<any, any, never>)["~sightline/parts"]
