/** Media: which files of the media folder the index names, and which of them may not be removed. */
import type { Database } from "./database.ts"
import { countAddedMedia } from "./folder-generation.ts"

/** Names a file of the media folder. */
export const rememberMedia = (db: Database, hash: string, type: string, size: number): void => {
  const added = db.run("INSERT INTO media (hash, type, size) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", hash, type, size)
  if (added.changes === 0) return
  db.run("DELETE FROM dropped_media WHERE hash = ?", hash)
  countAddedMedia(db)
}

/** Forgets a medium that no input names, so that its file can be removed; false if an input names it. */
export const forgetMedia = (db: Database, hash: string): boolean => {
  const { changes } = db.run(
    "DELETE FROM media WHERE hash = ? AND NOT EXISTS (SELECT 1 FROM inputs WHERE inputs.hash = media.hash)",
    hash
  )
  if (changes === 0) return false
  db.run("DELETE FROM kept_media WHERE hash = ?", hash)
  db.run("INSERT INTO dropped_media (hash) VALUES (?) ON CONFLICT DO NOTHING", hash)
  return true
}

/** The content type of a medium that an input names. */
export const mediaType = (db: Database, hash: string): string | undefined =>
  db.get<{ readonly type: string }>("SELECT type FROM media WHERE hash = ?", hash)?.type

/** True if the index or an input names a medium. They only differ in a damaged index, whose inputs keep their media. */
export const isNamedMedia = (db: Database, hash: string): boolean =>
  db.get("SELECT 1 AS found FROM media WHERE hash = ?1 UNION ALL SELECT 1 FROM inputs WHERE hash = ?1", hash) !==
  undefined

/** True if SQLite finds no damage in what names media: a page may be lost or older than the others. */
export const isSound = (db: Database): boolean =>
  ["media", "inputs"].every((table) =>
    db
      .all<{ readonly integrity_check: string }>(`PRAGMA integrity_check(${table})`)
      .every(({ integrity_check: found }) => found === "ok")
  )

/** True if no media are named at all. */
export const namesNoMedia = (db: Database): boolean => db.get("SELECT 1 AS found FROM media LIMIT 1") === undefined

/** Keeps a file that the index does not name: it may be of an input that a newer index knew. */
export const keepMedia = (db: Database, hash: string): void => {
  db.run("INSERT INTO kept_media (hash) VALUES (?) ON CONFLICT DO NOTHING", hash)
}

export const isKeptMedia = (db: Database, hash: string): boolean =>
  db.get("SELECT 1 AS found FROM kept_media WHERE hash = ?", hash) !== undefined

export const countKeptMedia = (db: Database): number =>
  db.get<{ readonly n: number }>("SELECT count(*) AS n FROM kept_media")?.n ?? 0

/** Media whose last input was deleted, and whose files may remain from before a kill. */
export const droppedMedia = (db: Database): ReadonlyArray<string> =>
  db.all<{ readonly hash: string }>("SELECT hash FROM dropped_media").map(({ hash }) => hash)

export const forgetDroppedMedia = (db: Database): void => {
  db.run("DELETE FROM dropped_media")
}
