/** Versions of custom models: the plan, state and result of each training. */
import { StatusCode } from "@sightline/core/status"
import type { Database } from "./database.ts"
import type { Page } from "./input-table.ts"

/** A row of `versions` without the weights. `plan` and `metrics` are JSON, `concepts` a JSON list of ids. */
export interface VersionRow {
  readonly seq: number
  readonly model: number
  readonly id: string
  readonly status: number
  readonly details: string
  readonly percent: number
  readonly attempts: number
  readonly plan: string
  readonly concepts: string
  readonly input_count: number
  readonly embedder: string | null
  readonly description: string
  readonly metrics_status: number
  readonly metrics_details: string
  readonly metrics: string | null
  readonly created_at: string
  readonly modified_at: string
  readonly completed_at: string | null
}

const columns = `seq, model, id, status, details, percent, attempts, plan, concepts, input_count, embedder, description,
  metrics_status, metrics_details, metrics, created_at, modified_at, completed_at`

export const insertVersion = (
  db: Database,
  row: Pick<VersionRow, "model" | "id" | "status" | "plan" | "concepts" | "description" | "created_at">
): number =>
  db.run(
    `INSERT INTO versions (model, id, status, plan, concepts, description, created_at, modified_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    row.model,
    row.id,
    row.status,
    row.plan,
    row.concepts,
    row.description,
    row.created_at,
    row.created_at
  ).lastRow

export const findVersion = (db: Database, model: number, id: string): VersionRow | undefined =>
  db.get<VersionRow>(`SELECT ${columns} FROM versions WHERE model = ? AND id = ?`, model, id)

export const versionBySeq = (db: Database, seq: number): VersionRow | undefined =>
  db.get<VersionRow>(`SELECT ${columns} FROM versions WHERE seq = ?`, seq)

/** The newest version; with `trained`, the newest that can predict. */
export const latestVersion = (db: Database, model: number, trained = false): VersionRow | undefined =>
  db.get<VersionRow>(
    `SELECT ${columns} FROM versions WHERE model = ? ${trained ? `AND status = ${StatusCode.MODEL_TRAINED}` : ""} ORDER BY seq DESC LIMIT 1`,
    model
  )

/** Newest first. */
export const listVersions = (db: Database, model: number, page: Page, trained = false): ReadonlyArray<VersionRow> =>
  db.all<VersionRow>(
    `SELECT ${columns} FROM versions WHERE model = ? ${trained ? `AND status = ${StatusCode.MODEL_TRAINED}` : ""}
     ORDER BY seq DESC LIMIT ? OFFSET ?`,
    model,
    page.limit,
    page.offset
  )

export const deleteVersion = (db: Database, model: number, id: string): boolean =>
  db.run("DELETE FROM versions WHERE model = ? AND id = ?", model, id).changes > 0

export const describeVersion = (db: Database, seq: number, description: string, now: string): void => {
  db.run("UPDATE versions SET description = ?, modified_at = ? WHERE seq = ?", description, now, seq)
}

export const headOf = (db: Database, seq: number): Uint8Array | undefined =>
  db.get<{ readonly head: Uint8Array | null }>("SELECT head FROM versions WHERE seq = ?", seq)?.head ?? undefined

/** The weights of a version by its id. */
export const headOfVersion = (db: Database, model: number, id: string): Uint8Array | undefined =>
  db.get<{ readonly head: Uint8Array | null }>("SELECT head FROM versions WHERE model = ? AND id = ?", model, id)
    ?.head ?? undefined

export const versionInputs = (db: Database, version: number, page: Page): ReadonlyArray<number> =>
  db
    .all<{ readonly input: number }>(
      "SELECT input FROM version_inputs WHERE version = ? ORDER BY input DESC LIMIT ? OFFSET ?",
      version,
      page.limit,
      page.offset
    )
    .map(({ input }) => input)

// -------------------------------------------------------------------------------------------------- training

/** After a restart: unfinished trainings and evaluations are queued again. */
export const requeueVersions = (db: Database): void => {
  db.run(
    `UPDATE versions SET status = ${StatusCode.MODEL_QUEUED_FOR_TRAINING}, percent = 0 WHERE status = ${StatusCode.MODEL_TRAINING}`
  )
  db.run(
    `UPDATE versions SET metrics_status = ${StatusCode.MODEL_QUEUED_FOR_EVALUATION} WHERE metrics_status = ${StatusCode.MODEL_EVALUATING}`
  )
}

/** When the engine is closed regularly: unfinished trainings are queued again, and the attempt does not count. */
export const handBackVersions = (db: Database): void => {
  db.run(
    `UPDATE versions SET status = ${StatusCode.MODEL_QUEUED_FOR_TRAINING}, percent = 0, attempts = attempts - 1 WHERE status = ${StatusCode.MODEL_TRAINING}`
  )
  db.run(
    `UPDATE versions SET metrics_status = ${StatusCode.MODEL_QUEUED_FOR_EVALUATION} WHERE metrics_status = ${StatusCode.MODEL_EVALUATING}`
  )
}

/** The versions that have waited longest. */
export const queuedVersions = (db: Database): ReadonlyArray<VersionRow> =>
  db.all<VersionRow>(
    `SELECT ${columns} FROM versions WHERE status = ${StatusCode.MODEL_QUEUED_FOR_TRAINING} ORDER BY seq LIMIT 100`
  )

/** The evaluation that has waited longest, of a version that is trained. */
export const nextEvaluation = (db: Database): VersionRow | undefined =>
  db.get<VersionRow>(
    `SELECT ${columns} FROM versions WHERE metrics_status = ${StatusCode.MODEL_QUEUED_FOR_EVALUATION} ORDER BY seq LIMIT 1`
  )

export const startTraining = (db: Database, seq: number, now: string): void => {
  db.run(
    `UPDATE versions SET status = ${StatusCode.MODEL_TRAINING}, attempts = attempts + 1, modified_at = ? WHERE seq = ?`,
    now,
    seq
  )
}

export const reportProgress = (db: Database, seq: number, percent: number): void => {
  db.run(`UPDATE versions SET percent = ? WHERE seq = ? AND status = ${StatusCode.MODEL_TRAINING}`, percent, seq)
}

export const failTraining = (db: Database, seq: number, code: number, details: string, now: string): void => {
  db.run(
    "UPDATE versions SET status = ?, details = ?, modified_at = ?, completed_at = ? WHERE seq = ?",
    code,
    details,
    now,
    now,
    seq
  )
}

/** Writes weights, counts and the state "trained" in one change. `details` may say what would make a better version. */
export const finishTraining = (
  db: Database,
  seq: number,
  result: {
    readonly head: Uint8Array
    readonly embedder: string
    readonly concepts: ReadonlyArray<string>
    readonly inputs: ReadonlyArray<number>
    readonly details: string
  },
  now: string
): void => {
  const { changes } = db.run(
    `UPDATE versions SET status = ${StatusCode.MODEL_TRAINED}, details = ?, percent = 100, head = ?, embedder = ?, concepts = ?, input_count = ?,
       modified_at = ?, completed_at = ? WHERE seq = ?`,
    result.details,
    result.head,
    result.embedder,
    JSON.stringify(result.concepts),
    result.inputs.length,
    now,
    now,
    seq
  )
  if (changes === 0) return // deleted while it trained
  for (const input of result.inputs)
    db.run(
      "INSERT INTO version_inputs (version, input) SELECT ?, seq FROM inputs WHERE seq = ? ON CONFLICT DO NOTHING",
      seq,
      input
    )
}

export const setMetrics = (
  db: Database,
  seq: number,
  state: { readonly status: number; readonly details?: string; readonly metrics?: string },
  now: string
): void => {
  db.run(
    "UPDATE versions SET metrics_status = ?, metrics_details = ?, metrics = coalesce(?, metrics), modified_at = ? WHERE seq = ?",
    state.status,
    state.details ?? "",
    state.metrics ?? null,
    now,
    seq
  )
}

export interface TrainingRow {
  readonly input: number
  readonly id: string
  readonly hash: string
  readonly concept: string
  readonly value: number
}

/** Every label of a processed image of the app, by input: the training data. */
export const trainingRows = (db: Database, app: string, upTo: number): ReadonlyArray<TrainingRow> =>
  db.all<TrainingRow>(
    `SELECT i.seq AS input, i.id, i.hash, a.concept, a.value FROM inputs i JOIN annotations a ON a.input = i.seq
     WHERE i.app = ? AND i.seq <= ? AND i.status = ${StatusCode.INPUT_SUCCESS} AND i.kind = 'image' AND i.hash IS NOT NULL ORDER BY i.seq`,
    app,
    upTo
  )
