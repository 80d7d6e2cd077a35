/** Removes files that a kill left: media that were stored for inputs which were never acknowledged, or deleted. */
import * as Effect from "effect/Effect"
import type { WireError } from "../protocol/wire-error.ts"
import type { Database } from "../store/database.ts"
import type { MediaFiles } from "../store/media-files.ts"
import {
  countKeptMedia,
  droppedMedia,
  forgetDroppedMedia,
  isKeptMedia,
  isNamedMedia,
  isSound,
  keepMedia,
  namesNoMedia
} from "../store/media-table.ts"
import { Store } from "../store/store.ts"

/** A kill leaves at most what a few calls were adding. More files without an input mean that the index is wrong. */
const maxGarbage = 1000

/** A kill's files are about as old as the index's last change. Newer ones mean that the index was restored. */
const maxNewerMs = 600_000

/** Files looked at in one transaction. */
const batchSize = 200

/**
 * Sweeps the media folder, a sub-folder at a time. With an index that may not know all media, or that looks wrong, nothing
 * is removed: files without an input are kept for good, and a warning names their number.
 */
export const sweepMedia: Effect.Effect<void, WireError, Store> = Effect.gen(function* () {
  const store = yield* Store
  const { media } = store
  if (store.isCurrent) {
    yield* store.write((db) => {
      for (const hash of droppedMedia(db)) if (!isNamedMedia(db, hash)) media.drop(hash)
      forgetDroppedMedia(db)
    })
  } else yield* store.write(forgetDroppedMedia)
  const unnamed: Array<string> = []
  for (const shard of media.shards()) {
    if (store.isCurrent) media.dropUnfinished(shard)
    yield* store.read((db) => {
      for (const hash of media.names(shard)) if (isUnnamed(db, media, hash)) unnamed.push(hash)
    })
    yield* Effect.sleep("5 millis")
  }
  const isGarbage = yield* store.read((db) => garbageTest(db, store, unnamed.length))
  for (let at = 0; at < unnamed.length; at += batchSize) {
    // Within one synchronous step, so that the same bytes cannot be added between the check and the removal.
    yield* store.write((db) => {
      for (const hash of unnamed.slice(at, at + batchSize)) {
        if (!isUnnamed(db, media, hash)) continue
        if (isGarbage(hash)) media.drop(hash)
        else keepMedia(db, hash)
      }
    })
    yield* Effect.yieldNow
  }
  if (!store.isCurrent) yield* store.settleGeneration
  const kept = yield* store.read(countKeptMedia)
  if (kept > 0)
    yield* Effect.logWarning(
      `${kept} media files of the engine's folder have no input: its index (engine.sqlite) may be older than the media. They are kept; restore a newer index, or open the folder with rebuild: true to add them as inputs`
    )
})

const isUnnamed = (db: Database, media: MediaFiles, hash: string): boolean =>
  !isNamedMedia(db, hash) && !isKeptMedia(db, hash) && !media.isHeld(hash)

/** Which files without an input are what a kill left. None is, if the index is not trusted, damaged or names no media at all. */
const garbageTest = (db: Database, store: Store["Service"], unnamed: number): ((hash: string) => boolean) => {
  if (!store.isCurrent || unnamed === 0 || unnamed > maxGarbage || namesNoMedia(db) || !isSound(db)) return () => false
  return (hash) => !(store.media.changedMs(hash) > store.lastChangeMs + maxNewerMs)
}
