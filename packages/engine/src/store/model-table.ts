/** Custom models and their concepts. */
import type { Database } from "./database.ts"
import type { Page } from "./input-table.ts"

/** A row of `models`. `extra` is the JSON of members that are stored for the caller: description, notes, metadata. */
export interface ModelRow {
  readonly seq: number
  readonly app: string
  readonly id: string
  readonly name: string
  readonly type: string
  readonly exclusive: number
  readonly closed: number
  readonly extra: string
  readonly created_at: string
  readonly modified_at: string
}

const columns = "seq, app, id, name, type, exclusive, closed, extra, created_at, modified_at"

export const findModel = (db: Database, app: string, id: string): ModelRow | undefined =>
  db.get<ModelRow>(`SELECT ${columns} FROM models WHERE app = ? AND id = ?`, app, id)

export const modelBySeq = (db: Database, seq: number): ModelRow | undefined =>
  db.get<ModelRow>(`SELECT ${columns} FROM models WHERE seq = ?`, seq)

export const insertModel = (db: Database, row: Omit<ModelRow, "seq">): number =>
  db.run(
    `INSERT INTO models (app, id, name, type, exclusive, closed, extra, created_at, modified_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.app,
    row.id,
    row.name,
    row.type,
    row.exclusive,
    row.closed,
    row.extra,
    row.created_at,
    row.modified_at
  ).lastRow

export const updateModel = (
  db: Database,
  seq: number,
  row: Pick<ModelRow, "name" | "exclusive" | "closed" | "extra" | "modified_at">
): void => {
  db.run(
    "UPDATE models SET name = ?, exclusive = ?, closed = ?, extra = ?, modified_at = ? WHERE seq = ?",
    row.name,
    row.exclusive,
    row.closed,
    row.extra,
    row.modified_at,
    seq
  )
}

/** Newest first. */
export const listModels = (db: Database, app: string): ReadonlyArray<ModelRow> =>
  db.all<ModelRow>(`SELECT ${columns} FROM models WHERE app = ? ORDER BY seq DESC`, app)

export const deleteModels = (db: Database, app: string, ids: ReadonlyArray<string> | "all"): void => {
  if (ids === "all") db.run("DELETE FROM models WHERE app = ?", app)
  else for (const id of ids) db.run("DELETE FROM models WHERE app = ? AND id = ?", app, id)
}

export const modelConcepts = (db: Database, model: number): ReadonlyArray<string> =>
  db
    .all<{ readonly concept: string }>("SELECT concept FROM model_concepts WHERE model = ? ORDER BY position", model)
    .map(({ concept }) => concept)

/** Replaces a model's concepts, if they change. */
export const setModelConcepts = (db: Database, app: string, model: number, ids: ReadonlyArray<string>): void => {
  const before = modelConcepts(db, model)
  const unchanged = before.length === ids.length && before.every((id, index) => id === ids[index])
  if (unchanged) return
  db.run("DELETE FROM model_concepts WHERE model = ?", model)
  for (const [position, concept] of [...new Set(ids)].entries())
    db.run(
      "INSERT INTO model_concepts (model, app, concept, position) VALUES (?, ?, ?, ?)",
      model,
      app,
      concept,
      position
    )
}

/** The inputs with one of the model's concepts, newest first. */
export const modelInputs = (db: Database, app: string, model: number, page: Page): ReadonlyArray<number> =>
  db
    .all<{ readonly input: number }>(
      `SELECT DISTINCT a.input FROM annotations a JOIN model_concepts m ON m.model = ? AND m.concept = a.concept
       WHERE a.app = ? ORDER BY a.input DESC LIMIT ? OFFSET ?`,
      model,
      app,
      page.limit,
      page.offset
    )
    .map(({ input }) => input)

/** The number of inputs with one of the model's concepts. */
export const countModelInputs = (db: Database, app: string, model: number): number =>
  db.get<{ readonly n: number }>(
    `SELECT count(DISTINCT a.input) AS n FROM annotations a
     JOIN model_concepts m ON m.model = ? AND m.concept = a.concept WHERE a.app = ?`,
    model,
    app
  )?.n ?? 0
