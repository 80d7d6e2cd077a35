/** `PATCH inputs`: changes annotations and metadata of inputs. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import { nextTurn } from "../next-turn.ts"
import type { EngineLimits } from "../limits.ts"
import { type ConceptMessage, readConcepts } from "../protocol/input.ts"
import type { WireObject } from "../protocol/json.ts"
import { type Message, readMessage, readMessages, readText } from "../protocol/read.ts"
import { answer, type Answer, type Call } from "../protocol/request.ts"
import { inputMessage, parseStored } from "../protocol/resources.ts"
import { batchResult, itemStatus } from "../protocol/status.ts"
import { now } from "../protocol/time.ts"
import { WireError, wireError } from "../protocol/wire-error.ts"
import { Settings } from "../settings.ts"
import { ensureConcept, resolveConcept } from "../store/concept-table.ts"
import type { Database } from "../store/database.ts"
import { annotate, annotationsOf, clearAnnotations, type InputRow, updateInputData } from "../store/input-table.ts"
import { Store } from "../store/store.ts"
import { mustFindInput } from "./inputs.ts"

/** How a PATCH changes existing values. */
export type Action = "merge" | "overwrite" | "remove"

/** The `action` of a PATCH; `merge` by default. */
export const readAction = (body: Message): Action => {
  const action = readText(body, "action") || "merge"
  if (action === "merge" || action === "overwrite" || action === "remove") return action
  throw wireError(
    StatusCode.CONN_BAD_REQUEST_FORMAT,
    `action '${action.slice(0, 40)}' is not one of merge, overwrite, remove`
  )
}

/** Merges deeply, replaces, or removes members of a stored JSON object. */
export const patchObject = (old: Message, change: Message, action: Action): Message => {
  if (action === "overwrite") return change
  const entries = new Map(Object.entries(old))
  for (const [key, value] of Object.entries(change)) {
    const before = entries.get(key)
    if (action === "remove" && (!isObject(value) || !isObject(before))) entries.delete(key)
    else entries.set(key, isObject(value) && isObject(before) ? patchObject(before, value, action) : value)
  }
  // fromEntries defines own members, so one named __proto__ is an ordinary member.
  return Object.fromEntries(entries)
}

const isObject = (value: unknown): value is Message =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Items are changed in transactions of about this length, so that other requests get their turn. */
const sliceMs = 20

interface Patched {
  readonly shown: WireObject
  readonly failure: WireError | undefined
}

/** Each item succeeds (30200) or fails independently. */
export const patchInputs = Effect.fn("inputs.patch")(function* (
  call: Call
): Effect.fn.Return<Answer, WireError, Settings | Store> {
  const { limits } = yield* Settings
  const store = yield* Store
  const action = readAction(call.body)
  const items = readMessages(call.body, "inputs")
  if (items.length === 0)
    return yield* wireError(
      StatusCode.CONN_BAD_REQUEST_FORMAT,
      "Must supply the 'inputs' field. Check the JSON body of your request."
    )
  const results: Array<Patched> = []
  while (results.length < items.length) {
    yield* store.write((db) => {
      const until = performance.now() + sliceMs
      do {
        const index = results.length
        results.push(patchItem(db, call, items[index] ?? {}, { action, limits, path: `inputs[${index}].data` }))
      } while (results.length < items.length && performance.now() < until)
    })
    yield* Effect.promise(nextTurn)
  }
  const { code, details } = batchResult(results.map(({ failure }) => failure))
  return answer({ inputs: results.map(({ shown }) => shown) }, code, details)
})

interface Patching {
  readonly action: Action
  readonly limits: EngineLimits
  readonly path: string
}

const patchItem = (db: Database, call: Call, item: Message, patching: Patching): Patched => {
  const id = readText(item, "id")
  try {
    const row = patchOne(db, call, mustFindInput(db, call.scope, id), item, patching)
    return {
      shown: inputMessage(row, annotationsOf(db, row.seq), call, { status: StatusCode.INPUT_MODIFY_SUCCESS }),
      failure: undefined
    }
  } catch (failure) {
    if (!(failure instanceof WireError)) throw failure
    return { shown: { id, data: {}, status: itemStatus(failure.code, failure.details) }, failure }
  }
}

const patchOne = (db: Database, call: Call, row: InputRow, item: Message, patching: Patching): InputRow => {
  const { action, limits, path } = patching
  const data = readMessage(item, "data", path)
  const at = now()
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
  const json = JSON.stringify(kept)
  if (Buffer.byteLength(json) > limits.dataBytes)
    throw wireError(
      StatusCode.INPUT_INVALID_REQUEST,
      `the input's metadata and regions have more than ${limits.dataBytes} bytes`
    )
  if (data["concepts"] !== undefined && data["concepts"] !== null) {
    const concepts = readConcepts(data, `${path}.concepts`)
    if (concepts.length > limits.conceptsPerInput)
      throw wireError(
        StatusCode.INPUT_INVALID_REQUEST,
        `${concepts.length} concepts; at most ${limits.conceptsPerInput} are accepted for an input`
      )
    patchConceptsOf(db, call.scope, row.seq, concepts, action, at)
  }
  updateInputData(db, row.seq, json, at)
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
