/** Clears away what a kill left: files that were written for inputs that were never acknowledged. */
import * as Effect from "effect/Effect"
import type { WireError } from "../protocol/wire-error.ts"
import { mediaType } from "../store/input-table.ts"
import { Store } from "../store/store.ts"

/** Looks at each file once, a sub-folder at a time, so that callers hardly notice. */
export const sweepMedia: Effect.Effect<void, WireError, Store> = Effect.gen(function* () {
  const store = yield* Store
  for (const shard of store.media.shards()) {
    // In one go: between looking and dropping, nobody may add the same bytes again.
    yield* store.read((db) => {
      for (const name of store.media.names(shard)) if (mediaType(db, name) === undefined) store.media.drop(name)
    })
    yield* Effect.sleep("5 millis")
  }
})
