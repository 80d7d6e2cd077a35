/** What a ledger needs of a SQL database. */
import type * as Effect from "effect/Effect"
import type { LedgerUnavailable } from "../errors.ts"
import type { SqlDialect } from "./dialect.ts"

/** A value of a row. */
export type SqlValue = string | number | null

/** A row by its columns. */
export type SqlRow = Readonly<Record<string, SqlValue>>

/** Runs one statement, whose parameters are `$1`, `$2` …, and returns its rows. */
export type Query = (
  sql: string,
  values?: ReadonlyArray<SqlValue>
) => Effect.Effect<ReadonlyArray<SqlRow>, LedgerUnavailable>

/** A SQL database. */
export interface SqlDatabase {
  readonly name: string
  readonly dialect: SqlDialect
  /** Runs a transaction: all of it or, where it fails, nothing. */
  readonly transaction: <A, E>(body: (query: Query) => Effect.Effect<A, E>) => Effect.Effect<A, E | LedgerUnavailable>
  /** Runs one statement outside of a transaction. */
  readonly query: Query
}
