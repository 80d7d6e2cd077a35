/**
 * Whether an index and a media folder belong together. A file beside the media and a row in the index name the same
 * generation, which is new each time that the folder is opened, and count the media that were added. An index that was
 * restored from an older backup, or is another folder's, differs: files that it does not name are then no garbage.
 */
import { randomUUID } from "node:crypto"
import { readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Database } from "./database.ts"

/** A generation and how many media were added in it. `changedAt` is the time of the newest one, ISO 8601. */
export interface Generation {
  readonly id: string
  readonly revision: number
  readonly changedAt: string
}

/** Counts a medium that is added to the index, as part of the same transaction. */
export const countAddedMedia = (db: Database): void => {
  db.run("UPDATE folder SET revision = revision + 1, changed_at = ?", new Date().toISOString())
}

/** When the index last named a new medium, ISO 8601; empty if it never did. */
export const lastChange = (db: Database): string =>
  db.get<{ readonly changed_at: string }>("SELECT changed_at FROM folder")?.changed_at ?? ""

/** The generation that the index names; undefined if it names none. */
export const generationOfIndex = (db: Database): Generation | undefined => {
  const row = db.get<Generation>("SELECT generation AS id, revision, changed_at AS changedAt FROM folder")
  return row === undefined || row.id === "" ? undefined : row
}

const fileOf = (directory: string): string => join(directory, "generation")

/** The generation of the media; undefined if there is none that can be read. */
export const generationOfMedia = (directory: string): Pick<Generation, "id" | "revision"> | undefined => {
  try {
    const [, id, revision] = /^([0-9a-f-]{36}) (\d+)\n$/.exec(readFileSync(fileOf(directory), "latin1")) ?? []
    return id === undefined ? undefined : { id, revision: Number(revision) }
  } catch {
    return undefined
  }
}

/** True if the index knows all media that were added to the folder. An index may be ahead of the file, after a kill. */
export const isCurrent = (
  index: Generation | undefined,
  media: Pick<Generation, "id" | "revision"> | undefined
): boolean => index !== undefined && media !== undefined && index.id === media.id && index.revision >= media.revision

/** Writes the index's generation beside the media. Not flushed: a lost write leaves the index ahead. */
export const writeGeneration = (directory: string, { id, revision }: Generation): void => {
  const file = fileOf(directory)
  writeFileSync(`${file}.new`, `${id} ${revision}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** Starts a new generation: this index and these media belong together from now on. */
export const startGeneration = (db: Database, directory: string): Generation => {
  const next: Generation = { id: randomUUID(), revision: 0, changedAt: lastChange(db) }
  db.run("UPDATE folder SET generation = ?, revision = 0", next.id)
  writeGeneration(directory, next)
  return next
}

/** Ends the index's generation, until the media that it does not name have been looked at. */
export const endGeneration = (db: Database): void => {
  db.run("UPDATE folder SET generation = ''")
}
