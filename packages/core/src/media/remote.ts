/** Fetches what a URL medium is, for those steps that need its pixels here: within bounds of size and time. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

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
  const reader = response.body?.getReader()
  const chunks: Array<Uint8Array> = []
  let size = 0
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
    if (done || value === undefined) break
    size += value.byteLength
    if (size > maxBytes) {
      await reader?.cancel()
      throw new Refused(`it has more than ${maxBytes} bytes`)
    }
    chunks.push(value)
  }
  return new Uint8Array(await new Blob(chunks as ReadonlyArray<BlobPart> as Array<BlobPart>).arrayBuffer()) // fetched chunks are never shared memory
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
