/**
 * The one retry loop: of calls, of single items of a batch, of streamed answers, and of `.retry()` on chains. Every
 * number of it is in docs/reliability.md.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import { Deadline, type RunDeadline } from "./deadline.ts"
import { monotonicMs } from "./monotonic-clock.ts"
import type { RetryBudget, RetryCause } from "./retry-budget.ts"

/** A repeat that something failed with asks for. */
export interface RetryRequest {
  readonly cause: RetryCause
  /** How long the service asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined
}

/** Which repeats are made. */
export interface RetryPolicy {
  /** Most attempts, the first included. */
  readonly maxAttempts: number
  /** The longest wait, in milliseconds; a service that asks for a longer one ends the repeats. */
  readonly maxWaitMs: number
  /** Shared by all calls of a connection; none where each repeat is the caller's own wish. */
  readonly budget?: RetryBudget
  readonly deadline: RunDeadline
  /** Until then, in milliseconds of the monotonic clock, repeats for a model that is not ready are not counted. */
  readonly warmUpUntilMs?: number
}

/** The longest wait before the first repeat, in milliseconds. Each further one doubles it. */
const baseMs: Readonly<Record<RetryCause, number>> = { throttle: 1000, "warm-up": 1000, failure: 250 }
const capMs = 20_000

/**
 * The wait before attempt `attempt + 1`, in milliseconds: exponential, between a half and the whole of it at random, and
 * never less than the service asked for. `random` is in 0..1.
 */
export const backoffMs = (attempt: number, { cause, retryAfterMs }: RetryRequest, random: number): number => {
  const ceiling = Math.min(capMs, baseMs[cause] * 2 ** (attempt - 1))
  return Math.max(retryAfterMs ?? 0, Math.round(ceiling * (0.5 + random / 2)))
}

/** A random wait before attempt `attempt + 1`, in milliseconds. */
export const nextWait = (attempt: number, request: RetryRequest): Effect.Effect<number> =>
  Effect.map(Random.next, (random) => backoffMs(attempt, request, random))

/** True if the policy allows attempt `attempt + 1` after that wait; the repeat is then taken from the budget. */
export const takeRetry = (
  { budget, deadline, maxAttempts, maxWaitMs, warmUpUntilMs = -Infinity }: RetryPolicy,
  attempt: number,
  cause: RetryCause,
  waitMs: number
): Effect.Effect<boolean> =>
  Effect.map(monotonicMs, (now) => {
    if (waitMs > Math.min(maxWaitMs, deadline.atMs - now)) return false
    if (cause === "warm-up" && now < warmUpUntilMs) return true
    return attempt < maxAttempts && (budget === undefined || budget.take(cause))
  })

/** How an attempt ended: `retry` is undefined where it is final, and else why, and after what wait, it is repeated. */
export interface Attempted {
  readonly retry: { readonly cause: RetryCause; readonly waitMs: number } | undefined
}

/** What is repeated. */
export interface Repeated<A extends Attempted, E, R> {
  /** Makes an attempt; `before` is how the one before ended, where there was one. */
  readonly attempt: (attempt: number, before: A | undefined) => Effect.Effect<A, E, R>
  readonly policy: RetryPolicy
  /** Called before the wait of each repeat. */
  readonly onRetry?: (ended: A, waitMs: number) => void
}

/**
 * Attempts until one is final or the policy allows no more, and returns how the last one ended.
 *
 * No generator waits for an attempt: it would keep its answer alive long after (docs/decisions/0011).
 */
export const retrying = <A extends Attempted, E, R>(repeated: Repeated<A, E, R>): Effect.Effect<A, E, R> =>
  from(repeated, 1, undefined)

const from = <A extends Attempted, E, R>(
  repeated: Repeated<A, E, R>,
  attempt: number,
  before: A | undefined
): Effect.Effect<A, E, R> =>
  Effect.flatMap(repeated.attempt(attempt, before), (ended) => {
    const { retry } = ended
    if (retry === undefined) return Effect.succeed(ended)
    return Effect.flatMap(takeRetry(repeated.policy, attempt, retry.cause, retry.waitMs), (allowed) => {
      if (!allowed) return Effect.succeed(ended)
      repeated.onRetry?.(ended, retry.waitMs)
      return Effect.andThen(Effect.sleep(retry.waitMs), from(repeated, attempt + 1, ended))
    })
  })

const retryableError = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "retryable" in error && error.retryable === true

const retryAfterOf = (error: unknown): number | undefined =>
  typeof error === "object" && error !== null && "retryAfterMs" in error && typeof error.retryAfterMs === "number"
    ? error.retryAfterMs
    : undefined

/** Runs an effect again when it fails with an error for which `when` gives true, at most `times` times. */
export const retryFailures = <A, E, R, E2 = never, R2 = never>(
  effect: Effect.Effect<A, E, R>,
  times: number,
  when: (error: E) => Effect.Effect<unknown, E2, R2> = (error) => Effect.succeed(retryableError(error))
): Effect.Effect<A, E | E2, R | R2> =>
  Effect.flatMap(Deadline, (deadline) => {
    interface Ended extends Attempted {
      readonly result: Result.Result<A, E | E2>
    }
    const final = (result: Ended["result"]): Effect.Effect<Ended> => Effect.succeed({ result, retry: undefined })
    const again = (attempt: number, result: Ended["result"], error: E): Effect.Effect<Ended> => {
      const retryAfterMs = retryAfterOf(error)
      const cause = retryAfterMs === undefined ? "failure" : "throttle"
      return Effect.map(nextWait(attempt, { cause, retryAfterMs }), (waitMs) => ({ result, retry: { cause, waitMs } }))
    }
    const attempt = (attempt: number): Effect.Effect<Ended, never, R | R2> =>
      Effect.flatMap(Effect.result(effect), (result): Effect.Effect<Ended, never, R2> => {
        if (Result.isSuccess(result)) return final(result)
        return Effect.flatMap(Effect.result(when(result.failure)), (wanted) => {
          if (Result.isFailure(wanted)) return final(Result.fail(wanted.failure))
          return wanted.success === true ? again(attempt, result, result.failure) : final(result)
        })
      })
    const policy = { maxAttempts: times + 1, maxWaitMs: Infinity, deadline }
    return Effect.flatMap(retrying({ attempt, policy }), ({ result }) => Effect.fromResult(result))
  })

/** A `Retry-After` header, in milliseconds from `nowMs`: seconds or an HTTP date; undefined when it is neither. */
export const parseRetryAfter = (header: string, nowMs: number): number | undefined => {
  const text = header.trim()
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000)
  // a date has a month's name; other text, such as a negative number, would be read as some year
  const at = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs)
}
