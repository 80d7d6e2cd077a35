/** Workflows of an app; `nodes` is JSON. */
import type { Database } from "./database.ts"
import type { Page } from "./input-table.ts"

export interface WorkflowRow {
  readonly seq: number
  readonly id: string
  readonly nodes: string
  readonly created_at: string
  readonly modified_at: string
}

const columns = "seq, id, nodes, created_at, modified_at"

export const findWorkflow = (db: Database, app: string, id: string): WorkflowRow | undefined =>
  db.get<WorkflowRow>(`SELECT ${columns} FROM workflows WHERE app = ? AND id = ?`, app, id)

export const listWorkflows = (db: Database, app: string, page: Page): ReadonlyArray<WorkflowRow> =>
  db.all<WorkflowRow>(
    `SELECT ${columns} FROM workflows WHERE app = ? ORDER BY seq DESC LIMIT ? OFFSET ?`,
    app,
    page.limit,
    page.offset
  )

export const insertWorkflow = (db: Database, app: string, id: string, nodes: string, now: string): void => {
  db.run(
    "INSERT INTO workflows (app, id, nodes, created_at, modified_at) VALUES (?, ?, ?, ?, ?)",
    app,
    id,
    nodes,
    now,
    now
  )
}

export const updateWorkflow = (db: Database, seq: number, nodes: string, now: string): void => {
  db.run("UPDATE workflows SET nodes = ?, modified_at = ? WHERE seq = ?", nodes, now, seq)
}

export const deleteWorkflows = (db: Database, app: string, ids: ReadonlyArray<string> | "all"): void => {
  if (ids === "all") db.run("DELETE FROM workflows WHERE app = ?", app)
  else for (const id of ids) db.run("DELETE FROM workflows WHERE app = ? AND id = ?", app, id)
}
