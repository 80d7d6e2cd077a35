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

/**
 * What happens to an input that comes while `concurrency` others are on their way.
 *
 * - `"wait"`: the source waits
 * - `"newest"`: it waits to be sent; one that waited before is dropped
 * - `{ buffer: n }`: up to `n` inputs wait to be sent; then the source waits
 * - `{ dropOldest: n }`: up to `n` wait; then the oldest of them is dropped
 * - `{ dropNewest: n }`: up to `n` wait; then the one that comes is dropped
 */
export type LivePolicy =
  | "wait"
  | "newest"
  | { readonly buffer: number }
  | { readonly dropOldest: number }
  | { readonly dropNewest: number }

/** Options of a stream over many inputs. */
export interface StreamOptions<
  out T extends number = number,
  out L extends LivePolicy = LivePolicy
> extends RunOptions<T> {
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
  /**
   * Sends each input alone as soon as it is there, as a message of a stream that stays open, instead of filling calls
   * with inputs: the least delay, for a camera or another source that does not wait. The policy says what happens to an
   * input that comes while `concurrency` others are on their way. Inputs that are dropped keep their positions and are
   * reported as events of type `drop`. The connection's `rate`, which is one of calls, does not apply.
   *
   * Needs a connection with such streams, such as `grpc()` or `engine()`; otherwise fails with `NotSupported` before an
   * input is read.
   *
   * @default inputs share calls
   * @example for await (const outcome of app.inputs(camera).predict(pets).stream({ live: "newest" })) show(outcome)
   */
  readonly live?: L
}
