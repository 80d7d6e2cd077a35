/** Concepts of an app, and their counts. */
import type { Database } from "./database.ts"

/** A row of `concepts`. */
export interface ConceptRow {
  readonly id: string
  readonly name: string
  readonly language: string
  readonly definition: string
  readonly created_at: string
}

/** A concept as a caller names it: by id, name, or both. Each stands in for the other. */
export interface ConceptName {
  readonly id: string
  readonly name: string
}

export const findConcept = (db: Database, app: string, id: string): ConceptRow | undefined =>
  db.get<ConceptRow>(
    "SELECT id, name, language, definition, created_at FROM concepts WHERE app = ? AND id = ?",
    app,
    id
  )

/** The id of a concept: the given id, else that of the concept with the name, else the name as a new id. */
export const resolveConcept = (db: Database, app: string, { id, name }: ConceptName): string => {
  if (id !== "") return id
  const known = db.get<{ readonly id: string }>("SELECT id FROM concepts WHERE app = ? AND name = ? LIMIT 1", app, name)
  return known?.id ?? name
}

/** Creates the concept if it does not exist; returns its id. Annotations create concepts this way. */
export const ensureConcept = (db: Database, app: string, concept: ConceptName, now: string): string => {
  const id = resolveConcept(db, app, concept)
  db.run(
    "INSERT INTO concepts (app, id, name, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    app,
    id,
    concept.name === "" ? id : concept.name,
    now
  )
  return id
}

export const insertConcept = (
  db: Database,
  app: string,
  row: { readonly id: string; readonly name: string; readonly language: string; readonly definition: string },
  now: string
): void => {
  db.run(
    "INSERT INTO concepts (app, id, name, language, definition, created_at) VALUES (?, ?, ?, ?, ?, ?)",
    app,
    row.id,
    row.name,
    row.language,
    row.definition,
    now
  )
}

export const renameConcept = (db: Database, app: string, id: string, name: string): void => {
  db.run("UPDATE concepts SET name = ? WHERE app = ? AND id = ?", name, app, id)
}

/** Newest first. `pattern` is a name with `*` wildcards. */
export const listConcepts = (
  db: Database,
  app: string,
  page: { readonly limit: number; readonly offset: number },
  pattern = "*"
): ReadonlyArray<ConceptRow> =>
  db.all<ConceptRow>(
    `SELECT id, name, language, definition, created_at FROM concepts
     WHERE app = ? AND (? = '*' OR matches_wildcard(?, name)) ORDER BY created_at DESC, id LIMIT ? OFFSET ?`,
    app,
    pattern,
    pattern,
    page.limit,
    page.offset
  )

/** Ids and names of some concepts, in the given order. */
export const nameConcepts = (db: Database, app: string, ids: ReadonlyArray<string>): ReadonlyMap<string, string> =>
  new Map(ids.map((id) => [id, findConcept(db, app, id)?.name ?? id]))

export interface ConceptCount {
  readonly id: string
  readonly name: string
  readonly positive: number
  readonly negative: number
}

/** The number of positive and negative inputs of each concept. */
export const countConcepts = (
  db: Database,
  app: string,
  page: { readonly limit: number; readonly offset: number }
): ReadonlyArray<ConceptCount> =>
  db.all<ConceptCount>(
    `SELECT c.id, c.name,
       (SELECT count(*) FROM annotations a WHERE a.app = c.app AND a.concept = c.id AND a.value >= 0.5) AS positive,
       (SELECT count(*) FROM annotations a WHERE a.app = c.app AND a.concept = c.id AND a.value < 0.5) AS negative
     FROM concepts c WHERE c.app = ? ORDER BY c.created_at DESC, c.id LIMIT ? OFFSET ?`,
    app,
    page.limit,
    page.offset
  )
