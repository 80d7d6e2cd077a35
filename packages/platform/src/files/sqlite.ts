/**
 * Node's SQLite, loaded when it is first used: where an old Node has none, a static import would fail before core can say
 * which Node is needed.
 */
import { accessSync, closeSync, constants, openSync } from "node:fs"
import type { DatabaseSync, DatabaseSyncOptions } from "node:sqlite"

/**
 * Creates the file of a database if needed, readable by its user only: SQLite would create it by the umask. A file that is
 * there is not opened, since closing it would release all locks of this process on it, those of other connections too
 * (POSIX). Throws what the file system throws, also for a file that cannot be written.
 */
export const createPrivateFile = (file: string): void => {
  try {
    closeSync(openSync(file, "ax", 0o600))
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) throw cause
    accessSync(file, constants.W_OK)
  }
}

/** Opens a database by path or by `file:` URL. Throws what SQLite throws. */
export const openSqliteFile = (file: string | URL, options: DatabaseSyncOptions): DatabaseSync => {
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite")
  return new DatabaseSync(file, options)
}
