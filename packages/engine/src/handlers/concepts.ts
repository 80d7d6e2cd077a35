/** Concepts of an app. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import { now } from "../protocol/time.ts"
import { answer, type Answer, type Call, readPage } from "../protocol/request.ts"
import { conceptMessage } from "../protocol/resources.ts"
import { readMessage, readMessages, readText } from "../protocol/read.ts"
import { checkId, newId } from "../protocol/ids.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
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

const mustFind = (db: Database, scope: string, id: string): ConceptRow => {
  const row = findConcept(db, scope, id)
  if (row === undefined)
    throw wireError(StatusCode.CONN_DOES_NOT_EXIST, `concept_id '${id}' not found. Check the url of your request.`)
  return row
}

/** `GET concepts` */
export const listConcepts = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.read((db) =>
      answer({ concepts: selectConcepts(db, call.scope, readPage(call.query)).map((row) => conceptMessage(row, call)) })
    )
  )

/** `GET concepts/{id}` */
export const getConcept = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.read((db) =>
      answer({ concept: conceptMessage(mustFind(db, call.scope, call.params["concept"] ?? ""), call) })
    )
  )

/** `POST concepts`: all or none of them. */
export const postConcepts = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.write((db) => {
      const list = readMessages(call.body, "concepts")
      if (list.length === 0)
        throw wireError(StatusCode.CONCEPTS_INVALID_REQUEST, "concepts is empty; give at least one { id, name }")
      const rows = list.map((concept, index) => {
        const name = readText(concept, "name")
        const given = readText(concept, "id")
        const id = checkId(given === "" ? name || newId() : given, "concept", StatusCode.CONCEPTS_INVALID_REQUEST)
        if (findConcept(db, call.scope, id) !== undefined)
          throw wireError(StatusCode.DATABASE_DUPLICATE_KEY, `concepts[${index}]: concept_id '${id}' is already in use`)
        const row = {
          id,
          name: name === "" ? id : name,
          language: readText(concept, "language") || "en",
          definition: readText(concept, "definition")
        }
        insertConcept(db, call.scope, row, now())
        return mustFind(db, call.scope, id)
      })
      return answer({ concepts: rows.map((row) => conceptMessage(row, call)) })
    })
  )

/** `PATCH concepts`: gives them other names. */
export const patchConcepts = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.write((db) => {
      const rows = readMessages(call.body, "concepts").map((concept) => {
        const id = readText(concept, "id")
        mustFind(db, call.scope, id)
        const name = readText(concept, "name")
        if (name !== "") renameConcept(db, call.scope, id, name)
        return mustFind(db, call.scope, id)
      })
      return answer({ concepts: rows.map((row) => conceptMessage(row, call)) })
    })
  )

/** `POST concepts/searches` */
export const searchConcepts = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.read((db) => {
      const pattern = readText(readMessage(call.body, "concept_query"), "name") || "*"
      const page = readPage({ ...call.query, ...readMessage(call.body, "pagination") })
      return answer({ concepts: selectConcepts(db, call.scope, page, pattern).map((row) => conceptMessage(row, call)) })
    })
  )

/** `GET concepts/status` */
export const countConceptInputs = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.read((db) =>
      answer({
        concept_counts: countConcepts(db, call.scope, readPage(call.query)).map(({ id, name, negative, positive }) => ({
          id,
          name,
          concept_type_count: { positive, negative }
        }))
      })
    )
  )
