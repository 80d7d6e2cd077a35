/** Options of one run of a chain. */

/** How one run ends early. `T` is `never` without a deadline. */
export interface RunOptions<out T extends number = number> {
  /** Aborting stops the work, closes the sockets, and rejects with `signal.reason`. */
  readonly signal?: AbortSignal
  /**
   * The deadline of the whole run, in milliseconds. Inputs that are not answered by then fail with `TimedOut`. NaN fails
   * with `InvalidOption`.
   */
  readonly timeoutMs?: T
}

/** Options of a stream over many inputs. */
export interface StreamOptions<out T extends number = number> extends RunOptions<T> {
  /**
   * Most calls in flight at once, 1 or more. Anything else fails with `InvalidOption`.
   *
   * @default 8
   */
  readonly concurrency?: number
  /**
   * False to get outcomes as they settle instead of in the order of the inputs.
   *
   * @default true
   */
  readonly ordered?: boolean
}
