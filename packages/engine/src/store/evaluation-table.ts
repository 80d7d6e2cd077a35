/** Evaluations by their ids; results are stored with the version. */
import type { Database } from "./database.ts"
import type { Page } from "./input-table.ts"

export interface EvaluationRow {
  readonly id: string
  readonly version: number
}

export const insertEvaluation = (db: Database, id: string, version: number, now: string): void => {
  db.run("INSERT INTO evaluations (id, version, created_at) VALUES (?, ?, ?)", id, version, now)
}

const select = `SELECT e.id, e.version FROM evaluations e JOIN versions v ON v.seq = e.version
  JOIN models m ON m.seq = v.model WHERE m.app = ?`

export const findEvaluation = (db: Database, app: string, id: string): EvaluationRow | undefined =>
  db.get<EvaluationRow>(`${select} AND e.id = ?`, app, id)

/** Newest first; of one version, or of all of the app. */
export const listEvaluations = (
  db: Database,
  app: string,
  page: Page,
  version?: number
): ReadonlyArray<EvaluationRow> =>
  db.all<EvaluationRow>(
    `${select} AND e.version = coalesce(?, e.version) ORDER BY e.seq DESC LIMIT ? OFFSET ?`,
    app,
    version ?? null,
    page.limit,
    page.offset
  )
