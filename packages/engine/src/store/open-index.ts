/** Opens an engine folder's index, `engine.sqlite`, for writing or for reading only. */
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { createPrivateFile } from "@sightline/platform/sqlite"
import { EngineFolderError } from "../errors.ts"
import { type Database, openDatabase } from "./database.ts"
import { hasMedia } from "./media-files.ts"
import { migrate, migrations, schemaVersion } from "./schema.ts"

const sizeOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0)

/** An index, and whether it was created just now. */
export interface OpenIndex {
  readonly db: Database
  readonly isNew: boolean
}

/**
 * Opens the index of a folder that this process owns; creates it, or brings it up to date. Throws `EngineFolderError` with
 * `index-lost` if the index is missing or empty although the folder holds media, unless `rebuild` is set.
 */
export const openIndex = (directory: string, rebuild: boolean): OpenIndex => {
  const file = join(directory, "engine.sqlite")
  // SQLite would delete the log of an index that is gone, so this is checked before it opens anything.
  if (sizeOf(file) === 0 && !rebuild && (hasMedia(directory) || sizeOf(`${file}-wal`) > 0))
    throw new EngineFolderError({ directory, reason: "index-lost" })
  createPrivateFile(file) // SQLite creates its other files like this one
  const db = openDatabase(file, { readOnly: false })
  try {
    // A file without tables is as good as none.
    const isNew = isBlank(directory, db)
    if (isNew && !rebuild && hasMedia(directory)) throw new EngineFolderError({ directory, reason: "index-lost" })
    db.script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    const version = schemaVersion(db)
    if (version > migrations.length) throw new EngineFolderError({ directory, reason: "newer" })
    if (version > 0 && version < migrations.length) restrict(file) // created by a version that left this to the umask
    migrate(db)
    return { db, isNew }
  } catch (error) {
    db.close()
    throw error
  }
}

/** True for a database without tables. Throws `EngineFolderError` with `foreign` for one that another program made. */
const isBlank = (directory: string, db: Database): boolean => {
  const tables = db.all<{ readonly name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
  const names = new Set(tables.map(({ name }) => name))
  const isOurs = schemaVersion(db) > 0 && ["inputs", "media", "versions"].every((name) => names.has(name))
  if (names.size > 0 && !isOurs) throw new EngineFolderError({ directory, reason: "foreign" })
  return names.size === 0
}

const restrict = (file: string): void => {
  for (const path of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(path)) chmodSync(path, 0o600)
}

/**
 * Opens the index for reading only, beside its owner or in a folder that cannot be written. SQLite needs to write a file
 * beside an index in WAL mode; where it cannot, the index is read as it is, or from a copy if part of it is in the log.
 */
export const openIndexReadOnly = (directory: string): Database => {
  const file = join(directory, "engine.sqlite")
  if (sizeOf(file) === 0) throw new EngineFolderError({ directory, reason: reasonOfNoIndex(directory) })
  try {
    return checked(directory, openDatabase(file, { readOnly: true }))
  } catch (error) {
    if (!isUnwritable(error)) throw error
    return sizeOf(`${file}-wal`) === 0 ? openUnchanging(directory, file) : openCopy(directory, file)
  }
}

const reasonOfNoIndex = (directory: string) => (hasMedia(directory) ? "index-lost" : "no-index")

/** Reads once, because SQLite opens files when they are first needed. */
const checked = (directory: string, db: Database): Database => {
  try {
    if (isBlank(directory, db)) throw new EngineFolderError({ directory, reason: reasonOfNoIndex(directory) })
    const version = schemaVersion(db)
    if (version > migrations.length) throw new EngineFolderError({ directory, reason: "newer" })
    if (version < migrations.length) throw new EngineFolderError({ directory, reason: "older" })
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** SQLITE_READONLY is 8, SQLITE_CANTOPEN is 14. */
const isUnwritable = (error: unknown): boolean =>
  error instanceof Error &&
  "errcode" in error &&
  typeof error.errcode === "number" &&
  [8, 14].includes(error.errcode & 255)

const openUnchanging = (directory: string, file: string): Database => {
  const url = pathToFileURL(file)
  url.searchParams.set("immutable", "1")
  return checked(directory, openDatabase(url, { readOnly: true }))
}

const openCopy = (directory: string, file: string): Database => {
  const folder = mkdtempSync(join(tmpdir(), "sightline-index-")) // 0700
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const copy = join(folder, "engine.sqlite")
    copyFileSync(file, copy)
    copyFileSync(`${file}-wal`, `${copy}-wal`)
    for (const path of [copy, `${copy}-wal`]) chmodSync(path, 0o600)
    const db = checked(directory, openDatabase(copy, { readOnly: false }))
    return {
      ...db,
      close: () => {
        db.close()
        remove()
      }
    }
  } catch (error) {
    remove()
    throw error
  }
}
