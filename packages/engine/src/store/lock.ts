/**
 * One process owns a folder. The lock is one that the operating system takes back when the process ends, however it
 * ends, so there is no stale lock to recover: an exclusive transaction, never committed, on a database of its own.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { EngineFolderLocked } from "../errors.ts"

/** Takes the folder; gives what releases it. Throws `EngineFolderLocked`, or what the file system throws. */
export const lockFolder = (directory: string): (() => void) => {
  const owner = join(directory, "owner.json")
  const lock = new DatabaseSync(join(directory, "lock.sqlite"), { timeout: 0 })
  try {
    lock.exec("BEGIN EXCLUSIVE")
  } catch (error) {
    lock.close()
    if (isBusy(error)) throw new EngineFolderLocked({ directory, pid: readOwner(owner) })
    throw error
  }
  writeFileSync(owner, JSON.stringify({ pid: process.pid }))
  return () => lock.close()
}

/** SQLITE_BUSY is 5, SQLITE_LOCKED is 6; extended codes keep them in the low byte. */
const isBusy = (error: unknown): boolean =>
  error instanceof Error &&
  "errcode" in error &&
  typeof error.errcode === "number" &&
  [5, 6].includes(error.errcode & 255)

/** Only for the error's text: who wrote its number last. */
const readOwner = (file: string): number => {
  try {
    const owner: unknown = JSON.parse(readFileSync(file, "utf8"))
    return typeof owner === "object" && owner !== null && "pid" in owner && typeof owner.pid === "number"
      ? owner.pid
      : 0
  } catch {
    return 0
  }
}
