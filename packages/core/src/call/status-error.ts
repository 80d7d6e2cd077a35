/** Turns a status into the error a caller can act on. Pure: one table, from status class and number to error class. */
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
import { statusTraits } from "../wire/messages/status-index.ts"
import type { StatusWire } from "../wire/messages/status-messages.ts"

/** What else is known of a failing answer. */
export interface Circumstances {
  readonly model?: string | undefined
  readonly requestId?: string | undefined
  readonly retryAfterMs?: number | undefined
  /** Texts that must not appear in the error. */
  readonly secrets?: ReadonlyArray<string>
}

/** The same URL or id is there already; others say so by HTTP 409. */
const duplicate = 30100
/** The model will answer by itself, later. */
const warmingUp = new Set([21101, 21103, 21104, 21107, 21351, 21352, 21354, 21355])
/** The model will not answer until somebody does something. */
const idle = new Set([21102, 21353])
const quota = new Set([11000, 11004, 11006])
/** Refusals of a request that one of its inputs, or its size, may have caused; others are about its options. */
const perhapsOneInput = new Set([10020, 11100, 39999, 40001, 40033, 46003, 90400])

/** A bad header or envelope; of the credential's header it speaks in words alone, which are no part of the protocol. */
const badEnvelope = 11102
const ofCredential = /\bauthorization header\b/i

const optional = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V }

const movedTo = ({ redirect_info }: StatusWire): string | undefined =>
  redirect_info?.url === undefined ? undefined : `it moved to ${redactUrl(redirect_info.url)}`

/** The fields that every error of this status carries. */
const aboutOf = (
  status: StatusWire,
  { model, requestId, secrets = [] }: Circumstances
): About & { readonly code: number } => ({
  code: status.code,
  ...optional("model", model),
  ...optional("description", status.description === undefined ? undefined : scrub(status.description, secrets)),
  ...optional(
    "details",
    status.details === undefined || status.details === "" ? movedTo(status) : scrub(status.details, secrets)
  ),
  ...optional("requestId", status.req_id ?? requestId)
})

/** True when the status says that all went well. */
export const succeeded = (status: StatusWire): boolean =>
  status.code === 10000 || statusTraits(status.code)?.class === "success"

/** The error for a status that is not a success. */
export const errorOf = (status: StatusWire, circumstances: Circumstances = {}): CallError => {
  const about = aboutOf(status, circumstances)
  const wait = optional("retryAfterMs", circumstances.retryAfterMs)
  const { code } = status
  if (code === 0) return new MalformedAnswer({ ...about, problem: "its status has no number" })
  if (quota.has(code)) return new QuotaExceeded(about)
  if (warmingUp.has(code)) return new ModelNotReady({ ...about, willBeReady: true })
  if (idle.has(code)) return new ModelNotReady({ ...about, willBeReady: false })
  const info = statusTraits(code)
  if (code === duplicate || info?.http === 409) return new Conflict(about)
  switch (info?.class) {
    case "auth":
      return info.http === 401 ? new Unauthorized(about) : new Forbidden(about)
    case "rate-limit":
      return info.retryable ? new RateLimited({ ...about, ...wait }) : new QuotaExceeded(about)
    case "not-found":
      return new NotFound(about)
    case "invalid":
      return code === badEnvelope && ofCredential.test(about.details ?? "")
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
      return new MalformedAnswer({ ...about, problem: "its status does not tell what failed" })
    default:
      return new UnknownStatus(about)
  }
}

/**
 * The error for an HTTP status that came without a status of the service's own; undefined for one that is good, and for
 * 400, which says nothing by itself.
 */
export const errorOfHttp = (http: number, problem: string, circumstances: Circumstances): CallError | undefined => {
  const about = { ...optional("model", circumstances.model), details: problem }
  const wait = optional("retryAfterMs", circumstances.retryAfterMs)
  if (http < 300 || http === 400) return undefined
  if (http < 400) return new NotFound(about)
  if (http === 401) return new Unauthorized(about)
  if (http === 402) return new QuotaExceeded(about)
  if (http === 403 || http === 407) return new Forbidden(about)
  if (http === 404 || http === 410) return new NotFound(about)
  if (http === 409) return new Conflict(about)
  if (http === 429) return new RateLimited({ ...about, ...wait })
  if (http === 503) return new ServiceUnavailable({ ...about, ...wait, httpStatus: http })
  if (http >= 500) return new ServiceFailed({ ...about, httpStatus: http })
  return new InvalidRequest(about)
}

/** True when the failure says that the work was not done, and trying again can help. */
export const mayRepeat = (error: CallError): boolean =>
  error._tag === "RateLimited" || error._tag === "ServiceUnavailable" || error._tag === "Unreachable"
    ? error.retryable
    : error._tag === "ModelNotReady" && error.code !== undefined && statusTraits(error.code)?.retryable === true

/** The same for one item of an answered call, whose input the service may reach next time. */
export const mayRepeatItem = (error: CallError): boolean =>
  mayRepeat(error) || (error._tag === "InputRejected" && error.retryable)

/** True when the call was refused as a whole for something that may lie in one of its inputs, or for its size. */
export const mayBeOneInput = (error: CallError): boolean =>
  error._tag === "InputRejected" ||
  error._tag === "Conflict" ||
  (error._tag === "InvalidRequest" && (error.code === undefined || perhapsOneInput.has(error.code)))
