/** Why a guarded download fails. */

/**
 * `invalid-url`: not an absolute http or https address, or one with a password. `refused`: an address that is not public,
 * or that the caller's `check` refuses. `unresolved`: the name has no address. `connect`: no connection, or it broke before
 * an answer. `redirects`: more redirects than allowed. `response`: an answer that cannot be read.
 */
export type FetchReason = "invalid-url" | "refused" | "unresolved" | "connect" | "redirects" | "response"

/** A guarded download failed. Its message names the host at most: never a path, a query or a header. */
export class GuardedFetchError extends Error {
  readonly reason: FetchReason
  constructor(reason: FetchReason, message: string) {
    super(message)
    this.name = "GuardedFetchError"
    this.reason = reason
  }
}
