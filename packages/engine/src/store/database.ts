/** A SQLite connection: cached statements, one transaction per change. */
/* oxlint-disable typescript/no-unnecessary-type-parameters -- `Row` is the caller's type of the rows */
import type { SQLInputValue, StatementSync } from "node:sqlite"
import { openSqliteFile } from "@sightline/platform/sqlite"
import { matchesWildcard } from "./wildcard.ts"

/** Values that SQLite takes. */
export type Value = SQLInputValue

/** Synchronous access to the tables. Only code inside `Store.read` and `Store.write` uses it. */
export interface Database {
  /** All rows. `Row` must name the columns of the query; tables are STRICT, so their types are right. */
  readonly all: <Row>(sql: string, ...values: ReadonlyArray<Value>) => ReadonlyArray<Row>
  /** The first row. */
  readonly get: <Row>(sql: string, ...values: ReadonlyArray<Value>) => Row | undefined
  /** Runs a change; returns the number of changed rows and the id of the last inserted row. */
  readonly run: (sql: string, ...values: ReadonlyArray<Value>) => { readonly changes: number; readonly lastRow: number }
  /** Runs several statements without values. */
  readonly script: (sql: string) => void
  /** Runs changes as one transaction. */
  readonly transaction: <A>(body: () => A) => A
  readonly close: () => void
}

/** Opens a database by path or by `file:` URL. Throws what SQLite throws. */
export const openDatabase = (file: string | URL, options: { readonly readOnly: boolean }): Database => {
  const sqlite = openSqliteFile(file, {
    readOnly: options.readOnly,
    enableForeignKeyConstraints: true,
    timeout: 5000
  })
  sqlite.function("matches_wildcard", { deterministic: true }, (pattern, name) =>
    Number(matchesWildcard(String(pattern), String(name)))
  )
  const statements = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const statement = sqlite.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
  let inside = false
  const self: Database = {
    // The cast: the columns are those of the query, and the tables are STRICT.
    all: <Row>(sql: string, ...values: ReadonlyArray<Value>) =>
      prepare(sql).all(...values) as ReadonlyArray<unknown> as ReadonlyArray<Row>,
    get: <Row>(sql: string, ...values: ReadonlyArray<Value>) =>
      prepare(sql).get(...values) as unknown as Row | undefined,
    run: (sql, ...values) => {
      const { changes, lastInsertRowid } = prepare(sql).run(...values)
      return { changes: Number(changes), lastRow: Number(lastInsertRowid) }
    },
    script: (sql) => sqlite.exec(sql),
    transaction: (body) => {
      if (inside) return body()
      sqlite.exec("BEGIN IMMEDIATE")
      inside = true
      try {
        const result = body()
        sqlite.exec("COMMIT")
        return result
      } catch (error) {
        if (sqlite.isTransaction) sqlite.exec("ROLLBACK")
        throw error
      } finally {
        inside = false
      }
    },
    close: () => sqlite.close()
  }
  return self
}
