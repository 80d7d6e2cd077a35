/** Evaluations: queueing them, and reading their results. */
import { StatusCode } from "@sightline/core/status"
import type { EvalMetricsWire, FieldsValueWire, ModelVersionWire } from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import { Jobs } from "../jobs/jobs.ts"
import { Pretrained } from "../models/pretrained/pretrained-models.ts"
import { newId } from "../protocol/ids.ts"
import { answer, type Caller, type Handler, readPage } from "../protocol/request.ts"
import { parseIds, versionMessage } from "../protocol/resources.ts"
import { itemStatus } from "../protocol/status.ts"
import { now } from "../protocol/time.ts"
import { wireError } from "../protocol/wire-error.ts"
import { nameConcepts } from "../store/concept-table.ts"
import type { Database } from "../store/database.ts"
import { findEvaluation, insertEvaluation, listEvaluations as selectEvaluations } from "../store/evaluation-table.ts"
import { modelBySeq, modelConcepts, type ModelRow } from "../store/model-table.ts"
import { Store } from "../store/store.ts"
import { setMetrics, type VersionRow, versionBySeq } from "../store/version-table.ts"
import { mustFindVersion, ownModel } from "./versions.ts"

/** Parts of an evaluation that are only shown on request. */
const parts = ["confusion_matrix", "cooccurrence_matrix", "label_counts", "binary_metrics", "test_set"] as const

/** Adds names to the ids of concepts, at any depth. */
const named = <A>(value: A, names: ReadonlyMap<string, string>): A => {
  const walk = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(walk)
    if (typeof inner !== "object" || inner === null) return inner
    const fields: Record<string, unknown> = {}
    for (const [key, field] of Object.entries(inner)) fields[key] = walk(field)
    const name = names.get(String(fields["id"]))
    const concept = names.get(String(fields["concept_name"]))
    if (name !== undefined) fields["name"] = name
    if (concept !== undefined) fields["concept_name"] = concept
    return fields
  }
  return walk(value) as A // the same message with more names
}

/** The state of a version's evaluation, the summary, and the parts that `fields` name. */
const showMetrics = (
  db: Database,
  row: VersionRow,
  { scope }: Caller,
  fields: FieldsValueWire = {}
): EvalMetricsWire => {
  const status = itemStatus(row.metrics_status, row.metrics_details)
  if (row.metrics === null || row.metrics_status !== StatusCode.MODEL_EVALUATED) return { status }
  const { expected_calibration_error: error, summary, ...found } = JSON.parse(row.metrics) as EvalMetricsWire // ours
  const wanted = Object.fromEntries(parts.filter((part) => fields[part] === true).map((part) => [part, found[part]]))
  return {
    status,
    ...(summary === undefined ? {} : { summary }),
    ...(error === undefined ? {} : { expected_calibration_error: error }),
    ...named(wanted, nameConcepts(db, scope, parseIds(row.concepts)))
  }
}

const showVersion = (
  db: Database,
  model: ModelRow,
  row: VersionRow,
  caller: Caller,
  fields?: FieldsValueWire
): ModelVersionWire => ({
  ...versionMessage(row, caller, modelConcepts(db, model.seq).length),
  metrics: showMetrics(db, row, caller, fields)
})

const queue = (db: Database, model: ModelRow, versionId: string | undefined): VersionRow => {
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

/** Changes rows, then wakes the evaluation. */
const writeAndWake = <A>(body: (db: Database, folder: string) => A) =>
  Effect.gen(function* () {
    const store = yield* Store
    const { folder } = yield* Pretrained
    const result = yield* store.write((db) => body(db, folder))
    yield* Jobs.use((jobs) => jobs.wake)
    return result
  })

const readWithFolder = <A>(body: (db: Database, folder: string) => A) =>
  Effect.flatMap(Pretrained, ({ folder }) => Store.use((store) => store.read((db) => body(db, folder))))

/** Queues an evaluation (21303); it has ended when its status is 21300. */
export const postMetrics: Handler<"PostModelVersionMetrics", Store | Jobs | Pretrained> = (call) =>
  writeAndWake((db, folder) => {
    const model = ownModel(db, call.scope, call.request.model_id, folder)
    return answer({ model_version: showVersion(db, model, queue(db, model, call.request.version_id), call) })
  })

export const getMetrics: Handler<"GetModelVersionMetrics", Store | Pretrained> = (call) =>
  readWithFolder((db, folder) => {
    const { fields, model_id: modelId, version_id: versionId } = call.request
    const model = ownModel(db, call.scope, modelId, folder)
    return answer({ model_version: showVersion(db, model, mustFindVersion(db, model, versionId), call, fields) })
  })

const showEvaluation = (
  db: Database,
  id: string,
  seq: number,
  caller: Caller,
  fields?: FieldsValueWire
): EvalMetricsWire => {
  const row = versionBySeq(db, seq)
  const model = row === undefined ? undefined : modelBySeq(db, row.model)
  if (row === undefined || model === undefined) throw noSuchEvaluation(id)
  return {
    id,
    ...showMetrics(db, row, caller, fields),
    model: { id: model.id, app_id: caller.appId, user_id: caller.userId, model_version: { id: row.id } }
  }
}

const noSuchEvaluation = (id: string) =>
  wireError(StatusCode.CONN_DOES_NOT_EXIST, `evaluation '${id}' not found. Check the url of your request.`)

/** Queues evaluations of a version, each under its own id. */
export const postVersionEvaluations: Handler<"PostModelVersionEvaluations", Store | Jobs | Pretrained> = (call) => {
  const { eval_metrics: given, model_id: modelId, model_version_id: versionId } = call.request
  return queueEvaluations(call, given.length === 0 ? [{}] : given, () => ({ modelId, versionId }))
}

/** Queues evaluations of the versions that `eval_metrics` names. */
export const postEvaluations: Handler<"PostEvaluations", Store | Jobs | Pretrained> = (call) => {
  const given = call.request.eval_metrics ?? []
  return queueEvaluations(call, given.length === 0 ? [{}] : given, ({ model }) => ({
    modelId: model?.id,
    versionId: model?.model_version?.id
  }))
}

interface Evaluated {
  readonly modelId: string | undefined
  readonly versionId: string | undefined
}

const queueEvaluations = (
  caller: Caller,
  given: ReadonlyArray<EvalMetricsWire>,
  evaluated: (metrics: EvalMetricsWire) => Evaluated
) =>
  writeAndWake((db, folder) => {
    const shown = given.map((metrics) => {
      const { modelId, versionId } = evaluated(metrics)
      const row = queue(db, ownModel(db, caller.scope, modelId, folder), versionId)
      const id = metrics.id || newId()
      insertEvaluation(db, id, row.seq, now())
      return showEvaluation(db, id, row.seq, caller)
    })
    return answer({ eval_metrics: shown })
  })

/** Evaluations of a version, newest first. */
export const listVersionEvaluations: Handler<"ListModelVersionEvaluations", Store | Pretrained> = (call) =>
  readWithFolder((db, folder) => {
    const { model_id: modelId, model_version_id: versionId } = call.request
    const version = mustFindVersion(db, ownModel(db, call.scope, modelId, folder), versionId)
    const rows = selectEvaluations(db, call.scope, readPage(call.request), version.seq)
    return answer({ eval_metrics: rows.map((row) => showEvaluation(db, row.id, row.version, call)) })
  })

/** Evaluations of an app, newest first. */
export const listEvaluations: Handler<"ListEvaluations", Store> = (call) =>
  Store.use(({ read }) =>
    read((db) => {
      const rows = selectEvaluations(db, call.scope, readPage(call.request))
      return answer({ eval_metrics: rows.map((row) => showEvaluation(db, row.id, row.version, call)) })
    })
  )

export const getEvaluation: Handler<"GetEvaluation", Store> = (call) =>
  Store.use(({ read }) =>
    read((db) => {
      const { evaluation_id: id = "", fields } = call.request
      const row = findEvaluation(db, call.scope, id)
      if (row === undefined) throw noSuchEvaluation(id)
      return answer({ eval_metrics: showEvaluation(db, id, row.version, call, fields) })
    })
  )
