/** Inputs and their annotations. */
import { StatusCode } from "@sightline/core/status"
import type { Database } from "./database.ts"
import { inputColumns } from "./input-columns.ts"
import { rememberDeleted } from "./input-listing.ts"
import { forgetMedia } from "./media-table.ts"
import { urlKey, withoutSignature } from "./signed-url.ts"

/** The kind of an input's medium. */
export type Kind = "image" | "video" | "audio" | "text"

/** A row of `inputs`. `url` is without its signature. `data` is the JSON of metadata, geo and regions. */
export interface InputRow {
  readonly seq: number
  readonly app: string
  readonly id: string
  readonly kind: Kind
  readonly url: string | null
  readonly hash: string | null
  readonly raw: string | null
  readonly data: string
  readonly info: string
  readonly status: number
  readonly details: string
  readonly attempts: number
  readonly job: string | null
  readonly created_at: string
  readonly modified_at: string
}

export interface Annotation {
  readonly concept: string
  readonly name: string
  readonly value: number
}

export interface Page {
  readonly limit: number
  readonly offset: number
}

/** Adds an input; returns its number. A URL is stored without its signature, and with a key that identifies it. */
export const insertInput = (
  db: Database,
  row: Pick<
    InputRow,
    "app" | "id" | "kind" | "url" | "hash" | "raw" | "data" | "status" | "details" | "job" | "created_at"
  >
): number =>
  db.run(
    `INSERT INTO inputs (app, id, kind, url, url_key, hash, raw, data, status, details, job, created_at, modified_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.app,
    row.id,
    row.kind,
    row.url === null ? null : withoutSignature(row.url),
    row.url === null ? null : urlKey(row.url),
    row.hash,
    row.raw,
    row.data,
    row.status,
    row.details,
    row.job,
    row.created_at,
    row.created_at
  ).lastRow

export const findInput = (db: Database, app: string, id: string): InputRow | undefined =>
  db.get<InputRow>(`SELECT ${inputColumns} FROM inputs WHERE app = ? AND id = ?`, app, id)

export const inputBySeq = (db: Database, seq: number): InputRow | undefined =>
  db.get<InputRow>(`SELECT ${inputColumns} FROM inputs WHERE seq = ?`, seq)

/** True if an input of the app was given this URL. */
export const hasUrl = (db: Database, app: string, url: string): boolean =>
  db.get("SELECT 1 AS found FROM inputs WHERE app = ? AND url_key = ? LIMIT 1", app, urlKey(url)) !== undefined

export const annotationsOf = (db: Database, input: number): ReadonlyArray<Annotation> =>
  db.all<Annotation>(
    `SELECT a.concept, c.name, a.value FROM annotations a JOIN concepts c ON c.app = a.app AND c.id = a.concept
     WHERE a.input = ? ORDER BY a.concept`,
    input
  )

export const annotate = (db: Database, app: string, input: number, concept: string, value: number): void => {
  db.run(
    `INSERT INTO annotations (input, app, concept, value) VALUES (?, ?, ?, ?)
     ON CONFLICT (input, concept) DO UPDATE SET value = excluded.value`,
    input,
    app,
    concept,
    value
  )
}

export const clearAnnotations = (db: Database, input: number, concept?: string): void => {
  if (concept === undefined) db.run("DELETE FROM annotations WHERE input = ?", input)
  else db.run("DELETE FROM annotations WHERE input = ? AND concept = ?", input, concept)
}

export const updateInputData = (db: Database, seq: number, data: string, now: string): void => {
  db.run("UPDATE inputs SET data = ?, modified_at = ? WHERE seq = ?", data, now, seq)
}

/** The ids of the oldest inputs of an app, up to the one with a number. */
export const oldestIds = (db: Database, app: string, upTo: number, limit: number): ReadonlyArray<string> =>
  db
    .all<{ readonly id: string }>(
      "SELECT id FROM inputs WHERE app = ? AND seq <= ? ORDER BY seq LIMIT ?",
      app,
      upTo,
      limit
    )
    .map(({ id }) => id)

/** Deletes inputs; returns the media that no input names any more. Their embeddings are deleted with them. */
export const deleteInputs = (db: Database, app: string, ids: ReadonlyArray<string>): ReadonlyArray<string> => {
  const hashes = ids.flatMap((id) =>
    db.all<{ readonly hash: string }>("SELECT hash FROM inputs WHERE app = ? AND id = ? AND hash IS NOT NULL", app, id)
  )
  rememberDeleted(db, app, ids, Date.now())
  for (const id of ids) db.run("DELETE FROM inputs WHERE app = ? AND id = ?", app, id)
  return hashes.map(({ hash }) => hash).filter((hash) => forgetMedia(db, hash))
}

export interface InputCounts {
  readonly processed: number
  readonly waiting: number
  readonly processing: number
  readonly errors: number
}

export const countInputs = (db: Database, app: string): InputCounts => {
  const rows = db.all<{ readonly status: number; readonly n: number }>(
    "SELECT status, count(*) AS n FROM inputs WHERE app = ? GROUP BY status",
    app
  )
  const sum = (test: (status: number) => boolean) =>
    rows.filter((row) => test(row.status)).reduce((n, row) => n + row.n, 0)
  return {
    processed: sum((status) => status === StatusCode.INPUT_SUCCESS),
    waiting: sum((status) => status === StatusCode.INPUT_PENDING),
    processing: sum((status) => status === StatusCode.INPUT_IN_PROGRESS),
    errors: sum(
      (status) =>
        status !== StatusCode.INPUT_SUCCESS &&
        status !== StatusCode.INPUT_PENDING &&
        status !== StatusCode.INPUT_IN_PROGRESS
    )
  }
}

/** The same counts for the inputs with a caller's job id; undefined if there are none. */
export const countJob = (db: Database, app: string, job: string): InputCounts | undefined => {
  const rows = db.all<{ readonly status: number; readonly n: number }>(
    "SELECT status, count(*) AS n FROM inputs WHERE app = ? AND job = ? GROUP BY status",
    app,
    job
  )
  if (rows.length === 0) return undefined
  const of = (status: number) => rows.find((row) => row.status === status)?.n ?? 0
  const total = rows.reduce((n, row) => n + row.n, 0)
  const [processed, waiting, processing] = [
    of(StatusCode.INPUT_SUCCESS),
    of(StatusCode.INPUT_PENDING),
    of(StatusCode.INPUT_IN_PROGRESS)
  ]
  return { processed, waiting, processing, errors: total - processed - waiting - processing }
}

/** Cancels the inputs of a job that still wait. */
export const cancelJob = (db: Database, app: string, job: string, now: string): void => {
  db.run(
    `UPDATE inputs SET status = ${StatusCode.INPUT_FAILED}, details = 'the job was cancelled', modified_at = ?
     WHERE app = ? AND job = ? AND status = ${StatusCode.INPUT_PENDING}`,
    now,
    app,
    job
  )
}
