/** Names of concepts in other languages. */
import type { Database } from "./database.ts"

/** A name; `id` is the language's tag. */
export interface ConceptLanguage {
  readonly id: string
  readonly name: string
  readonly definition: string
}

export const listLanguages = (db: Database, app: string, concept: string): ReadonlyArray<ConceptLanguage> =>
  db.all<ConceptLanguage>(
    "SELECT language AS id, name, definition FROM concept_languages WHERE app = ? AND concept = ? ORDER BY language",
    app,
    concept
  )

export const saveLanguage = (db: Database, app: string, concept: string, language: ConceptLanguage): void => {
  db.run(
    `INSERT INTO concept_languages (app, concept, language, name, definition) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (app, concept, language) DO UPDATE SET name = excluded.name, definition = excluded.definition`,
    app,
    concept,
    language.id,
    language.name,
    language.definition
  )
}

/** Names in one language, for those concepts that have one. */
export const namesIn = (db: Database, app: string, language: string): ReadonlyMap<string, string> =>
  new Map(
    db
      .all<{ readonly concept: string; readonly name: string }>(
        "SELECT concept, name FROM concept_languages WHERE app = ? AND language = ?",
        app,
        language
      )
      .map(({ concept, name }) => [concept, name])
  )
