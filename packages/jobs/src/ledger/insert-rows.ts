/** Inserts many rows by few statements. */
import * as Effect from "effect/Effect"
import type { LedgerUnavailable } from "../errors.ts"
import type { Query, SqlValue } from "./database.ts"

/** A table, and its columns in the order of a row's values. */
export interface RowTarget {
  readonly table: string
  readonly columns: ReadonlyArray<string>
}

const statements = new Map<string, string>()

/** The statement for a number of rows. */
const insertOf = ({ columns, table }: RowTarget, rows: number): string => {
  const key = `${table} ${rows}`
  const known = statements.get(key)
  if (known !== undefined) return known
  const places = Array.from(
    { length: rows },
    (_, row) => `(${columns.map((_, column) => `$${row * columns.length + column + 1}`).join(", ")})`
  )
  const sql = `INSERT INTO ${table} (${columns.join(", ")}) VALUES ${places.join(", ")}`
  statements.set(key, sql)
  return sql
}

/** Inserts rows, at most `atOnce` by one statement. A key that is there already fails them. */
export const insertRows = (
  run: Query,
  target: RowTarget,
  rows: ReadonlyArray<ReadonlyArray<SqlValue>>,
  atOnce: number
): Effect.Effect<void, LedgerUnavailable> =>
  Effect.gen(function* () {
    for (let at = 0; at < rows.length; at += atOnce) {
      const part = rows.slice(at, at + atOnce)
      yield* run(insertOf(target, part.length), part.flat())
    }
  })
