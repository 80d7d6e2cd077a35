/**
 * Node's SQLite, loaded when it is first used: where an old Node has none, a static import would fail before core can say
 * which Node is needed.
 */
import type { DatabaseSync, DatabaseSyncOptions } from "node:sqlite"

/** Opens a database by path or by `file:` URL. Throws what SQLite throws. */
export const openSqliteFile = (file: string | URL, options: DatabaseSyncOptions): DatabaseSync => {
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite")
  return new DatabaseSync(file, options)
}
