/** What a service that predicts for others answers its own callers with when a prediction fails. */

const statuses: Readonly<Record<string, number>> = {
  // what the caller sent
  InvalidRequest: 400,
  InvalidOption: 400,
  NotFound: 404,
  Conflict: 409,
  ImageTooLarge: 413,
  VideoTooLarge: 413,
  ImageUnsupported: 415,
  VideoUnsupported: 415,
  InputRejected: 422,
  MediaUnreadable: 422,
  ImageBroken: 422,
  ImageUndecodable: 422,
  VideoDamaged: 422,
  // wait, then try again
  RateLimited: 429,
  BudgetSpent: 503,
  ModelNotReady: 503,
  QuotaExceeded: 503,
  ServiceUnavailable: 503,
  // what the service behind has done
  Forbidden: 502,
  MalformedAnswer: 502,
  PartlyAnswered: 502,
  ServiceFailed: 502,
  TrainingFailed: 502,
  Unauthorized: 502,
  UnknownStatus: 502,
  Unreachable: 502,
  StillPending: 504,
  TimedOut: 504
}

const titles: Readonly<Record<number, string>> = {
  400: "The request is not valid",
  404: "Not found",
  409: "Already there",
  413: "The input is too large",
  415: "This kind of input is not supported",
  422: "The input cannot be used",
  429: "Too many requests",
  500: "Internal error",
  502: "The prediction failed",
  503: "Predictions are not available now",
  504: "The prediction took too long"
}

const fieldsOf = (error: unknown): Readonly<Record<string, unknown>> =>
  Object(error) as Readonly<Record<string, unknown>>

/**
 * The HTTP status with which a service reports an error of Sightline to its own callers; 500 for what is not one.
 *
 * 4xx: what the caller sent. 429 and 503: later. 502 and 504: the service behind failed, or was too slow. A credential that
 * is not accepted is 502 and never 401: it is the service's credential and not the caller's.
 *
 * @example httpStatusOf({ _tag: "RateLimited" }) // => 429
 * @example httpStatusOf(new Error("a mistake")) // => 500
 */
export const httpStatusOf = (error: unknown): number => {
  const tag = fieldsOf(error)["_tag"]
  return typeof tag === "string" && Object.hasOwn(statuses, tag) ? (statuses[tag] ?? 500) : 500
}

const mimeType = /^(?:application|audio|image|text|video)\/[\w.+-]+$/

/** True for a text with a path in it: a file of this machine or a route of the service behind. Addresses are no paths. */
const namesPath = (text: unknown): boolean =>
  String(text)
    .split(/[\s"'(),;]+/)
    .some((word) => /[\\/]/.test(word) && !word.includes("://") && !mimeType.test(word.replace(/[.:]$/, "")))

/**
 * A response that reports an error to a service's own callers: JSON as RFC 9457 has it, with the members `type`, `title`,
 * `status`, `code` (the error's tag), `retryable`, and where they are known `detail`, `key`, `index` and `requestId`.
 *
 * `detail` is the error's message where the caller sent what is wrong. Otherwise it is left out: it may name the service
 * behind. A message or a key with a path in it is left out too: it may name a file of this machine. `Retry-After`, in seconds, is set where the service behind asked for a wait.
 *
 * @example toResponse({ _tag: "RateLimited", retryAfterMs: 1500 }).headers.get("retry-after") // => "2"
 */
export const toResponse = (error: unknown): Response => {
  const { _tag, index, key, message, requestId, retryAfterMs, retryable } = fieldsOf(error)
  const status = httpStatusOf(error)
  const known = status !== 500
  const body = {
    type: "about:blank",
    title: titles[status],
    status,
    ...(known ? { code: _tag } : {}),
    retryable: known && retryable === true,
    ...(known && status < 500 && status !== 429 && !namesPath(message) ? { detail: message } : {}),
    ...(known && !namesPath(key) ? { key } : {}),
    ...(known ? { index, requestId } : {})
  }
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": "application/problem+json",
      ...(typeof retryAfterMs === "number" ? { "retry-after": String(Math.ceil(retryAfterMs / 1000)) } : {})
    }
  })
}
