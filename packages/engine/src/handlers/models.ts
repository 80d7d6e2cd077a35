/** Custom models, and pretrained ones as lists show them. */
import { StatusCode } from "@sightline/core/status"
import type { ModelWire, OutputInfoWire, PaginationWire } from "@sightline/core/wire"
import { nearestName } from "@sightline/platform/nearest-name"
import * as Effect from "effect/Effect"
import type { EngineLimits } from "../limits.ts"
import { checkId, newId } from "../protocol/ids.ts"
import { readConcepts } from "../protocol/input.ts"
import { readFlag } from "../protocol/params.ts"
import { answer, type Caller, type Handler, readPage } from "../protocol/request.ts"
import { type ModelExtra, modelMessage, parseExtra } from "../protocol/resources.ts"
import { now } from "../protocol/time.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import { ensureConcept, findConcept } from "../store/concept-table.ts"
import type { Database } from "../store/database.ts"
import {
  deleteModels as removeModels,
  findModel,
  insertModel,
  listModels as selectModels,
  modelConcepts,
  type ModelRow,
  setModelConcepts,
  updateModel
} from "../store/model-table.ts"
import { Store } from "../store/store.ts"
import { matchesWildcard } from "../store/wildcard.ts"
import { insertVersion, latestVersion, type VersionRow } from "../store/version-table.ts"
import { catalogue } from "../added-models/catalogue.ts"
import { Pretrained, type PretrainedModel } from "../models/pretrained/pretrained-models.ts"
import { Settings } from "../settings.ts"
import { checkIds } from "./inputs.ts"
import { type Action, patchObject, readAction } from "./patch-inputs.ts"

/** The model type that this engine trains. */
export const trainable = "embedding-classifier"

const megabytes = (bytes: number): string => `${Math.max(1, Math.round(bytes / 1e6))} MB`

/** The command that adds a model, if the catalogue has one of that name or alias. */
const howToAdd = (id: string): string => {
  const entry = catalogue.find(({ manifest, name }) => name === id || (manifest.aliases ?? []).includes(id))
  return entry === undefined
    ? `"sightline models list --available" shows pretrained models that can be added.`
    : `Add one for ${entry.purpose}: sightline models add ${entry.name} (${megabytes(entry.sizeBytes)}, ${entry.license}).`
}

/** 21200 for a model that does not exist, with what to do about it. `ids`: those that do. */
export const noSuchModel = (id: string, folder: string, ids: ReadonlyArray<string>): WireError => {
  const near = nearestName(id, ids)
  const hint = near === undefined ? "" : ` Did you mean '${near}'?`
  return wireError(
    StatusCode.MODEL_DOES_NOT_EXIST,
    `Model '${id}' does not exist on this engine.${hint} ${howToAdd(id)} Or put a folder of this name, with a pretrained one and its ` +
      `manifest.json, into ${folder}, or train your own: app.train(..) of @sightline/plugin-training, on the wire POST /v2/models.`
  )
}

/** The same where all models of the caller are looked up: its custom ones and those of the folder. */
export const unknownModel = Effect.fnUntraced(function* (
  { scope }: Pick<Caller, "scope">,
  id: string
): Effect.fn.Return<never, WireError, Store | Pretrained> {
  const { folder, list } = yield* Pretrained
  const store = yield* Store
  const own = yield* store.read((db) => selectModels(db, scope).map((row) => row.id))
  const served = yield* list
  return yield* noSuchModel(id, folder, [...own, ...served.map((model) => model.id)])
})

/** A custom model as a message, with its newest version by default. */
export const showModel = (
  db: Database,
  row: ModelRow,
  caller: Caller,
  version = latestVersion(db, row.seq)
): ModelWire => modelMessage(row, version, caller, modelConcepts(db, row.seq).length)

/** A custom model with its concepts, as `output_info` shows it. */
export const showOutputInfo = (
  db: Database,
  row: ModelRow,
  caller: Caller,
  version: VersionRow | undefined,
  ids: ReadonlyArray<string>
): ModelWire => {
  const concepts = ids.map((id) => findConcept(db, caller.scope, id)).filter((concept) => concept !== undefined)
  return modelMessage(row, version, caller, ids.length, concepts)
}

const writeWithLimits = <A>(body: (db: Database, limits: EngineLimits) => A) =>
  Effect.flatMap(Settings, ({ limits }) => Store.use((store) => store.write((db) => body(db, limits))))

/** Creates one model, with an untrained version. */
export const postModel: Handler<"PostModels", Settings | Store> = (call) =>
  writeWithLimits((db, limits) => {
    const given = call.request.models?.[0] ?? call.request.model ?? {}
    const id = checkId(given.id || newId(), "model", StatusCode.MODEL_INVALID_REQUEST)
    if (findModel(db, call.scope, id) !== undefined)
      throw wireError(StatusCode.DATABASE_DUPLICATE_KEY, `model_id '${id}' is already in use`)
    const type = given.model_type_id || trainable
    if (type !== trainable)
      throw wireError(
        StatusCode.MODEL_INVALID_ARGUMENT,
        `models of type '${type.slice(0, 64)}' cannot be trained here; ${trainable} can`
      )
    const at = now()
    const config = readConfig(given)
    const seq = insertModel(db, {
      app: call.scope,
      id,
      name: given.name || id,
      type,
      exclusive: Number(config.exclusive ?? false),
      closed: Number(config.closed ?? false),
      extra: JSON.stringify(readExtra(given)),
      created_at: at,
      modified_at: at
    })
    setModelConcepts(db, call.scope, seq, ensureConcepts(db, call.scope, given, at, limits.conceptsPerModel))
    insertVersion(db, {
      model: seq,
      id: newId(),
      status: StatusCode.MODEL_UNTRAINED,
      plan: "{}",
      concepts: "[]",
      description: "",
      created_at: at
    })
    return answer({ model: showModel(db, mustFindModel(db, call.scope, id), call) })
  })

const mustFindModel = (db: Database, scope: string, id = ""): ModelRow => {
  const row = findModel(db, scope, id)
  if (row === undefined) throw wireError(StatusCode.MODEL_DOES_NOT_EXIST, `Model '${id}' does not exist`)
  return row
}

/** Options may be given on the version or on the model; those of the version take precedence. */
const infosOf = ({ model_version: version, output_info: info }: ModelWire): ReadonlyArray<OutputInfoWire> =>
  [version?.output_info, info].filter((given) => given !== undefined)

const readConfig = (model: ModelWire) => {
  const configs = infosOf(model).flatMap(({ output_config: config = {}, params = {} }) => [{ ...config }, params])
  const flag = (key: string) => configs.map((config) => readFlag(config, key)).find((value) => value !== undefined)
  return { exclusive: flag("concepts_mutually_exclusive"), closed: flag("closed_environment") }
}

const countConcepts = (model: ModelWire): number =>
  infosOf(model).reduce((most, { data }) => Math.max(most, data?.concepts?.length ?? 0), 0)

const ensureConcepts = (
  db: Database,
  scope: string,
  model: ModelWire,
  at: string,
  most: number
): ReadonlyArray<string> => {
  const lists = infosOf(model).map(({ data }) => readConcepts(data?.concepts, "output_info.data.concepts"))
  const concepts = lists.find((list) => list.length > 0) ?? []
  if (concepts.length > most)
    throw wireError(
      StatusCode.MODEL_INVALID_ARGUMENT,
      `the model has ${concepts.length} concepts; at most ${most} are accepted`
    )
  return concepts.map((concept) => ensureConcept(db, scope, concept, at))
}

const readExtra = ({ description, display_name, metadata = {}, notes }: ModelWire): ModelExtra => ({
  ...(display_name ? { display_name } : {}),
  ...(description ? { description } : {}),
  ...(notes ? { notes } : {}),
  ...(Object.keys(metadata).length > 0 ? { metadata } : {})
})

/** Runs `custom` if the app has the model, else `pretrained` if the models folder has it. */
export const withModel = Effect.fnUntraced(function* <A>(
  { scope }: Caller,
  id: string,
  custom: (db: Database, row: ModelRow) => A,
  pretrained: (model: ModelWire) => A
): Effect.fn.Return<A, WireError, Store | Pretrained> {
  const store = yield* Store
  const own = yield* store.read((db) => {
    const row = findModel(db, scope, id)
    return row === undefined ? undefined : { value: custom(db, row) }
  })
  if (own !== undefined) return own.value
  const found = yield* (yield* Pretrained).find(id)
  return found === undefined ? yield* unknownModel({ scope }, id) : pretrained(found.describe())
})

export const getModel: Handler<"GetModel", Store | Pretrained> = (call) =>
  withModel(
    call,
    call.request.model_id ?? "",
    (db, row) => answer({ model: showModel(db, row, call) }),
    (model) => answer({ model })
  )

/** A pretrained model with its labels, for which it is loaded. */
export const describeWithConcepts = (
  found: PretrainedModel | undefined
): Effect.Effect<ModelWire | undefined, WireError> =>
  found === undefined
    ? Effect.succeed(undefined)
    : Effect.map(found.process.info, ({ labels }) => found.describe(labels))

interface ModelFilter {
  readonly name: string
  readonly type: string
  readonly trainedOnly: boolean
  readonly oldestFirst: boolean
  readonly byName: boolean
}

const listMatching = (call: Caller, filter: ModelFilter, pagination: PaginationWire = {}) =>
  Effect.gen(function* () {
    const store = yield* Store
    const catalog = yield* Pretrained
    const fits = (model: {
      readonly name: string
      readonly id: string
      readonly type: string
      readonly legacy: string
    }) =>
      (filter.name === "" || matchesWildcard(filter.name, model.name) || matchesWildcard(filter.name, model.id)) &&
      (filter.type === "" || filter.type === model.type || filter.type === model.legacy)
    const own = yield* store.read((db) =>
      selectModels(db, call.scope)
        .filter((row) => fits({ name: row.name, id: row.id, type: row.type, legacy: "concept" }))
        .filter((row) => !filter.trainedOnly || latestVersion(db, row.seq, true) !== undefined)
        .map((row) => ({ name: row.name, show: () => showModel(db, row, call) }))
    )
    const loaded = (yield* catalog.list).filter((model) => fits(model))
    const all = [...own, ...loaded.map((model) => ({ name: model.name, show: () => model.describe() }))]
    if (filter.byName) all.sort((a, b) => (a.name < b.name ? -1 : 1))
    if (filter.oldestFirst && !filter.byName) all.reverse()
    const { limit, offset } = readPage(pagination)
    const models = yield* store.read(() => all.slice(offset, offset + limit).map(({ show }) => show()))
    return answer({ models })
  })

/** Custom models, newest first, then pretrained ones. */
export const listModels: Handler<"ListModels", Store | Pretrained> = (call) => {
  const {
    model_type_id: type = "",
    name = "",
    sort_ascending: oldestFirst = false,
    sort_by_name: byName = false,
    trained_only: trainedOnly = false
  } = call.request
  return listMatching(call, { name, type, trainedOnly, oldestFirst, byName }, call.request)
}

export const searchModels: Handler<"PostModelsSearches", Store | Pretrained> = (call) => {
  const { model_query: query = {}, pagination } = call.request
  const { name = "", model_type_id: type } = query
  const filter = { name, type: type || query.type || "", trainedOnly: false, oldestFirst: false, byName: false }
  return listMatching(call, filter, pagination)
}

/** Changes all of the models or none. A model with other concepts needs another training. */
export const patchModels: Handler<"PatchModels", Settings | Store> = (call) =>
  writeWithLimits((db, limits) => {
    const { action: asked, model, models } = call.request
    const action = readAction(asked)
    const given = models.length > 0 || model === undefined ? models : [model]
    if (given.length === 0)
      throw wireError(
        StatusCode.CONN_BAD_REQUEST_FORMAT,
        "Must supply the 'models' field. Check the JSON body of your request."
      )
    const named = given.reduce((sum, change) => sum + countConcepts(change), 0)
    if (named > limits.conceptsPerModel)
      throw wireError(
        StatusCode.MODEL_INVALID_ARGUMENT,
        `the models have ${named} concepts together; at most ${limits.conceptsPerModel} are accepted in one call`
      )
    const rows = given.map((change) => {
      const row = mustFindModel(db, call.scope, change.id)
      const at = now()
      const config = readConfig(change)
      updateModel(db, row.seq, {
        name: change.name || row.name,
        exclusive: Number(config.exclusive ?? row.exclusive !== 0),
        closed: Number(config.closed ?? row.closed !== 0),
        extra: JSON.stringify(patchObject({ ...parseExtra(row) }, { ...readExtra(change) }, "merge")),
        modified_at: at
      })
      const concepts = ensureConcepts(db, call.scope, change, at, limits.conceptsPerModel)
      setModelConcepts(db, call.scope, row.seq, changeConcepts(modelConcepts(db, row.seq), concepts, action))
      return mustFindModel(db, call.scope, row.id)
    })
    return answer({ models: rows.map((row) => showModel(db, row, call)) })
  })

const changeConcepts = (
  before: ReadonlyArray<string>,
  given: ReadonlyArray<string>,
  action: Action
): ReadonlyArray<string> => {
  if (action === "merge") return [...new Set([...before, ...given])]
  if (action === "overwrite") return given.length > 0 ? given : before
  const removed = new Set(given)
  return before.filter((id) => !removed.has(id))
}

/** Deletes a model with all its versions. */
export const deleteModel: Handler<"DeleteModel", Store> = ({ request, scope }) =>
  Store.use(({ write }) =>
    write((db) => {
      removeModels(db, scope, [mustFindModel(db, scope, request.model_id).id])
      return answer({})
    })
  )

export const deleteModels: Handler<"DeleteModels", Settings | Store> = ({ request, scope }) =>
  writeWithLimits((db, limits) => {
    const ids = checkIds(request.ids, limits.itemsPerCall)
    const all = request.delete_all === true
    if (!all && ids.length === 0)
      throw wireError(StatusCode.MODEL_INVALID_REQUEST, "name the models to delete in ids, or set delete_all")
    removeModels(db, scope, all ? "all" : ids)
    return answer({})
  })
