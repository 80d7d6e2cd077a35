/** Reads the bytes of a medium, wherever they are, except for URLs, which the service fetches itself. */
import * as Effect from "effect/Effect"
import { MediaUnreadable } from "../errors/errors.ts"
import { Files } from "./file-system.ts"
import type { Media, MediaSource } from "./media.ts"
import { readStream } from "./shared-stream.ts"

/** How a medium is read. */
export interface ReadOptions {
  /** More bytes than this are refused, before they are read where their number is known. */
  readonly maxBytes?: number
}

const unreadable = (media: Media, problem: string) => new MediaUnreadable({ media: media.describe(), problem })

/** Percent escapes as bytes: `%FF` is one byte, whatever text it may be part of. */
const percentDecoded = (text: string): Uint8Array => {
  const bytes: Array<number> = []
  const encoded = new TextEncoder().encode(text)
  for (let at = 0; at < encoded.length; at++) {
    const hex = encoded[at] === 0x25 ? String.fromCharCode(...encoded.subarray(at + 1, at + 3)) : ""
    if (/^[0-9a-f]{2}$/i.test(hex)) {
      bytes.push(Number.parseInt(hex, 16))
      at += 2
    } else bytes.push(encoded[at] ?? 0)
  }
  return Uint8Array.from(bytes)
}

const fromDataUrl = (media: Media, url: string): Effect.Effect<Uint8Array, MediaUnreadable> => {
  const comma = url.indexOf(",")
  if (comma === -1) return Effect.fail(unreadable(media, "it is not a valid data: URL"))
  const body = url.slice(comma + 1)
  if (!/;base64$/i.test(url.slice(0, comma).trimEnd())) return Effect.succeed(percentDecoded(body))
  return Effect.try({
    try: () => Uint8Array.from(atob(body.includes("%") ? decodeURIComponent(body) : body), (c) => c.charCodeAt(0)),
    catch: () => unreadable(media, "its data: URL does not hold valid base64")
  })
}

const tooLarge = (media: Media, bytes: number, limit: number) =>
  unreadable(media, `it has ${bytes} bytes and at most ${limit} can be sent`)

const within = (media: Media, bytes: number, { maxBytes }: ReadOptions): Effect.Effect<void, MediaUnreadable> =>
  maxBytes !== undefined && bytes > maxBytes ? Effect.fail(tooLarge(media, bytes, maxBytes)) : Effect.void

const bytesOf = (
  media: Media,
  source: MediaSource,
  options: ReadOptions
): Effect.Effect<Uint8Array, MediaUnreadable> => {
  switch (source.from) {
    case "bytes":
      return Effect.succeed(source.bytes)
    case "text":
      return Effect.succeed(new TextEncoder().encode(source.text))
    case "blob":
      return Effect.andThen(
        within(media, source.blob.size, options),
        Effect.tryPromise({
          try: async () => new Uint8Array(await source.blob.arrayBuffer()),
          catch: () => unreadable(media, "the blob can no longer be read")
        })
      )
    case "file":
      return Effect.flatMap(Files, (files) => {
        const read = files.read(source.path, options.maxBytes)
        const sized =
          options.maxBytes === undefined
            ? read
            : Effect.flatMap(files.size(source.path), (size) =>
                Effect.andThen(
                  Effect.mapError(within(media, size, options), ({ problem }) => problem),
                  read
                )
              )
        return Effect.mapError(sized, (problem) => unreadable(media, problem))
      })
    case "stream":
      return Effect.mapError(readStream(source, options.maxBytes), (problem) => unreadable(media, problem))
    case "url":
      return /^data:/i.test(source.url)
        ? fromDataUrl(media, source.url)
        : Effect.fail(unreadable(media, "it is a URL, which the service fetches itself; its bytes are not here"))
    case "parts":
      return Effect.fail(unreadable(media, "it has several parts; read each separately"))
  }
}

/**
 * The bytes of a medium. Not for `http(s)` URLs and parts, which have none here.
 *
 * A stream is read once, and what was read is there for as long as its medium. Fails: `MediaUnreadable`.
 */
export const readBytes = (media: Media, options: ReadOptions = {}): Effect.Effect<Uint8Array, MediaUnreadable> =>
  Effect.flatMap(bytesOf(media, media.source, options), (bytes) =>
    bytes.byteLength === 0
      ? Effect.fail(unreadable(media, "it is empty"))
      : Effect.as(within(media, bytes.byteLength, options), bytes)
  )
