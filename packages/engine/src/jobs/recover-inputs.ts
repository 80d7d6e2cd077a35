/** Makes inputs of media files that the index does not name: after it was lost, or restored from an older backup. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import { sniffMedia } from "../protocol/hosted-content-type.ts"
import { now } from "../protocol/time.ts"
import type { WireError } from "../protocol/wire-error.ts"
import { Settings } from "../settings.ts"
import { findInput, insertInput, type Kind } from "../store/input-table.ts"
import { decodeText, readStored } from "../store/media-source.ts"
import { mediaType, rememberMedia } from "../store/media-table.ts"
import { Store } from "../store/store.ts"

/** The kind of a medium by its type; text is what decodes as text. Undefined for bytes that are no medium. */
const kindOf = (type: string, bytes: Uint8Array): Effect.Effect<Kind | undefined> => {
  for (const kind of ["image", "video", "audio"] as const)
    if (type.startsWith(`${kind}/`)) return Effect.succeed<Kind>(kind)
  return Effect.match(decodeText(bytes), { onFailure: () => undefined, onSuccess: (): Kind => "text" })
}

/**
 * Adds each medium without an input to the engine's app, under the id `recovered-` and the start of its hash; returns how
 * many were added. Damaged files and files that are no media are left alone. Labels and models are not in the media.
 */
export const rebuildIndex: Effect.Effect<number, WireError, Settings | Store> = Effect.gen(function* () {
  const store = yield* Store
  const { appId } = yield* Settings
  let added = 0
  for (const shard of store.media.shards()) {
    for (const hash of store.media.names(shard)) {
      if ((yield* store.read((db) => mediaType(db, hash))) !== undefined) continue
      const bytes = yield* Effect.option(readStored(hash))
      if (bytes._tag === "None") continue
      const type = sniffMedia(bytes.value, "image")
      const kind = yield* kindOf(type, bytes.value)
      if (kind === undefined) continue
      const size = bytes.value.length
      yield* store.write((db) => {
        const id = `recovered-${hash.slice(0, 24)}`
        if (findInput(db, appId, id) !== undefined) return
        rememberMedia(db, hash, type, size)
        const row = { app: appId, id, kind, url: null, hash, raw: null, data: "{}", status: StatusCode.INPUT_PENDING }
        insertInput(db, { ...row, details: "", job: null, created_at: now() })
        added++
      })
    }
  }
  return added
})
