/** The bytes of a medium: given, downloaded, or from the media folder. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import type { Kind, MediaSource } from "../protocol/input.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import { Settings } from "../settings.ts"
import { isHash, MediaDamaged } from "./media-files.ts"
import { Store } from "./store.ts"
import { UrlDownloads } from "./url-downloads.ts"

/** Content types of pages, programs and other media: an answer of such a type is not the expected medium. */
const wrongTypes: Readonly<Record<Kind, RegExp>> = {
  image: /^(text\/|video\/|audio\/|application\/(json|xml|javascript|pdf))/,
  video: /^(text\/|audio\/|application\/(json|xml|javascript|pdf))/,
  audio: /^(text\/|image\/|application\/(json|xml|javascript|pdf))/,
  text: /^(image|video|audio)\//
}

/** The bytes of a medium. A hosted URL of this engine is read from its folder. */
export const readSource = Effect.fnUntraced(function* (
  kind: Kind,
  source: MediaSource,
  origin: string
): Effect.fn.Return<Uint8Array<ArrayBuffer>, WireError, Settings | Store | UrlDownloads> {
  if (source._tag === "bytes") return source.bytes
  if (source._tag === "raw") return new TextEncoder().encode(source.raw)
  const own = ownHash(source.url, origin)
  if (own !== undefined) return yield* readStored(own)
  const { limits } = yield* Settings
  const downloads = yield* UrlDownloads
  const maxBytes = {
    image: limits.imageBytes,
    video: limits.videoUrlBytes,
    audio: limits.audioBytes,
    text: limits.textBytes
  }[kind]
  return yield* downloads.download(source.url, { maxBytes, refuse: (type) => wrongTypes[kind].test(type) })
})

/** The bytes of a stored medium. Fails with 30002 if they are missing or are not those that were stored. */
export const readStored = (hash: string): Effect.Effect<Uint8Array<ArrayBuffer>, WireError, Store> =>
  Effect.flatMap(Store, ({ media }) =>
    Effect.tryPromise({
      try: () => media.read(hash),
      catch: (cause) =>
        wireError(
          StatusCode.INPUT_FAILED,
          cause instanceof MediaDamaged
            ? "the media file in the engine's folder was changed or is damaged; add the input again"
            : "the media file is not in the engine's folder any more; add the input again"
        )
    })
  )

/** The hash in a hosted URL of this engine, so that a URL from an answer can be sent back without a network. */
const ownHash = (url: string, origin: string): string | undefined => {
  const prefix = `${origin}/media/`
  const hash = url.startsWith(prefix) ? url.slice(prefix.length) : ""
  return isHash(hash) ? hash : undefined
}

/** The text of a text input. Bytes must be UTF-8, or UTF-16 with a byte order mark; they are refused, never altered. */
export const decodeText = (bytes: Uint8Array): Effect.Effect<string, WireError> =>
  Effect.try({
    try: () => {
      const encoding =
        bytes[0] === 0xff && bytes[1] === 0xfe
          ? "utf-16le"
          : bytes[0] === 0xfe && bytes[1] === 0xff
            ? "utf-16be"
            : "utf-8"
      return new TextDecoder(encoding, { fatal: true }).decode(bytes)
    },
    catch: () => wireError(StatusCode.INPUT_UNSUPPORTED_FORMAT, "the text is not valid UTF-8; convert it first")
  })
