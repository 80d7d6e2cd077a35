/** Downloads what a URL medium is, for those steps that need its pixels here: within bounds of size, time and addresses. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { type DownloadOptions, Downloads } from "./download-options.ts"
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

/**
 * Through ky, as every request of core, but not the connection's: its hooks and headers may add a credential, and this
 * address is a stranger's. Both modules are loaded when the first medium is downloaded.
 */
const download = async (url: string, maxBytes: number, options: DownloadOptions, signal: AbortSignal) => {
  const [{ downloadFetch }, { default: ky }] = await Promise.all([import("#download"), import("ky")])
  let failure: unknown
  const guarded: typeof globalThis.fetch = (input, init) =>
    downloadFetch
      .open(options)(input, init)
      .catch((thrown: unknown) => {
        failure = thrown
        throw thrown
      })
  try {
    const response = await ky.get(url, {
      fetch: guarded,
      signal,
      retry: 0,
      timeout: false,
      throwHttpErrors: false,
      credentials: "omit",
      referrerPolicy: "no-referrer"
    })
    if (!response.ok) {
      await response.body?.cancel()
      throw new Refused(`its server answered with HTTP ${response.status}`)
    }
    if (response.body === null) return new Uint8Array()
    const bytes = await collect(response.body.getReader(), maxBytes)
    if (bytes === undefined) throw new Refused(`it has more than ${maxBytes} bytes`)
    return bytes
  } catch (thrown) {
    const problem = downloadFetch.describe(failure)
    throw problem === undefined ? thrown : new Refused(problem)
  }
}

const platform: Urls = {
  read: (url, maxBytes) =>
    Effect.flatMap(Downloads, (options) =>
      Effect.tryPromise({
        try: (signal) => download(url, maxBytes, options, signal),
        catch: (cause) => (cause instanceof Refused ? cause.message : "it could not be fetched")
      })
    ).pipe(Effect.timeoutOrElse({ duration: timeoutMs, orElse: () => Effect.fail("fetching it took too long") }))
}

/** What reads URLs here: public addresses only, unless it is replaced or the app allows others. */
export const Urls: Context.Reference<Urls> = Context.Reference("@sightline/core/Urls", {
  defaultValue: () => platform
})
