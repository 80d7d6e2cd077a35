/** The one failure a handler ends with: a protocol code and the human reason. */
import { StatusCode } from "@sightline/core/status"
import type { DecodeProblem } from "@sightline/core/wire"
import * as Schema from "effect/Schema"

/**
 * A request, or one item of it, that fails: `code` is the protocol's number, `details` says what to do.
 * The router turns it into an error body with the HTTP status of the code.
 */
export class WireError extends Schema.TaggedError<WireError>()("WireError", {
  code: Schema.Number,
  details: Schema.String
}) {
  override get message(): string {
    return `${this.code}: ${this.details}`
  }
}

/** Short form of `new WireError`. */
export const wireError = (code: number, details: string): WireError => new WireError({ code, details })

/** The failure of a request that is not the message of its method: which field, and what belongs there. */
export const malformed = ({ path, problem }: DecodeProblem, code: number = StatusCode.CONN_BAD_REQUEST_FORMAT) =>
  wireError(code, `${path === "" ? "the request" : path}: ${problem}`)
