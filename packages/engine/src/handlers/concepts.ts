/** Concepts of an app. */
import { StatusCode } from "@sightline/core/status"
import { checkId, newId } from "../protocol/ids.ts"
import { answer, type Handler, readPage } from "../protocol/request.ts"
import { conceptMessage } from "../protocol/resources.ts"
import { now } from "../protocol/time.ts"
import { wireError } from "../protocol/wire-error.ts"
import {
  type ConceptRow,
  countConcepts,
  findConcept,
  insertConcept,
  listConcepts as selectConcepts,
  renameConcept
} from "../store/concept-table.ts"
import type { Database } from "../store/database.ts"
import { Store } from "../store/store.ts"

/** The concept of that id, or 11101. */
export const mustFindConcept = (db: Database, scope: string, id = ""): ConceptRow => {
  const row = findConcept(db, scope, id)
  if (row === undefined)
    throw wireError(StatusCode.CONN_DOES_NOT_EXIST, `concept_id '${id}' not found. Check the url of your request.`)
  return row
}

export const listConcepts: Handler<"ListConcepts", Store> = (call) =>
  Store.use(({ read }) =>
    read((db) => {
      const rows = selectConcepts(db, call.scope, readPage(call.request))
      return answer({ concepts: rows.map((row) => conceptMessage(row, call)) })
    })
  )

export const getConcept: Handler<"GetConcept", Store> = (call) =>
  Store.use(({ read }) =>
    read((db) => answer({ concept: conceptMessage(mustFindConcept(db, call.scope, call.request.concept_id), call) }))
  )

/** Adds all of the concepts or none. */
export const postConcepts: Handler<"PostConcepts", Store> = (call) =>
  Store.use(({ write }) =>
    write((db) => {
      const { concepts } = call.request
      if (concepts.length === 0)
        throw wireError(StatusCode.CONCEPTS_INVALID_REQUEST, "concepts is empty; give at least one { id, name }")
      const rows = concepts.map(({ definition = "", id: given = "", language = "", name = "" }, index) => {
        const id = checkId(given || name || newId(), "concept", StatusCode.CONCEPTS_INVALID_REQUEST)
        if (findConcept(db, call.scope, id) !== undefined)
          throw wireError(StatusCode.DATABASE_DUPLICATE_KEY, `concepts[${index}]: concept_id '${id}' is already in use`)
        insertConcept(db, call.scope, { id, name: name || id, language: language || "en", definition }, now())
        return mustFindConcept(db, call.scope, id)
      })
      return answer({ concepts: rows.map((row) => conceptMessage(row, call)) })
    })
  )

/** Gives concepts other names. */
export const patchConcepts: Handler<"PatchConcepts", Store> = (call) =>
  Store.use(({ write }) =>
    write((db) => {
      const rows = call.request.concepts.map(({ id, name = "" }) => {
        const row = mustFindConcept(db, call.scope, id)
        if (name !== "") renameConcept(db, call.scope, row.id, name)
        return mustFindConcept(db, call.scope, row.id)
      })
      return answer({ concepts: rows.map((row) => conceptMessage(row, call)) })
    })
  )

export const searchConcepts: Handler<"PostConceptsSearches", Store> = (call) =>
  Store.use(({ read }) =>
    read((db) => {
      const { concept_query: query, pagination } = call.request
      const rows = selectConcepts(db, call.scope, readPage(pagination ?? {}), query?.name || "*")
      return answer({ concepts: rows.map((row) => conceptMessage(row, call)) })
    })
  )

/** The number of examples of each concept. */
export const countConceptInputs: Handler<"GetConceptCounts", Store> = ({ request, scope }) =>
  Store.use(({ read }) =>
    read((db) =>
      answer({
        concept_counts: countConcepts(db, scope, readPage(request)).map(({ id, name, negative, positive }) => ({
          id,
          name,
          concept_type_count: { positive, negative }
        }))
      })
    )
  )
