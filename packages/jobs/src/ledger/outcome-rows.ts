/** The rows of outcomes: one for each settled input. */
import * as Effect from "effect/Effect"
import type { LedgerUnavailable } from "../errors.ts"
import type { Query, SqlValue } from "./database.ts"
import type { SettledAs, Settlement } from "./ledger.ts"

/** The ways in which an input settles, at the place of their number in the column `kind`. */
const kinds = [
  "succeeded",
  "failed",
  "MaybePaid",
  "PoisonInput",
  "BudgetSpent"
] as const satisfies ReadonlyArray<SettledAs>

/** The number of a way to settle. */
export const kindOf = (as: SettledAs): number => kinds.indexOf(as)

/** The way to settle of a number. */
export const settledAs = (kind: number): SettledAs => kinds[kind] ?? "failed"

/** Rows of one statement: one statement for many rows costs a third of one for each. */
const rowsAtOnce = 16

const insertOf = (rows: number): string => {
  const places = Array.from(
    { length: rows },
    (_, row) => `($1, ${[2, 3, 4, 5].map((i) => `$${row * 4 + i}`).join(", ")})`
  )
  return `INSERT INTO sightline_outcomes (job, idx, seq, kind, outcome) VALUES ${places.join(", ")}`
}
const inserts = Array.from({ length: rowsAtOnce + 1 }, (_, rows) => insertOf(rows))

/** Inserts outcomes with the numbers after `seq`. A second outcome of an input breaks the primary key. */
export const insertOutcomes = (
  run: Query,
  job: string,
  seq: number,
  rows: ReadonlyArray<Settlement>
): Effect.Effect<void, LedgerUnavailable> =>
  Effect.gen(function* () {
    for (let at = 0; at < rows.length; at += rowsAtOnce) {
      const part = rows.slice(at, at + rowsAtOnce)
      const values = part.flatMap(({ as, index, outcome }, i): ReadonlyArray<SqlValue> => [
        index,
        seq + at + i + 1,
        kindOf(as),
        outcome
      ])
      yield* run(inserts[part.length] ?? insertOf(part.length), [job, ...values])
    }
  })
