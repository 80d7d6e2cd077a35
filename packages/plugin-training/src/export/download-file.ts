/** Downloads of files that the service gives an address of. */
import { type CallRuntime, sightlineError } from "@sightline/core/plugin"
import { GuardedFetchError, guardedFetch, type GuardedFetchOptions } from "@sightline/platform/guarded-fetch"
import { BodyTooLarge, readBody } from "@sightline/platform/read-body"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { withoutQuery } from "../examples/address.ts"

/** A file cannot be downloaded. */
export class DownloadFailed extends sightlineError(
  Schema.TaggedError<DownloadFailed>()("DownloadFailed", {
    /** The address without credentials and query, which may contain a signature. */
    url: Schema.String,
    problem: Schema.String
  })
) {
  readonly retryable: boolean = true
  override get message() {
    return `${this.url} could not be downloaded: ${this.problem}; try again, or check that it still exists`
  }
}

/** Downloads a file, at most `maxBytes` of it. */
export type Download = (wire: CallRuntime, url: string, maxBytes: number) => Effect.Effect<Uint8Array, DownloadFailed>

/** The deadline of one download. */
const timeoutMs = 10 * 60_000

const problemOf = (cause: unknown): string => {
  if (cause instanceof BodyTooLarge) return `it has ${cause.message}`
  if (!(cause instanceof GuardedFetchError)) return "there was no response"
  return cause.reason === "refused"
    ? `${cause.message}; set training({ allowPrivate: true }) if it is to be trusted`
    : cause.message
}

/**
 * Makes a download that cannot be misused to reach private addresses: an address of another origin than the service's may
 * come from the author of an input. The connection's credential is sent only to the service's own origin.
 */
export const makeDownload = (guard: GuardedFetchOptions): Download => {
  const fetchForeign = guardedFetch(guard)
  return (wire, url, maxBytes) => {
    const failed = (problem: string) => new DownloadFailed({ url: withoutQuery(url), problem })
    if (!URL.canParse(url)) return Effect.fail(failed("it is not a valid URL"))
    return Effect.gen(function* () {
      const settings = yield* Effect.mapError(wire.settings, ({ message }) => failed(message))
      const isOwn = new URL(url).origin === new URL(settings.baseUrl).origin
      const headers: Record<string, string> =
        isOwn && settings.authorization !== undefined ? { authorization: Redacted.value(settings.authorization) } : {}
      return yield* Effect.tryPromise({
        try: async (signal) => {
          const response = await (isOwn ? wire.connection.fetch : fetchForeign)(url, { headers, signal })
          if (!response.ok) throw failed(`the response is HTTP ${response.status}`)
          return await readBody(response, maxBytes)
        },
        catch: (cause) => (cause instanceof DownloadFailed ? cause : failed(problemOf(cause)))
      })
    }).pipe(
      Effect.timeoutOrElse({ duration: timeoutMs, orElse: () => Effect.fail(failed("it took longer than 10 minutes")) })
    )
  }
}
