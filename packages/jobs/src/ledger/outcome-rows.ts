/** The rows of outcomes: one for each settled input. */
import type * as Effect from "effect/Effect"
import type { LedgerUnavailable } from "../errors.ts"
import type { Query } from "./database.ts"
import { insertRows } from "./insert-rows.ts"
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

const target = { table: "sightline_outcomes", columns: ["job", "idx", "seq", "kind", "outcome"] }

/** Inserts outcomes with the numbers after `seq`. A second outcome of an input breaks the primary key. */
export const insertOutcomes = (
  run: Query,
  job: string,
  seq: number,
  rows: ReadonlyArray<Settlement>,
  atOnce: number
): Effect.Effect<void, LedgerUnavailable> =>
  insertRows(
    run,
    target,
    rows.map(({ as, index, outcome }, i) => [job, index, seq + i + 1, kindOf(as), outcome]),
    atOnce
  )
