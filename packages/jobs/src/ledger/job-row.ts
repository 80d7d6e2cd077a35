/** A job's row, decoded. */
import type { SqlRow } from "./database.ts"
import type { JobRecord, JobSettings, JobState } from "./ledger.ts"

/** The columns that {@link jobOf} reads. */
export const jobColumns =
  "id, form, source, settings, state, listed, list_cursor, inputs, units, open_units, settled, succeeded, maybe_paid, poison, calls, usd, created_ms, started_ms, worked_ms, changed_ms"

/** The job of a row, which this package has written. */
export const jobOf = (row: SqlRow): JobRecord => {
  const count = (column: string) => Number(row[column] ?? 0)
  const startedMs = row["started_ms"]
  const cursor = row["list_cursor"]
  return {
    id: String(row["id"]),
    form: String(row["form"]),
    source: String(row["source"]),
    settings: JSON.parse(String(row["settings"])) as JobSettings,
    state: row["state"] as JobState,
    listed: count("listed") === 1,
    cursor: cursor === null || cursor === undefined ? undefined : String(cursor),
    inputs: count("inputs"),
    units: count("units"),
    openUnits: count("open_units"),
    settled: count("settled"),
    succeeded: count("succeeded"),
    maybePaid: count("maybe_paid"),
    poison: count("poison"),
    calls: count("calls"),
    usd: count("usd"),
    createdMs: count("created_ms"),
    startedMs: startedMs === null || startedMs === undefined ? undefined : Number(startedMs),
    workedMs: count("worked_ms"),
    changedMs: count("changed_ms")
  }
}
