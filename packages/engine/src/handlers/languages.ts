/** Names of concepts in other languages; predictions use them when a call asks for a `language`. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import type { WireObject } from "../protocol/json.ts"
import { readMessages, readText } from "../protocol/read.ts"
import { answer, type Answer, type Call, readPage } from "../protocol/request.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import type { Database } from "../store/database.ts"
import { findConcept } from "../store/concept-table.ts"
import { type ConceptLanguage, listLanguages as selectLanguages, saveLanguage } from "../store/language-table.ts"
import { Store } from "../store/store.ts"

const show = ({ definition, id, name }: ConceptLanguage): WireObject => ({
  id,
  name,
  ...(definition === "" ? {} : { definition })
})

const conceptOf = (db: Database, call: Call): string => {
  const id = call.params["concept"] ?? ""
  if (findConcept(db, call.scope, id) === undefined)
    throw wireError(StatusCode.CONN_DOES_NOT_EXIST, `concept_id '${id}' not found. Check the url of your request.`)
  return id
}

/** `GET concepts/{id}/languages` */
export const listLanguages = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.read((db) => {
      const { limit, offset } = readPage(call.query)
      const all = selectLanguages(db, call.scope, conceptOf(db, call))
      return answer({ concept_languages: all.slice(offset, offset + limit).map(show) })
    })
  )

/** `GET concepts/{id}/languages/{language}` */
export const getLanguage = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.read((db) => {
      const wanted = call.params["language"] ?? ""
      const found = selectLanguages(db, call.scope, conceptOf(db, call)).find(({ id }) => id === wanted)
      if (found === undefined)
        throw wireError(
          StatusCode.CONN_DOES_NOT_EXIST,
          `language '${wanted}' of this concept not found. Check the url of your request.`
        )
      return answer({ concept_language: show(found) })
    })
  )

/** `POST` and `PATCH concepts/{id}/languages`: adds or replaces names. */
export const putLanguages = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.write((db) => {
      const concept = conceptOf(db, call)
      const given = readMessages(call.body, "concept_languages").map((language) => ({
        id: readText(language, "id"),
        name: readText(language, "name"),
        definition: readText(language, "definition")
      }))
      for (const language of given) {
        if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/.test(language.id))
          throw wireError(
            StatusCode.CONCEPTS_INVALID_REQUEST,
            `'${language.id.slice(0, 40)}' is not a language tag such as en, de or zh-TW`
          )
        if (language.name === "")
          throw wireError(StatusCode.CONCEPTS_INVALID_REQUEST, `the name in language '${language.id}' is empty`)
        saveLanguage(db, call.scope, concept, language)
      }
      return answer({ concept_languages: given.map(show) })
    })
  )
