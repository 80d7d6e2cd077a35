/** `PATCH inputs`: changing what is annotated on inputs that are there. */
import * as Effect from "effect/Effect"
import { type ConceptMessage, readConcepts } from "../protocol/input.ts"
import { type Message, readMessage, readMessages, readText } from "../protocol/read.ts"
import { answer, type Answer, type Call } from "../protocol/request.ts"
import { inputMessage, parseStored } from "../protocol/resources.ts"
import { batchResult, itemStatus } from "../protocol/status.ts"
import { now } from "../protocol/time.ts"
import { WireError, wireError } from "../protocol/wire-error.ts"
import { ensureConcept, resolveConcept } from "../store/concept-table.ts"
import type { Database } from "../store/database.ts"
import { annotate, annotationsOf, clearAnnotations, type InputRow, updateInputData } from "../store/input-table.ts"
import { Store } from "../store/store.ts"
import { mustFindInput } from "./inputs.ts"

/** How a PATCH changes what is there. */
export type Action = "merge" | "overwrite" | "remove"

/** The `action` of a PATCH; merging is what a client means that names none. */
export const readAction = (body: Message): Action => {
  const action = readText(body, "action") || "merge"
  if (action === "merge" || action === "overwrite" || action === "remove") return action
  throw wireError(11100, `action '${action.slice(0, 40)}' is not one of merge, overwrite, remove`)
}

/** Merges deeply, replaces, or removes the named members of a stored JSON object. */
export const patchObject = (old: Message, change: Message, action: Action): Message => {
  if (action === "overwrite") return change
  const entries = new Map(Object.entries(old))
  for (const [key, value] of Object.entries(change)) {
    const before = entries.get(key)
    if (action === "remove" && (!isObject(value) || !isObject(before))) entries.delete(key)
    else entries.set(key, isObject(value) && isObject(before) ? patchObject(before, value, action) : value)
  }
  // fromEntries defines own members, so a member called __proto__ is only a member.
  return Object.fromEntries(entries)
}

const isObject = (value: unknown): value is Message =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Each item succeeds (30200) or fails by itself. */
export const patchInputs = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.write((db) => {
      const action = readAction(call.body)
      const items = readMessages(call.body, "inputs")
      if (items.length === 0)
        throw wireError(11100, "Must supply the 'inputs' field. Check the JSON body of your request.")
      const results = items.map((item, index) => {
        const id = readText(item, "id")
        try {
          const row = patchOne(db, call, mustFindInput(db, call.scope, id), item, action, `inputs[${index}].data`)
          return { shown: inputMessage(row, annotationsOf(db, row.seq), call, { status: 30200 }), failure: undefined }
        } catch (failure) {
          if (!(failure instanceof WireError)) throw failure
          return { shown: { id, data: {}, status: itemStatus(failure.code, failure.details) }, failure }
        }
      })
      const { code, details } = batchResult(results.map(({ failure }) => failure))
      return answer({ inputs: results.map(({ shown }) => shown) }, code, details)
    })
  )

const patchOne = (db: Database, call: Call, row: InputRow, item: Message, action: Action, path: string): InputRow => {
  const data = readMessage(item, "data", path)
  const at = now()
  if (data["concepts"] !== undefined && data["concepts"] !== null)
    patchConceptsOf(db, call.scope, row.seq, readConcepts(data, `${path}.concepts`), action, at)
  const kept: Record<string, unknown> = { ...parseStored(row.data) }
  if (data["metadata"] !== undefined)
    kept["metadata"] = patchObject(
      isObject(kept["metadata"]) ? kept["metadata"] : {},
      readMessage(data, "metadata"),
      action
    )
  if (data["geo"] !== undefined) {
    if (action === "remove") delete kept["geo"]
    else kept["geo"] = readMessage(data, "geo")
  }
  if (data["regions"] !== undefined)
    kept["regions"] = patchRegions(kept["regions"], readMessages(data, "regions"), action)
  updateInputData(db, row.seq, JSON.stringify(kept), at)
  return mustFindInput(db, call.scope, row.id)
}

const patchConceptsOf = (
  db: Database,
  scope: string,
  input: number,
  concepts: ReadonlyArray<ConceptMessage>,
  action: Action,
  at: string
): void => {
  if (action === "overwrite") clearAnnotations(db, input)
  for (const { value, ...concept } of concepts) {
    if (action === "remove") clearAnnotations(db, input, resolveConcept(db, scope, concept))
    else annotate(db, scope, input, ensureConcept(db, scope, concept, at), value)
  }
}

const patchRegions = (old: unknown, change: ReadonlyArray<Message>, action: Action): ReadonlyArray<Message> => {
  const before: ReadonlyArray<Message> = Array.isArray(old) ? old.filter(isObject) : []
  if (action === "overwrite") return change
  const ids = new Set(change.map((region) => region["id"]).filter((id) => typeof id === "string"))
  const rest = before.filter((region) => !(typeof region["id"] === "string" && ids.has(region["id"])))
  return action === "remove" ? rest : [...rest, ...change]
}
