/** Downloads the bytes of URL inputs, for `exif({ fetchUrls })`. */
import { type Media, MediaUnreadable } from "@sightline/core/plugin"
import { BodyTooLarge, readBody } from "@sightline/platform/read-body"
import { Effect } from "effect"
import { downloadFetch } from "#download-fetch"
import type { AllowPrivate } from "./download-fetch.ts"

/** How URL inputs are downloaded. */
export interface FetchUrls {
  /**
   * Whether addresses that are not public may be reached: all, none, or those of the URLs that the function accepts. It is
   * asked again for every redirect. Browsers and workers decide themselves, and ignore it.
   *
   * @default false
   */
  readonly allowPrivate?: AllowPrivate
  /** Replaces the download, its check of addresses included. */
  readonly fetch?: typeof globalThis.fetch
  /** The most bytes of one image. @default 85,000,000, the platform's limit */
  readonly maxBytes?: number
  /** For a whole download, in milliseconds. @default 30,000 */
  readonly timeoutMs?: number
}

const defaultMaxBytes = 85_000_000
const defaultTimeoutMs = 30_000

/** A problem that can be shown: it does not contain the URL. */
class Refused extends Error {}

const download = async (url: string, signal: AbortSignal, options: FetchUrls): Promise<Uint8Array> => {
  const fetch = options.fetch ?? downloadFetch.open(options.allowPrivate ?? false)
  const response = await fetch(url, { signal, credentials: "omit", referrerPolicy: "no-referrer" })
  if (!response.ok) {
    await response.body?.cancel()
    throw new Refused(`its server answered with HTTP ${response.status}`)
  }
  return readBody(response, options.maxBytes ?? defaultMaxBytes)
}

const problemOf = (cause: unknown): string => {
  if (cause instanceof Refused) return cause.message
  if (cause instanceof BodyTooLarge) return `it has ${cause.message}`
  // Other errors of the network may contain the whole URL.
  return downloadFetch.describe(cause) ?? "it could not be downloaded"
}

/** The bytes behind a URL. Fails with `MediaUnreadable`, which does not show the URL's query. */
export const downloadMedia = (
  media: Media,
  url: string,
  options: FetchUrls
): Effect.Effect<Uint8Array, MediaUnreadable> => {
  const unreadable = (problem: string) => new MediaUnreadable({ media: media.describe(), problem })
  return Effect.tryPromise({
    try: (signal) => download(url, signal, options),
    catch: (cause) => unreadable(problemOf(cause))
  }).pipe(
    Effect.timeoutOrElse({
      duration: options.timeoutMs ?? defaultTimeoutMs,
      orElse: () => Effect.fail(unreadable("downloading it took too long"))
    })
  )
}
