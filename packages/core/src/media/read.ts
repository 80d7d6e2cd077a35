/** Reads the bytes of a medium, wherever they are, except for URLs, which the service fetches itself. */
import * as Effect from "effect/Effect"
import { MediaUnreadable } from "../errors.ts"
import { Files } from "./files.ts"
import type { Media } from "./media.ts"

const unreadable = (media: Media, problem: string) => new MediaUnreadable({ media: media.describe(), problem })

const fromDataUrl = (media: Media, url: string): Effect.Effect<Uint8Array, MediaUnreadable> => {
  const match = /^data:([^,]*?)(;base64)?,(.*)$/is.exec(url)
  if (!match) return Effect.fail(unreadable(media, "it is not a valid data: URL"))
  const [, , base64, body = ""] = match
  return Effect.try({
    try: () =>
      base64 === undefined
        ? new TextEncoder().encode(decodeURIComponent(body))
        : Uint8Array.from(atob(decodeURIComponent(body)), (char) => char.charCodeAt(0)),
    catch: () => unreadable(media, "its data: URL does not hold valid data")
  })
}

const drain = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> =>
  new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer())

const check = (media: Media) => (bytes: Uint8Array) =>
  bytes.byteLength === 0 ? Effect.fail(unreadable(media, "it is empty")) : Effect.succeed(bytes)

/**
 * The bytes of a medium. Not for `http(s)` URLs and parts, which have none here.
 *
 * A stream can be read once; reading it again fails. Fails: `MediaUnreadable`.
 */
export const readBytes = (media: Media): Effect.Effect<Uint8Array, MediaUnreadable> => {
  const { source } = media
  switch (source.from) {
    case "bytes":
      return check(media)(source.bytes)
    case "text":
      return Effect.succeed(new TextEncoder().encode(source.text))
    case "blob":
      return Effect.flatMap(
        Effect.tryPromise({
          try: async () => new Uint8Array(await source.blob.arrayBuffer()),
          catch: () => unreadable(media, "the blob can no longer be read")
        }),
        check(media)
      )
    case "file":
      return Effect.flatMap(Files, (files) =>
        files.read(source.path).pipe(
          Effect.mapError((problem) => unreadable(media, problem)),
          Effect.flatMap(check(media))
        )
      )
    case "stream":
      return source.stream.locked
        ? Effect.fail(unreadable(media, "the stream was read already; a stream can be used once"))
        : Effect.flatMap(
            Effect.tryPromise({
              try: () => drain(source.stream),
              catch: () => unreadable(media, "the stream failed or was read already")
            }),
            check(media)
          )
    case "url":
      return /^data:/i.test(source.url)
        ? Effect.flatMap(fromDataUrl(media, source.url), check(media))
        : Effect.fail(unreadable(media, "it is a URL, which the service fetches itself; its bytes are not here"))
    case "parts":
      return Effect.fail(unreadable(media, "it has several parts; read each by itself"))
  }
}
