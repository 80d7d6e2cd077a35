/** Inputs, what is annotated on them, and which of them still wait to be processed. */
import type { Database } from "./database.ts"

/** What an input holds. A `multimodal` input holds more than one kind. */
export type Kind = "image" | "video" | "audio" | "text"

/** A row of `inputs`. `data` is the JSON of what was given beside the media: metadata, geo, regions. */
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

const columns = `seq, app, id, kind, url, hash, raw, data, info, status, details, attempts, job, created_at, modified_at`

export const insertInput = (
  db: Database,
  row: Pick<
    InputRow,
    "app" | "id" | "kind" | "url" | "hash" | "raw" | "data" | "status" | "details" | "job" | "created_at"
  >
): number =>
  db.run(
    `INSERT INTO inputs (app, id, kind, url, hash, raw, data, status, details, job, created_at, modified_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.app,
    row.id,
    row.kind,
    row.url,
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
  db.get<InputRow>(`SELECT ${columns} FROM inputs WHERE app = ? AND id = ?`, app, id)

export const inputBySeq = (db: Database, seq: number): InputRow | undefined =>
  db.get<InputRow>(`SELECT ${columns} FROM inputs WHERE seq = ?`, seq)

export const hasUrl = (db: Database, app: string, url: string): boolean =>
  db.get("SELECT 1 AS there FROM inputs WHERE app = ? AND url = ? LIMIT 1", app, url) !== undefined

/** Newest first; with `status`, only those in it. */
export const listInputs = (db: Database, app: string, page: Page, status?: number): ReadonlyArray<InputRow> =>
  status === undefined
    ? db.all<InputRow>(
        `SELECT ${columns} FROM inputs WHERE app = ? ORDER BY seq DESC LIMIT ? OFFSET ?`,
        app,
        page.limit,
        page.offset
      )
    : db.all<InputRow>(
        `SELECT ${columns} FROM inputs WHERE app = ? AND status = ? ORDER BY seq DESC LIMIT ? OFFSET ?`,
        app,
        status,
        page.limit,
        page.offset
      )

/** The inputs after (or before) one, in order of arrival or of id: how a large app is walked without skipping. */
export const streamInputs = (
  db: Database,
  app: string,
  options: { readonly lastId: string; readonly limit: number; readonly descending: boolean; readonly byId: boolean }
): ReadonlyArray<InputRow> => {
  const key = options.byId ? "id" : "seq"
  const order = options.descending ? "DESC" : "ASC"
  if (options.lastId === "")
    return db.all<InputRow>(
      `SELECT ${columns} FROM inputs WHERE app = ? ORDER BY ${key} ${order} LIMIT ?`,
      app,
      options.limit
    )
  return db.all<InputRow>(
    `SELECT ${columns} FROM inputs WHERE app = ?1
       AND ${key} ${options.descending ? "<" : ">"} (SELECT ${key} FROM inputs WHERE app = ?1 AND id = ?2)
     ORDER BY ${key} ${order} LIMIT ?3`,
    app,
    options.lastId,
    options.limit
  )
}

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

/** Deletes; gives the media that no input names any more (their embeddings go with them). */
export const deleteInputs = (db: Database, app: string, ids: ReadonlyArray<string> | "all"): ReadonlyArray<string> => {
  const hashes =
    ids === "all"
      ? db.all<HashRow>("SELECT DISTINCT hash FROM inputs WHERE app = ? AND hash IS NOT NULL", app)
      : ids.flatMap((id) =>
          db.all<HashRow>("SELECT hash FROM inputs WHERE app = ? AND id = ? AND hash IS NOT NULL", app, id)
        )
  if (ids === "all") db.run("DELETE FROM inputs WHERE app = ?", app)
  else for (const id of ids) db.run("DELETE FROM inputs WHERE app = ? AND id = ?", app, id)
  return hashes.map(({ hash }) => hash).filter((hash) => forgetMedia(db, hash))
}

interface HashRow {
  readonly hash: string
}

/** Forgets a medium that no input names; true when it did. */
const forgetMedia = (db: Database, hash: string): boolean =>
  db.run("DELETE FROM media WHERE hash = ?1 AND NOT EXISTS (SELECT 1 FROM inputs WHERE hash = ?1)", hash).changes > 0

export const rememberMedia = (db: Database, hash: string, type: string, size: number): void => {
  db.run("INSERT INTO media (hash, type, size) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", hash, type, size)
}

export const mediaType = (db: Database, hash: string): string | undefined =>
  db.get<{ readonly type: string }>("SELECT type FROM media WHERE hash = ?", hash)?.type

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
    processed: sum((status) => status === 30000),
    waiting: sum((status) => status === 30001),
    processing: sum((status) => status === 30003),
    errors: sum((status) => status !== 30000 && status !== 30001 && status !== 30003)
  }
}

/** The same counts for the inputs that carry a caller's job id; `undefined` when none does. */
export const countJob = (db: Database, app: string, job: string): InputCounts | undefined => {
  const rows = db.all<{ readonly status: number; readonly n: number }>(
    "SELECT status, count(*) AS n FROM inputs WHERE app = ? AND job = ? GROUP BY status",
    app,
    job
  )
  if (rows.length === 0) return undefined
  const of = (status: number) => rows.find((row) => row.status === status)?.n ?? 0
  const total = rows.reduce((n, row) => n + row.n, 0)
  const [processed, waiting, processing] = [of(30000), of(30001), of(30003)]
  return { processed, waiting, processing, errors: total - processed - waiting - processing }
}

/** Gives up the inputs of a job that still wait. */
export const cancelJob = (db: Database, app: string, job: string, now: string): void => {
  db.run(
    `UPDATE inputs SET status = 30002, details = 'the job was cancelled', modified_at = ?
     WHERE app = ? AND job = ? AND status = 30001`,
    now,
    app,
    job
  )
}

// ------------------------------------------------------------------------------------------------ processing

/** After a restart, what was being processed waits again. */
export const requeueInputs = (db: Database): void => {
  db.run("UPDATE inputs SET status = 30001 WHERE status = 30003")
}

/** When the engine is closed in good order, what it was processing waits again, and the attempt does not count. */
export const handBackInputs = (db: Database): void => {
  db.run("UPDATE inputs SET status = 30001, attempts = attempts - 1 WHERE status = 30003")
}

/** Whether the input that has waited longest was being processed when a process ended. */
export const suspectWaits = (db: Database): boolean =>
  (db.get<{ readonly attempts: number }>("SELECT attempts FROM inputs WHERE status = 30001 ORDER BY seq LIMIT 1")
    ?.attempts ?? 0) > 0

/**
 * Takes the inputs that have waited longest into processing. One that was being processed when a process ended comes
 * alone: should it end this one too, the attempt is counted for it and not for those beside it.
 */
export const claimInputs = (db: Database, limit: number): ReadonlyArray<InputRow> => {
  const waiting = db.all<InputRow>(`SELECT ${columns} FROM inputs WHERE status = 30001 ORDER BY seq LIMIT ?`, limit)
  const suspect = waiting.findIndex(({ attempts }) => attempts > 0)
  const rows = suspect === -1 ? waiting : waiting.slice(0, Math.max(1, suspect))
  for (const { seq } of rows) db.run("UPDATE inputs SET status = 30003, attempts = attempts + 1 WHERE seq = ?", seq)
  return rows
}

/** Ends the processing of an input, unless it was deleted in the meantime. */
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

/** True while an input up to that number is not yet processed. */
export const hasWaitingInputs = (db: Database, app: string, upTo: number): boolean =>
  db.get("SELECT 1 AS there FROM inputs WHERE app = ? AND status IN (30001, 30003) AND seq <= ? LIMIT 1", app, upTo) !==
  undefined

/** The number of the input that arrived last; 0 when there is none. */
export const lastInput = (db: Database, app: string): number =>
  db.get<{ readonly seq: number | null }>("SELECT max(seq) AS seq FROM inputs WHERE app = ?", app)?.seq ?? 0

// ------------------------------------------------------------------------------------------------ embeddings

export interface EmbeddingRow {
  readonly vector: Uint8Array
  readonly mirrored: Uint8Array | null
}

export const findEmbedding = (db: Database, hash: string, embedder: string): EmbeddingRow | undefined =>
  db.get<EmbeddingRow>("SELECT vector, mirrored FROM embeddings WHERE hash = ? AND embedder = ?", hash, embedder)

export const saveEmbedding = (db: Database, hash: string, embedder: string, row: EmbeddingRow): void => {
  db.run(
    "INSERT INTO embeddings (hash, embedder, vector, mirrored) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    hash,
    embedder,
    row.vector,
    row.mirrored
  )
}
