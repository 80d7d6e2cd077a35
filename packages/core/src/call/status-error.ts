/** Turns a status into a typed error. Pure: one table, from the class and number of a status to an error class. */
import {
  type About,
  type CallError,
  Conflict,
  Forbidden,
  InputRejected,
  InvalidRequest,
  MalformedAnswer,
  ModelNotReady,
  NotFound,
  QuotaExceeded,
  RateLimited,
  ServiceFailed,
  ServiceUnavailable,
  StillPending,
  TrainingFailed,
  Unauthorized,
  UnknownStatus
} from "../errors/errors.ts"
import { redactUrl, scrub } from "../errors/redact.ts"
import type { Secrets } from "../errors/secrets.ts"
import * as Status from "../wire/messages/status-codes.ts"
import { statusTraits } from "../wire/messages/status-index.ts"
import type { StatusWire } from "../wire/messages/status-messages.ts"

/** What an error contains beside the status. */
export interface ErrorContext {
  readonly model?: string | undefined
  readonly requestId?: string | undefined
  readonly retryAfterMs?: number | undefined
  /** What must not appear in the error, though the service may repeat it. */
  readonly secrets: Secrets
}

/** Later, the model answers without anybody doing something. */
const warmingUp: ReadonlySet<number> = new Set([
  Status.MODEL_TRAINING,
  Status.MODEL_QUEUED_FOR_TRAINING,
  Status.MODEL_UPLOADING,
  Status.MODEL_BUILDING,
  Status.MODEL_DEPLOYING,
  Status.MODEL_QUEUED_FOR_DEPLOYMENT,
  Status.MODEL_BUSY_PLEASE_RETRY,
  Status.MODEL_LOADING
])
/** The model does not answer until somebody trains or deploys it. */
const idle: ReadonlySet<number> = new Set([Status.MODEL_UNTRAINED, Status.MODEL_NOT_DEPLOYED])
const quota: ReadonlySet<number> = new Set([
  Status.CONN_ACCOUNT_ISSUES,
  Status.CONN_EXCEED_MONTHLY_LIMIT,
  Status.CONN_EXCEEDS_LIMITS
])
/** Refusals of a request that one of its inputs, or its size, may have caused; others are about its options. */
const perhapsOneInput: ReadonlySet<number> = new Set([
  Status.FAILURE,
  Status.CONN_BAD_REQUEST_FORMAT,
  Status.INPUT_INVALID_REQUEST,
  Status.PREDICT_INVALID_REQUEST,
  Status.RPC_MAX_MESSAGE_SIZE_EXCEEDED,
  Status.FILETYPE_UNSUPPORTED,
  Status.BAD_REQUEST
])

/** The service names the credential's header in words alone, which are no part of the protocol. */
const ofCredential = /\bauthorization header\b/i

const optional = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V }

const movedTo = ({ redirect_info }: StatusWire, secrets: Secrets): string | undefined =>
  redirect_info?.url === undefined ? undefined : `it moved to ${secrets.redact(redactUrl(redirect_info.url))}`

const shownId = (id: string | undefined, secrets: Secrets): string | undefined =>
  id === undefined ? undefined : secrets.redact(id)

/** The fields that every error of this status carries. */
const aboutOf = (
  status: StatusWire,
  { model, requestId, secrets }: ErrorContext
): About & { readonly code: number } => ({
  code: status.code,
  ...optional("model", model),
  ...optional("description", status.description === undefined ? undefined : scrub(status.description, secrets)),
  ...optional(
    "details",
    status.details === undefined || status.details === "" ? movedTo(status, secrets) : scrub(status.details, secrets)
  ),
  ...optional("requestId", shownId(status.req_id ?? requestId, secrets))
})

/** True for the statuses of a success. */
export const isSuccess = (status: StatusWire): boolean =>
  status.code === Status.SUCCESS || statusTraits(status.code)?.class === "success"

/** The error for a status that is not a success. */
export const statusError = (status: StatusWire, context: ErrorContext): CallError => {
  const about = aboutOf(status, context)
  const wait = optional("retryAfterMs", context.retryAfterMs)
  const { code } = status
  if (code === 0) return new MalformedAnswer({ ...about, problem: "its status has no number" })
  if (quota.has(code)) return new QuotaExceeded(about)
  if (warmingUp.has(code)) return new ModelNotReady({ ...about, willBeReady: true })
  if (code === Status.MODEL_PREDICTION_FAILED) return new ServiceFailed(about) // listed with failures of training
  if (idle.has(code)) return new ModelNotReady({ ...about, willBeReady: false })
  const info = statusTraits(code)
  if (code === Status.INPUT_DUPLICATE || info?.http === 409) return new Conflict(about)
  switch (info?.class) {
    case "auth":
      return info.http === 401 ? new Unauthorized(about) : new Forbidden(about)
    case "rate-limit":
      return info.retryable ? new RateLimited({ ...about, ...wait }) : new QuotaExceeded(about)
    case "not-found":
      return new NotFound(about)
    case "invalid":
      return code === Status.CONN_INVALID_REQUEST && ofCredential.test(about.details ?? "")
        ? new Unauthorized(about)
        : new InvalidRequest(about)
    case "input":
      return new InputRejected({ ...about, retryable: info.retryable })
    case "model-training":
      return new TrainingFailed(about)
    case "transient-retryable":
      return new ServiceUnavailable({ ...about, ...wait })
    case "server":
      return new ServiceFailed(about)
    case "pending":
      return new StillPending(about)
    case "mixed":
    case "success":
      return new MalformedAnswer({ ...about, problem: "its status does not say what failed" })
    default:
      return new UnknownStatus(about)
  }
}

/**
 * The error for an HTTP status of a response that has no status of the protocol; undefined for a success, and for 400,
 * which has no meaning alone.
 */
export const httpStatusError = (http: number, problem: string, context: ErrorContext): CallError | undefined => {
  const about = { ...optional("model", context.model), details: problem }
  const wait = optional("retryAfterMs", context.retryAfterMs)
  if (http < 300 || http === 400) return undefined
  if (http < 400) return new NotFound(about)
  if (http === 401) return new Unauthorized(about)
  if (http === 402) return new QuotaExceeded(about)
  if (http === 403 || http === 407) return new Forbidden(about)
  if (http === 404 || http === 410) return new NotFound(about)
  if (http === 409) return new Conflict(about)
  if (http === 429) return new RateLimited({ ...about, ...wait })
  if (http === 503) return new ServiceUnavailable({ ...about, ...wait, httpStatus: http })
  if (http >= 500 || http === 408) return new ServiceFailed({ ...about, httpStatus: http })
  return new InvalidRequest(about)
}

/** True if the work was certainly not done and a repeat can help. */
export const isRetryable = (error: CallError): boolean =>
  error._tag === "RateLimited" || error._tag === "ServiceUnavailable" || error._tag === "Unreachable"
    ? error.retryable
    : error._tag === "ModelNotReady" && error.code !== undefined && statusTraits(error.code)?.retryable === true

/** The same for one item of an answered call, whose input the service may reach next time. */
export const isRetryableItem = (error: CallError): boolean =>
  isRetryable(error) || (error._tag === "InputRejected" && error.retryable)

/** True if a call was refused as a whole for something that may be in one of its inputs, or for its size. */
export const mayBeOneInput = (error: CallError): boolean =>
  error._tag === "InputRejected" ||
  error._tag === "Conflict" ||
  (error._tag === "InvalidRequest" && (error.code === undefined || perhapsOneInput.has(error.code)))
