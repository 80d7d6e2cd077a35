/** The contract of streams both ways: calls in which inputs are sent while outputs arrive. Plain HTTP has none. */
import * as Data from "effect/Data"
import { sightlineError } from "../errors/readable-error.ts"
import type { Fetch } from "./connection.ts"

/** The connection does not support what was asked of it, whatever the service could do. Nothing was sent. */
export class NotSupported extends sightlineError(Data.TaggedError("NotSupported"))<{
  /** The connection's name, such as `clarifai`. */
  readonly connection: string
  /** What it lacks. */
  readonly what: string
}> {
  readonly retryable: boolean = false
  override get message() {
    return `${this.connection}: ${this.what} is not supported by this connection; use one that supports it; nothing was sent`
  }
}

/** The streams of one run. */
export interface Duplex {
  /**
   * Takes the requests that the connection's own `fetch` takes. A prediction of one input becomes a message of a stream
   * that stays open, and resolves with the response of this input alone as soon as it arrives; an aborted one leaves the
   * others on their way. Anything else is a separate call.
   *
   * A stream that breaks fails the requests whose responses have not arrived. The next request opens another.
   */
  readonly fetch: Fetch
  /** Half-closes the streams; those on which responses have not arrived are cancelled. */
  readonly close: () => void
}
