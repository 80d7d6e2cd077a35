/**
 * Folder `files`: files of this machine. This file: a file lock that the operating system releases when the process ends,
 * however it ends, so that no lock is ever stale: an exclusive SQLite transaction that is never committed, on a database that
 * holds nothing.
 */
import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { createPrivateFile, openSqliteFile } from "./sqlite.ts"

/** The process that holds a lock, as far as it is known. */
export interface LockOwner {
  readonly pid?: number
  /** When it took the lock, ISO 8601. */
  readonly since?: string
}

/** The lock is held by another process, or elsewhere in this one. */
export class FileLocked extends Error {
  readonly file: string
  readonly owner: LockOwner
  constructor(file: string, owner: LockOwner) {
    super(`${file} is locked${owner.pid === undefined ? "" : ` by process ${owner.pid}`}`)
    this.name = "FileLocked"
    this.file = file
    this.owner = owner
  }
}

/** A held lock. */
export interface FileLock {
  readonly release: () => void
}

/** Where the owner is recorded, for error messages only. */
export interface FileLockOptions {
  /** @default the lock file's path with `.json` appended */
  readonly ownerFile?: string
}

/** SQLITE_BUSY is 5 and SQLITE_LOCKED is 6; extended codes keep them in the low byte. */
const isBusy = (cause: unknown): boolean =>
  cause instanceof Error &&
  "errcode" in cause &&
  typeof cause.errcode === "number" &&
  [5, 6].includes(cause.errcode & 255)

const readOwner = (file: string): LockOwner => {
  try {
    const owner: unknown = JSON.parse(readFileSync(file, "utf8"))
    if (typeof owner !== "object" || owner === null) return {}
    return {
      ...("pid" in owner && typeof owner.pid === "number" ? { pid: owner.pid } : {}),
      ...("since" in owner && typeof owner.since === "string" ? { since: owner.since } : {})
    }
  } catch {
    return {}
  }
}

/** Creates the file if needed; it is readable by its user only. */
const createPrivate = (file: string): void => {
  createPrivateFile(file)
  try {
    chmodSync(file, 0o600) // one that an older version created
  } catch {
    // another user's file, or a file system without modes
  }
}

/** Locks that are held: a database that nothing refers to would be closed by the garbage collector, and its lock released. */
const held = new Set<object>()

/**
 * Takes the lock of a file, without waiting. The files stay when it is released: deleting one would let two hold it.
 *
 * @throws {FileLocked} when it is held; otherwise what the file system throws.
 */
export const lockFile = (file: string, { ownerFile = `${file}.json` }: FileLockOptions = {}): FileLock => {
  createPrivate(file)
  const database = openSqliteFile(file, { timeout: 0 })
  try {
    database.exec("BEGIN EXCLUSIVE")
    createPrivate(ownerFile)
    writeFileSync(ownerFile, JSON.stringify({ pid: process.pid, since: new Date().toISOString() }))
  } catch (cause) {
    database.close()
    throw isBusy(cause) ? new FileLocked(file, readOwner(ownerFile)) : cause
  }
  held.add(database)
  return {
    release: () => {
      if (held.delete(database)) database.close()
    }
  }
}
