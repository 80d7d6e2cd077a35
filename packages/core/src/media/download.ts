/** Fetches what a URL medium is, for those steps that need its pixels here: within bounds of size and time. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { collect } from "./shared-stream.ts"

/** Reads URLs; replace it to go through a proxy, or to allow only some hosts. */
export interface Urls {
  /** The bytes behind an `http(s)` URL, `maxBytes` at most. Fails with a line that says why not. */
  readonly read: (url: string, maxBytes: number) => Effect.Effect<Uint8Array, string>
}

/** For the whole download, in milliseconds. */
const timeoutMs = 30_000

/** Only these lines reach an error: a network's own may hold the whole URL with its query. */
class Refused extends Error {}

const download = async (url: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> => {
  const response = await fetch(url, { signal, credentials: "omit", referrerPolicy: "no-referrer" })
  if (!response.ok) throw new Refused(`its server answered with HTTP ${response.status}`)
  if (response.body === null) return new Uint8Array()
  const bytes = await collect(response.body.getReader(), maxBytes)
  if (bytes === undefined) throw new Refused(`it has more than ${maxBytes} bytes`)
  return bytes
}

const platform: Urls = {
  read: (url, maxBytes) =>
    Effect.tryPromise({
      try: (signal) => download(url, maxBytes, signal),
      catch: (cause) => (cause instanceof Refused ? cause.message : "it could not be fetched")
    }).pipe(Effect.timeoutOrElse({ duration: timeoutMs, orElse: () => Effect.fail("fetching it took too long") }))
}

/** What reads URLs here; the platform's `fetch` unless replaced. */
export const Urls: Context.Reference<Urls> = Context.Reference("@sightline/core/Urls", {
  defaultValue: () => platform
})
