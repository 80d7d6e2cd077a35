/** Fetches the bytes of URL inputs, for those who ask for it. */
import { type Media, MediaUnreadable } from "@sightline/core/plugin"
import { Effect } from "effect"

/** How URL inputs are fetched. */
export interface FetchUrls {
  /** Defaults to the runtime's own. */
  readonly fetch?: typeof globalThis.fetch
  /** Defaults to 85 MB, the platform's limit for an image. */
  readonly maxBytes?: number
  /** Defaults to 30 seconds, for the whole download. */
  readonly timeoutMs?: number
}

const defaultMaxBytes = 85_000_000
const defaultTimeoutMs = 30_000

const download = async (
  url: string,
  signal: AbortSignal,
  options: FetchUrls,
  maxBytes: number
): Promise<Uint8Array> => {
  const response = await (options.fetch ?? globalThis.fetch)(url, { signal })
  if (!response.ok) throw new Error(`the server answered with status ${response.status}`)
  const parts: Array<Uint8Array> = []
  let size = 0
  const reader = response.body?.getReader()
  for (;;) {
    const part = await reader?.read()
    if (part?.value === undefined) break
    size += part.value.length
    if (size > maxBytes) {
      await reader?.cancel()
      throw new Error(`it has more than ${maxBytes} bytes`)
    }
    parts.push(part.value)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** The bytes behind a URL medium. Fails with `MediaUnreadable`, which never shows the URL's query. */
export const fetchBytes = (
  media: Media,
  url: string,
  options: FetchUrls
): Effect.Effect<Uint8Array, MediaUnreadable> => {
  const unreadable = (problem: string) => new MediaUnreadable({ media: media.describe(), problem })
  return Effect.tryPromise({
    try: (signal) => download(url, signal, options, options.maxBytes ?? defaultMaxBytes),
    // Only messages made above are passed on: those of the network may hold the whole URL.
    catch: (cause) =>
      unreadable(
        cause instanceof Error && /^(the server|it has)/.test(cause.message) ? cause.message : "it could not be fetched"
      )
  }).pipe(
    Effect.timeoutOrElse({
      duration: options.timeoutMs ?? defaultTimeoutMs,
      orElse: () => Effect.fail(unreadable("fetching it took too long"))
    })
  )
}
