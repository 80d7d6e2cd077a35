/** Evaluations: queueing them, and reading their results. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import { Jobs } from "../jobs/jobs.ts"
import { newId } from "../protocol/ids.ts"
import { message, type Wire, type WireObject } from "../protocol/json.ts"
import { type Message, readFlag, readMessage, readMessages, readText } from "../protocol/read.ts"
import { answer, type Answer, type Call, readPage } from "../protocol/request.ts"
import { parseStored, versionMessage } from "../protocol/resources.ts"
import { itemStatus } from "../protocol/status.ts"
import { now } from "../protocol/time.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import { Pretrained } from "../models/pretrained/catalog.ts"
import { nameConcepts } from "../store/concept-table.ts"
import type { Database } from "../store/database.ts"
import { findEvaluation, insertEvaluation, listEvaluations as selectEvaluations } from "../store/evaluation-table.ts"
import { modelBySeq, modelConcepts, type ModelRow } from "../store/model-table.ts"
import { Store } from "../store/store.ts"
import { setMetrics, type VersionRow, versionBySeq } from "../store/version-table.ts"
import { mustFindVersion, ownModel } from "./versions.ts"

/** Parts of an evaluation that are only shown on request. */
const parts = ["confusion_matrix", "cooccurrence_matrix", "label_counts", "binary_metrics", "test_set"] as const

const asWire = (value: unknown): Wire => value as Wire // stored JSON goes out as JSON

/** Adds names to the ids of concepts, at any depth. */
const named = (value: Wire, names: ReadonlyMap<string, string>): Wire => {
  if (Array.isArray(value)) return value.map((item) => named(item, names))
  if (typeof value !== "object" || value === null) return value
  const members = Object.entries(value).map(([key, member]) => [key, named(member, names)] as const)
  const id = "id" in value && typeof value.id === "string" ? names.get(value.id) : undefined
  const conceptName =
    "concept_name" in value && typeof value.concept_name === "string" ? names.get(value.concept_name) : undefined
  return {
    ...Object.fromEntries(members),
    ...(id === undefined ? {} : { name: id }),
    ...(conceptName === undefined ? {} : { concept_name: conceptName })
  }
}

/** `EvalMetrics` of a version: its state, the summary, and the parts that `fields.*` name. */
const showMetrics = (db: Database, row: VersionRow, call: Call, fields: Message): WireObject => {
  const status = { status: itemStatus(row.metrics_status, row.metrics_details) }
  if (row.metrics === null || row.metrics_status !== StatusCode.MODEL_EVALUATED) return status
  const found = parseStored(row.metrics)
  const wanted = parts.filter(
    (part) => readFlag(fields, `fields.${part}`) ?? readFlag(readMessage(fields, "fields"), part) ?? false
  )
  const names = nameConcepts(db, call.scope, readPlanConcepts(row))
  return {
    ...status,
    summary: asWire(found["summary"]),
    expected_calibration_error: asWire(found["expected_calibration_error"]),
    ...Object.fromEntries(wanted.map((part) => [part, named(asWire(found[part]), names)]))
  }
}

const readPlanConcepts = (row: VersionRow): ReadonlyArray<string> => JSON.parse(row.concepts) as ReadonlyArray<string>

const showVersion = (db: Database, model: ModelRow, row: VersionRow, call: Call): WireObject => ({
  ...versionMessage(row, call, modelConcepts(db, model.seq).length),
  metrics: showMetrics(db, row, call, call.query)
})

const queue = (db: Database, model: ModelRow, versionId: string): VersionRow => {
  const row = mustFindVersion(db, model, versionId)
  if (row.status !== StatusCode.MODEL_TRAINED)
    throw wireError(
      StatusCode.MODEL_UNTRAINED,
      `version '${row.id}' is not trained; only a trained version is evaluated`
    )
  if (
    row.metrics_status !== StatusCode.MODEL_QUEUED_FOR_EVALUATION &&
    row.metrics_status !== StatusCode.MODEL_EVALUATING
  )
    setMetrics(db, row.seq, { status: StatusCode.MODEL_QUEUED_FOR_EVALUATION }, now())
  return mustFindVersion(db, model, versionId)
}

/** `POST models/{m}/versions/{v}/metrics`: queued (21303); poll the GET until 21300. */
export const postMetrics = Effect.fnUntraced(function* (
  call: Call
): Effect.fn.Return<Answer, WireError, Store | Jobs | Pretrained> {
  const store = yield* Store
  const { folder } = yield* Pretrained
  const reply = yield* store.write((db) => {
    const model = ownModel(db, call, folder)
    return answer({ model_version: showVersion(db, model, queue(db, model, call.params["version"] ?? ""), call) })
  })
  yield* Jobs.use((jobs) => jobs.wake)
  return reply
})

/** `GET models/{m}/versions/{v}/metrics` */
export const getMetrics = Effect.fnUntraced(function* (
  call: Call
): Effect.fn.Return<Answer, WireError, Store | Pretrained> {
  const store = yield* Store
  const { folder } = yield* Pretrained
  return yield* store.read((db) => {
    const model = ownModel(db, call, folder)
    return answer({
      model_version: showVersion(db, model, mustFindVersion(db, model, call.params["version"] ?? ""), call)
    })
  })
})

/** The version that a call names: in the path, or in `eval_metrics[].model` for the calls of the whole app. */
const versionOf = (
  db: Database,
  call: Call,
  folder: string,
  metrics: Message
): { model: ModelRow; version: string } => {
  const named = readMessage(metrics, "model")
  const inPath = call.params["model"] !== undefined
  const params = inPath ? call.params : { model: readText(named, "id") }
  const model = ownModel(db, { ...call, params }, folder)
  return { model, version: call.params["version"] ?? readText(readMessage(named, "model_version"), "id") }
}

const showEvaluation = (db: Database, id: string, seq: number, call: Call): WireObject => {
  const row = versionBySeq(db, seq)
  const model = row === undefined ? undefined : modelBySeq(db, row.model)
  if (row === undefined || model === undefined)
    throw wireError(StatusCode.CONN_DOES_NOT_EXIST, `evaluation '${id}' not found. Check the url of your request.`)
  return message({
    id,
    ...showMetrics(db, row, call, call.query),
    model: { id: model.id, app_id: call.appId, user_id: call.userId, model_version: { id: row.id } }
  })
}

/** `POST …/evaluations`: queues an evaluation, under its own id. */
export const postEvaluations = Effect.fnUntraced(function* (
  call: Call
): Effect.fn.Return<Answer, WireError, Store | Jobs | Pretrained> {
  const store = yield* Store
  const { folder } = yield* Pretrained
  const reply = yield* store.write((db) => {
    const given = readMessages(call.body, "eval_metrics")
    const shown = (given.length === 0 ? [{}] : given).map((metrics) => {
      const { model, version } = versionOf(db, call, folder, metrics)
      const row = queue(db, model, version)
      const id = readText(metrics, "id") || newId()
      insertEvaluation(db, id, row.seq, now())
      return showEvaluation(db, id, row.seq, call)
    })
    return answer({ eval_metrics: shown })
  })
  yield* Jobs.use((jobs) => jobs.wake)
  return reply
})

/** `GET …/evaluations` of a version or of the app, newest first. */
export const listEvaluations = Effect.fnUntraced(function* (
  call: Call
): Effect.fn.Return<Answer, WireError, Store | Pretrained> {
  const store = yield* Store
  const { folder } = yield* Pretrained
  return yield* store.read((db) => {
    const version =
      call.params["version"] === undefined
        ? undefined
        : mustFindVersion(db, ownModel(db, call, folder), call.params["version"]).seq
    const rows = selectEvaluations(db, call.scope, readPage(call.query), version)
    return answer({ eval_metrics: rows.map(({ id, version }) => showEvaluation(db, id, version, call)) })
  })
})

/** `GET …/evaluations/{id}` */
export const getEvaluation = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.read((db) => {
      const id = call.params["evaluation"] ?? ""
      const row = findEvaluation(db, call.scope, id)
      if (row === undefined)
        throw wireError(StatusCode.CONN_DOES_NOT_EXIST, `evaluation '${id}' not found. Check the url of your request.`)
      return answer({ eval_metrics: showEvaluation(db, id, row.version, call) })
    })
  )
