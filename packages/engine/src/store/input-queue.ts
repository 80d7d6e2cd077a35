/** Inputs that wait to be processed. The queue is a state of the rows, so it cannot disagree with what callers see. */
import { StatusCode } from "@sightline/core/status"
import type { Database } from "./database.ts"
import { inputColumns } from "./input-columns.ts"
import type { InputRow } from "./input-table.ts"

/** After a restart: inputs that were being processed wait again. */
export const requeueInputs = (db: Database): void => {
  db.run(`UPDATE inputs SET status = ${StatusCode.INPUT_PENDING} WHERE status = ${StatusCode.INPUT_IN_PROGRESS}`)
}

/** When the engine is closed regularly: inputs that are being processed wait again, and the attempt does not count. */
export const handBackInputs = (db: Database): void => {
  db.run(
    `UPDATE inputs SET status = ${StatusCode.INPUT_PENDING}, attempts = attempts - 1 WHERE status = ${StatusCode.INPUT_IN_PROGRESS}`
  )
}

/** True if the input that has waited longest was being processed when a process ended. */
export const suspectWaits = (db: Database): boolean =>
  (db.get<{ readonly attempts: number }>(
    `SELECT attempts FROM inputs WHERE status = ${StatusCode.INPUT_PENDING} ORDER BY seq LIMIT 1`
  )?.attempts ?? 0) > 0

/**
 * Claims the inputs that have waited longest. One that was being processed when a process ended is claimed alone: if it
 * ends this process too, the attempt counts for it and not for others.
 */
export const claimInputs = (db: Database, limit: number): ReadonlyArray<InputRow> => {
  const waiting = db.all<InputRow>(
    `SELECT ${inputColumns} FROM inputs WHERE status = ${StatusCode.INPUT_PENDING} ORDER BY seq LIMIT ?`,
    limit
  )
  const suspect = waiting.findIndex(({ attempts }) => attempts > 0)
  const rows = suspect === -1 ? waiting : waiting.slice(0, Math.max(1, suspect))
  for (const { seq } of rows)
    db.run(`UPDATE inputs SET status = ${StatusCode.INPUT_IN_PROGRESS}, attempts = attempts + 1 WHERE seq = ?`, seq)
  return rows
}

/** Ends the processing of an input. False if it was deleted in the meantime. */
export const settleInput = (
  db: Database,
  seq: number,
  outcome: { readonly status: number; readonly details: string; readonly info?: string; readonly hash?: string },
  now: string
): boolean =>
  db.run(
    `UPDATE inputs SET status = ?, details = ?, info = coalesce(?, info), hash = coalesce(?, hash), modified_at = ?
     WHERE seq = ?`,
    outcome.status,
    outcome.details,
    outcome.info ?? null,
    outcome.hash ?? null,
    now,
    seq
  ).changes > 0

/** True while an input up to this number is not processed. */
export const hasWaitingInputs = (db: Database, app: string, upTo: number): boolean =>
  db.get(
    `SELECT 1 AS there FROM inputs WHERE app = ? AND status IN (${StatusCode.INPUT_PENDING}, ${StatusCode.INPUT_IN_PROGRESS}) AND seq <= ? LIMIT 1`,
    app,
    upTo
  ) !== undefined

/** The number of the newest input; 0 if there is none. */
export const lastInput = (db: Database, app: string): number =>
  db.get<{ readonly seq: number | null }>("SELECT max(seq) AS seq FROM inputs WHERE app = ?", app)?.seq ?? 0
