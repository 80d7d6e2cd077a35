/** `GET /media/{hash}`: the bytes behind the hosted URLs that answers give. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import type { Call } from "../protocol/request.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import { readStored } from "../store/media-source.ts"
import { mediaType } from "../store/media-table.ts"
import { isHash } from "../store/media-files.ts"
import { Store } from "../store/store.ts"

/** A file that answers link to. */
export interface HostedFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly type: string
}

/** Serves only media that an input names. */
export const getMedia = Effect.fnUntraced(function* (
  call: Call<{ readonly hash?: string }>
): Effect.fn.Return<HostedFile, WireError, Store> {
  const { hash = "" } = call.request
  const store = yield* Store
  const type = isHash(hash) ? yield* store.read((db) => mediaType(db, hash)) : undefined
  if (type === undefined)
    return yield* wireError(StatusCode.CONN_DOES_NOT_EXIST, "no such media. Check the url of your request.")
  return { bytes: yield* readStored(hash), type }
})
