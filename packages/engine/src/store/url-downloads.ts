/** SSRF-safe download of the media that inputs name by URL. */
import { StatusCode } from "@sightline/core/status"
import { type FetchReason, guardedFetch, GuardedFetchError } from "@sightline/platform/guarded-fetch"
import { BodyTooLarge, readBody } from "@sightline/platform/read-body"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { WireError, wireError } from "../protocol/wire-error.ts"
import { Settings, type SettingsValue } from "../settings.ts"
import { checkUrl, isTrusted } from "./url-policy.ts"

/** Limits of one download. */
export interface DownloadLimits {
  readonly maxBytes: number
  /** True for a content type that cannot be the expected medium; such an answer is not read. */
  readonly refuse: (contentType: string) => boolean
}

/** Downloads media. */
export class UrlDownloads extends Context.Service<
  UrlDownloads,
  { readonly download: (url: string, limits: DownloadLimits) => Effect.Effect<Uint8Array<ArrayBuffer>, WireError> }
>()("@sightline/engine/UrlDownloads") {
  static readonly layer: Layer.Layer<UrlDownloads, never, Settings> = Layer.effect(
    UrlDownloads,
    Effect.map(Settings, (settings) => UrlDownloads.of({ download: (url, limits) => download(url, limits, settings) }))
  )
}

const codeOf: Readonly<Record<FetchReason, number>> = {
  "invalid-url": StatusCode.INPUT_INVALID_URL,
  refused: StatusCode.INPUT_FAILED,
  unresolved: StatusCode.INPUT_CONNECTION_FAILED,
  connect: StatusCode.INPUT_CONNECTION_FAILED,
  redirects: StatusCode.INPUT_FAILED,
  response: StatusCode.INPUT_FAILED
}

const download = (url: string, limits: DownloadLimits, settings: SettingsValue) =>
  Effect.tryPromise({
    try: (signal) => fetchUrl(url, limits, settings, signal),
    catch: (cause) => toWireError(cause, limits)
  }).pipe(
    Effect.timeoutOrElse({
      duration: settings.limits.urlTimeoutMs,
      orElse: () =>
        Effect.fail(wireError(StatusCode.INPUT_FAILED, `the URL took longer than ${settings.limits.urlTimeoutMs} ms`))
    })
  )

const toWireError = (cause: unknown, { maxBytes }: DownloadLimits): WireError => {
  if (cause instanceof WireError) return cause
  if (cause instanceof BodyTooLarge)
    return wireError(StatusCode.INPUT_OVER_LIMIT, `the URL's content is larger than the limit of ${maxBytes} bytes`)
  if (!(cause instanceof GuardedFetchError))
    return wireError(StatusCode.INPUT_FAILED, "the URL's answer ended early or cannot be read")
  const advice = cause.reason === "refused" ? "; allow it with allowUrls, or send the bytes" : ""
  return wireError(codeOf[cause.reason], cause.message + advice)
}

const fetchUrl = async (
  text: string,
  limits: DownloadLimits,
  { allowUrls, limits: { urlRedirects } }: SettingsValue,
  signal: AbortSignal
): Promise<Uint8Array<ArrayBuffer>> => {
  const fetch = guardedFetch({
    allowPrivate: (url) => isTrusted(url, allowUrls),
    maxRedirects: urlRedirects,
    userAgent: "sightline-engine"
  })
  const response = await fetch(checkUrl(text, allowUrls), { signal })
  const refuse = async (error: WireError): Promise<never> => {
    await response.body?.cancel()
    throw error
  }
  if (response.status !== 200)
    return refuse(
      wireError(StatusCode.INPUT_FAILED, `${`${response.status} ${response.statusText}`.trim()} from the URL`)
    )
  const type = (response.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? ""
  if (limits.refuse(type))
    return refuse(wireError(StatusCode.INPUT_UNSUPPORTED_FORMAT, `the URL answered with ${type}`))
  return readBody(response, limits.maxBytes)
}
