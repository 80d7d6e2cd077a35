/** Where the SQL of ledgers differs between databases. */

/** A database's own words. */
export interface SqlDialect {
  /** Behind a `SELECT`: takes a row that no other transaction is taking. */
  readonly skipLocked: string
  /** Behind a `SELECT`: its rows are there until the transaction ends. */
  readonly keepRows: string
  /** Run before tables are created: others wait until the transaction ends. */
  readonly beforeSchema: ReadonlyArray<string>
  /** Rows of one `INSERT`. */
  readonly rowsAtOnce: number
}

/** SQLite: a transaction locks the whole database against other writers. */
export const sqliteDialect: SqlDialect = {
  skipLocked: "",
  keepRows: "",
  beforeSchema: [],
  rowsAtOnce: 16 // one statement for many rows costs a third of one for each; more than 16 gain nothing
}

/** Postgres, with its default isolation: what a transaction has read may change unless it is locked. */
export const postgresDialect: SqlDialect = {
  skipLocked: "FOR UPDATE SKIP LOCKED",
  keepRows: "FOR KEY SHARE",
  // two sessions that create one table at once break a key of the catalog
  beforeSchema: ["SELECT pg_advisory_xact_lock(7302467108)"],
  rowsAtOnce: 128 // each statement is a round trip
}
