/** The versions of a model. This file: downloads of files that the service gives an address of. */
import type { Wire } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** A file cannot be downloaded. */
export class DownloadFailed extends Schema.TaggedError<DownloadFailed>()("DownloadFailed", {
  /** The address without its query, which may contain a signature. */
  url: Schema.String,
  problem: Schema.String
}) {
  readonly retryable: boolean = true
  override get message() {
    return `${this.url} could not be downloaded: ${this.problem}; try again, or check that it still exists`
  }
}

/** Downloads a file. The connection's credential is sent only to the service's own origin. */
export const download = (wire: Wire, url: string): Effect.Effect<Uint8Array, DownloadFailed> => {
  const failed = (problem: string) => new DownloadFailed({ url: url.split("?")[0] ?? "", problem })
  if (!URL.canParse(url)) return Effect.fail(failed("it is not a valid URL"))
  return Effect.gen(function* () {
    const settings = yield* Effect.mapError(wire.settings, ({ message }) => failed(message))
    const own = new URL(url).origin === new URL(settings.baseUrl).origin
    const headers =
      own && settings.authorization !== undefined ? { authorization: Redacted.value(settings.authorization) } : {}
    return yield* Effect.tryPromise({
      try: async (signal) => {
        const response = await (own ? wire.connection.fetch : fetch)(url, { headers, signal, redirect: "follow" })
        if (!response.ok) throw failed(`the response is HTTP ${response.status}`)
        return new Uint8Array(await response.arrayBuffer())
      },
      catch: (cause) => (cause instanceof DownloadFailed ? cause : failed("there was no response"))
    })
  })
}
