/** A ledger's database in SQLite: one file for several processes of one machine, or a temporary one. */
import type { DatabaseSync, StatementSync } from "node:sqlite"
import { createPrivateFile, openSqliteFile } from "@sightline/platform/sqlite"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { LedgerUnavailable } from "../errors.ts"
import type { Query, SqlDatabase, SqlRow } from "./database.ts"
import { sqliteDialect } from "./dialect.ts"

/** How a SQLite ledger is opened. */
export interface SqliteOptions {
  /** The file; undefined for a temporary database, which SQLite keeps on disk when it grows and deletes at the end. */
  readonly file: string | undefined
  /**
   * What a settled input survives: the end of a process, or also a loss of power, which costs a flush to the disk for
   * each change.
   *
   * @default "process"
   */
  readonly survives?: "process" | "power"
}

/** How long a change waits for one of another process, in milliseconds. */
const busyMs = 30_000

/** Bytes of a page: of outcomes of 1 to 2 kB, pages of 4 kB leave a quarter empty. */
const pageBytes = 8192

/**
 * The log is moved into the database when it has so many bytes: each time costs a flush, and writes pages of the
 * indexes again that change with every unit.
 */
const walBytes = 64 * 2 ** 20

/** An open SQLite database. */
export interface OpenSqlite extends SqlDatabase {
  readonly close: () => void
}

/** A statement, and the index of the value that each of its parameters takes. */
interface Prepared {
  readonly statement: StatementSync
  readonly order: ReadonlyArray<number>
}

/** Numbered parameters as plain ones: `node:sqlite` of Node 22 takes no values by position for numbered ones. */
const inOrder = (sql: string): { readonly text: string; readonly order: ReadonlyArray<number> } => {
  const order: Array<number> = []
  const text = sql.replaceAll(/\$(\d+)/g, (_, number: string) => {
    order.push(Number(number) - 1)
    return "?"
  })
  return { text, order }
}

/** Opens the database. Throws `LedgerUnavailable`. */
export const openSqlite = ({ file, survives = "process" }: SqliteOptions): OpenSqlite => {
  const name = file ?? "in this process"
  const unavailable = (cause: unknown) =>
    new LedgerUnavailable({ ledger: name, problem: cause instanceof Error ? cause.message : String(cause), cause })
  let sqlite: DatabaseSync
  try {
    if (file !== undefined) createPrivateFile(file)
    sqlite = openSqliteFile(file ?? "", { timeout: busyMs })
    sqlite.exec(`PRAGMA page_size = ${pageBytes}`)
    // a temporary database ends with the process: nothing would read a journal on disk
    if (file === undefined) sqlite.exec("PRAGMA journal_mode = MEMORY")
    else sqlite.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = ${walBytes / pageBytes}`)
    sqlite.exec(`PRAGMA synchronous = ${file === undefined ? "OFF" : survives === "power" ? "FULL" : "NORMAL"}`)
  } catch (cause) {
    throw unavailable(cause)
  }
  const statements = new Map<string, Prepared>()
  const prepare = (sql: string): Prepared => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const { order, text } = inOrder(sql)
    const prepared = { statement: sqlite.prepare(text), order }
    statements.set(sql, prepared)
    return prepared
  }
  const query: Query = (sql, values = []) =>
    Effect.try({
      // the columns are those of the query, and hold text and numbers alone
      try: () => {
        const { order, statement } = prepare(sql)
        return statement.all(...order.map((i) => values[i] ?? null)) as ReadonlyArray<SqlRow>
      },
      catch: unavailable
    })
  const exec = (sql: string) => Effect.try({ try: () => sqlite.exec(sql), catch: unavailable })
  // one connection has one transaction at a time: fibers of this process take turns
  const turn = Semaphore.makeUnsafe(1)
  return {
    name,
    dialect: sqliteDialect,
    query: (sql, values) => turn.withPermits(1)(query(sql, values)),
    transaction: (body) =>
      turn.withPermits(1)(
        Effect.uninterruptible(
          Effect.andThen(
            exec("BEGIN IMMEDIATE"),
            Effect.matchCauseEffect(
              Effect.suspend(() => body(query)),
              {
                onFailure: (cause) =>
                  Effect.andThen(
                    Effect.sync(() => {
                      if (sqlite.isTransaction) sqlite.exec("ROLLBACK")
                    }),
                    Effect.failCause(cause)
                  ),
                onSuccess: (value) => Effect.as(exec("COMMIT"), value)
              }
            )
          )
        )
      ),
    close: () => {
      statements.clear()
      sqlite.close()
    }
  }
}
