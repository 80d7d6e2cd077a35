/** Decides which failures of a call are repeated. */
import type { CallError } from "../errors/errors.ts"
import type { Call } from "./attempt.ts"
import type { RetryRequest } from "./retry.ts"
import { isRetryable } from "./status-error.ts"

/**
 * Which predictions are repeated: `safe` only if the work was certainly not done, `always` also after a timeout, a reset
 * connection, or a gateway's HTTP 408, 409, 502 or 504. A prediction changes nothing, but one that was done may be paid
 * twice.
 */
export type PredictionRetry = "safe" | "always"

/** How long a failure asks to wait, in milliseconds. */
export const retryAfterOf = (error: CallError): number | undefined =>
  "retryAfterMs" in error ? error.retryAfterMs : undefined

/** Failures that leave open whether the work was done, and that are temporary. */
const isUndecided = (error: CallError): boolean => {
  switch (error._tag) {
    case "Unreachable":
      return error.lasting !== true
    case "TimedOut":
      return error.what === "attempt"
    case "MalformedAnswer":
      return error.problem.startsWith("it broke off")
    case "ServiceFailed":
      return error.code === undefined && [408, 502, 504].includes(error.httpStatus ?? 0)
    case "Conflict":
      return error.code === undefined
    default:
      return false
  }
}

const intentOf = ({ intent, method }: Call) => intent ?? (method === "GET" ? "read" : "write")

/** The repeat that a failure asks for; undefined if the call must not be sent again. */
export const retryRequest = (
  error: CallError,
  call: Call,
  predictions: PredictionRetry | undefined
): RetryRequest | undefined => {
  const intent = intentOf(call)
  const harmless = intent === "read" || (intent === "prediction" && predictions === "always")
  if (!isRetryable(error) && !(harmless && isUndecided(error))) return undefined
  const retryAfterMs = retryAfterOf(error)
  if (error._tag === "ModelNotReady") return { cause: "warm-up", retryAfterMs }
  const throttled = error._tag === "RateLimited" || retryAfterMs !== undefined
  return { cause: throttled ? "throttle" : "failure", retryAfterMs }
}
