/** Changing annotations and metadata of inputs. */
import { StatusCode } from "@sightline/core/status"
import type { InputWire, JsonObject, PatchInputsRequestWire, RegionWire } from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import { nextTurn } from "../yield-to-event-loop.ts"
import type { EngineLimits } from "../limits.ts"
import { type ConceptMessage, type KeptData, noInputs, readConcepts } from "../protocol/input.ts"
import { answer, type Call, type Caller, type Handler } from "../protocol/request.ts"
import { inputMessage, parseKept, printKept } from "../protocol/resources.ts"
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
export const readAction = (given: string): Action => {
  const action = given || "merge"
  if (action === "merge" || action === "overwrite" || action === "remove") return action
  throw wireError(
    StatusCode.CONN_BAD_REQUEST_FORMAT,
    `action '${action.slice(0, 40)}' is not one of merge, overwrite, remove`
  )
}

/** Merges deeply, replaces, or removes members of a stored JSON object. */
export const patchObject = (old: JsonObject, change: JsonObject, action: Action): JsonObject => {
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

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Items are changed in transactions of about this length, so that other requests get their turn. */
const sliceMs = 20

interface Patched {
  readonly shown: InputWire
  readonly failure: WireError | undefined
}

/** Each item succeeds (30200) or fails independently. */
export const patchInputs: Handler<"PatchInputs", Settings | Store> = Effect.fn("inputs.patch")(function* (
  call: Call<PatchInputsRequestWire>
) {
  const { limits } = yield* Settings
  const store = yield* Store
  const action = readAction(call.request.action)
  const items = call.request.inputs
  if (items.length === 0) return yield* noInputs()
  const results: Array<Patched> = []
  while (results.length < items.length) {
    yield* store.write((db) => {
      const until = performance.now() + sliceMs
      do {
        const item = items[results.length] ?? {}
        const problem = call.malformed.get(item)
        results.push(patchItem(db, call, item, { action, limits, problem, path: `inputs[${results.length}].data` }))
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
  readonly problem: WireError | undefined
}

const patchItem = (db: Database, caller: Caller, item: InputWire, patching: Patching): Patched => {
  const { id = "" } = item
  try {
    if (patching.problem !== undefined) throw patching.problem
    const row = patchOne(db, caller.scope, mustFindInput(db, caller.scope, id), item, patching)
    const shown = inputMessage(row, annotationsOf(db, row.seq), caller, itemStatus(StatusCode.INPUT_MODIFY_SUCCESS))
    return { shown, failure: undefined }
  } catch (failure) {
    if (!(failure instanceof WireError)) throw failure
    return { shown: { id, data: {}, status: itemStatus(failure.code, failure.details) }, failure }
  }
}

const patchOne = (db: Database, scope: string, row: InputRow, item: InputWire, patching: Patching): InputRow => {
  const { action, limits, path } = patching
  const { data = {} } = item
  const at = now()
  const json = printKept(patchKept(parseKept(row.data), data, action))
  if (Buffer.byteLength(json) > limits.dataBytes)
    throw wireError(
      StatusCode.INPUT_INVALID_REQUEST,
      `the input's metadata and regions have more than ${limits.dataBytes} bytes`
    )
  if (data.concepts !== undefined) {
    const concepts = readConcepts(data.concepts, `${path}.concepts`)
    if (concepts.length > limits.conceptsPerInput)
      throw wireError(
        StatusCode.INPUT_INVALID_REQUEST,
        `${concepts.length} concepts; at most ${limits.conceptsPerInput} are accepted for an input`
      )
    patchConceptsOf(db, scope, row.seq, concepts, action, at)
  }
  updateInputData(db, row.seq, json, at)
  return mustFindInput(db, scope, row.id)
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

const patchKept = ({ geo, ...before }: KeptData, change: KeptData, action: Action): KeptData => {
  const { metadata, regions } = change
  const place = action === "remove" && change.geo !== undefined ? undefined : (change.geo ?? geo)
  return {
    ...before,
    ...(metadata === undefined ? {} : { metadata: patchObject(before.metadata ?? {}, metadata, action) }),
    ...(place === undefined ? {} : { geo: place }),
    ...(regions === undefined ? {} : { regions: patchRegions(before.regions ?? [], regions, action) })
  }
}

const patchRegions = (
  before: ReadonlyArray<RegionWire>,
  change: ReadonlyArray<RegionWire>,
  action: Action
): ReadonlyArray<RegionWire> => {
  if (action === "overwrite") return change
  const ids = new Set(change.map(({ id }) => id).filter((id) => id !== undefined))
  const rest = before.filter(({ id }) => id === undefined || !ids.has(id))
  return action === "remove" ? rest : [...rest, ...change]
}
