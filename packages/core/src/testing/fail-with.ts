/** Fakes that fail, by the tag of the error that a caller then gets. */
import type { CallError } from "../errors/errors.ts"
import * as Status from "../wire/messages/status-codes.ts"
import type { FakeAnswer } from "./fake-connection.ts"
import { FakeNetworkError } from "./fake-network-error.ts"

/** What a fake can fail with. */
export type FakeFailure = Exclude<CallError["_tag"], "NotConfigured">

const statuses: Readonly<
  Record<Exclude<FakeFailure, "Unreachable" | "TimedOut" | "MalformedAnswer">, [number, number]>
> = {
  Unauthorized: [401, Status.CONN_KEY_NOT_FOUND],
  Forbidden: [403, Status.CONN_INSUFFICIENT_SCOPES],
  QuotaExceeded: [403, Status.CONN_EXCEED_MONTHLY_LIMIT],
  RateLimited: [429, Status.CONN_THROTTLED],
  NotFound: [404, Status.MODEL_DOES_NOT_EXIST],
  ModelNotReady: [400, Status.MODEL_DEPLOYING],
  InputRejected: [400, Status.INPUT_FAILED],
  InvalidRequest: [400, Status.CONN_INVALID_REQUEST],
  Conflict: [409, Status.INPUT_DUPLICATE],
  StillPending: [200, Status.INPUT_VIDEO_DOWNLOAD_PENDING],
  TrainingFailed: [400, Status.MODEL_TRAINING_FAILED],
  ServiceUnavailable: [503, Status.INTERNAL_RESOURCE_EXHAUSTED],
  ServiceFailed: [500, Status.INTERNAL_UNCATEGORIZED],
  UnknownStatus: [400, 987_654_321]
}

/**
 * A fake whose calls fail with the error of this tag, after the repeats that the connection allows.
 *
 * `retryAfterMs`: how long the service asks to wait. `TimedOut` never answers: give the connection a short
 * `limits.attemptTimeoutMs`, or the run a `timeoutMs`.
 *
 * @example fakeConnection(failWith("RateLimited"), { limits: { maxAttempts: 1 } })
 */
export const failWith =
  (
    tag: FakeFailure,
    { details, retryAfterMs }: { readonly details?: string; readonly retryAfterMs?: number } = {}
  ): FakeAnswer =>
  () => {
    if (tag === "Unreachable") throw new FakeNetworkError()
    if (tag === "TimedOut") return new Promise(() => {})
    if (tag === "MalformedAnswer") return new Response("<title>not the service</title>")
    const [status, code] = statuses[tag]
    const headers = retryAfterMs === undefined ? undefined : { "retry-after": String(retryAfterMs / 1000) }
    return Response.json(
      { status: { code, description: tag, ...(details === undefined ? {} : { details }) } },
      { status, ...(headers === undefined ? {} : { headers }) }
    )
  }
