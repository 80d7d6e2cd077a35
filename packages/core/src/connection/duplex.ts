/** The contract of streams both ways: a call in which inputs are sent while outputs arrive. Plain HTTP has none. */
import * as Data from "effect/Data"
import type * as Stream from "effect/Stream"
import type { CallError, InvalidOption } from "../errors/errors.ts"
import { readableError } from "../errors/readable-error.ts"
import type { PostModelOutputsRequestWire } from "../wire/messages/output-messages.ts"
import type { Settings } from "./connection.ts"

/** The connection does not support what was asked of it, whatever the service could do. Nothing was sent. */
export class NotSupported extends readableError(Data.TaggedError("NotSupported"))<{
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

/** One call that streams both ways, as a connection receives it. */
export interface DuplexCall {
  /** Where the service is, and the credential. */
  readonly settings: Settings
  /** `/v2/models/outputs/stream`: over gRPC, `StreamModelOutputs` of the service `clarifai.api.V2`. */
  readonly path: string
  /** The model, for errors. */
  readonly model: string
  /** The longest wait for the next answer, in milliseconds. */
  readonly timeoutMs: number
  /**
   * The messages to send, of one input each. The connection takes them no faster than it can send them, half-closes the
   * call when they end, and cancels it when they fail.
   */
  readonly requests: Stream.Stream<PostModelOutputsRequestWire, CallError | InvalidOption>
}

/**
 * Streams both ways: returns the answers as they arrive, each the JSON form of a `MultiOutputResponse` with 64-bit
 * integers as numbers or text.
 *
 * Ends with the service's last answer, and closes the call when it is left early. What breaks on the way is a
 * `CallError`; a status that is not a success is an answer, which the connection passes on.
 */
export type Duplex = (call: DuplexCall) => Stream.Stream<unknown, CallError | InvalidOption>
