/** Names of concepts in other languages; predictions use them when a call asks for a `language`. */
import { StatusCode } from "@sightline/core/status"
import { answer, type Handler, readPage } from "../protocol/request.ts"
import { wireError } from "../protocol/wire-error.ts"
import { listLanguages as selectLanguages, saveLanguage } from "../store/language-table.ts"
import { Store } from "../store/store.ts"
import { mustFindConcept } from "./concepts.ts"

export const listLanguages: Handler<"ListConceptLanguages", Store> = ({ request, scope }) =>
  Store.use(({ read }) =>
    read((db) => {
      const { limit, offset } = readPage(request)
      const all = selectLanguages(db, scope, mustFindConcept(db, scope, request.concept_id).id)
      return answer({ concept_languages: all.slice(offset, offset + limit) })
    })
  )

export const getLanguage: Handler<"GetConceptLanguage", Store> = ({ request, scope }) =>
  Store.use(({ read }) =>
    read((db) => {
      const { language = "" } = request
      const all = selectLanguages(db, scope, mustFindConcept(db, scope, request.concept_id).id)
      const found = all.find(({ id }) => id === language)
      if (found === undefined)
        throw wireError(
          StatusCode.CONN_DOES_NOT_EXIST,
          `language '${language}' of this concept not found. Check the url of your request.`
        )
      return answer({ concept_language: found })
    })
  )

/** Adds or replaces names. */
export const putLanguages: Handler<"PostConceptLanguages", Store> = (call) =>
  Store.use(({ write }) =>
    write((db) => {
      const { request, scope } = call
      const concept = mustFindConcept(db, scope, request.concept_id).id
      const given = (request.concept_languages ?? []).map(({ definition = "", id = "", name = "" }) => {
        if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/.test(id))
          throw wireError(
            StatusCode.CONCEPTS_INVALID_REQUEST,
            `'${id.slice(0, 40)}' is not a language tag such as en, de or zh-TW`
          )
        if (name === "") throw wireError(StatusCode.CONCEPTS_INVALID_REQUEST, `the name in language '${id}' is empty`)
        const language = { id, name, definition }
        saveLanguage(db, scope, concept, language)
        return language
      })
      return answer({ concept_languages: given })
    })
  )
