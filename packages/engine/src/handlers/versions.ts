/** Versions of a model: training, reading, deleting. */
import { StatusCode } from "@sightline/core/status"
import type { JsonObject, ModelVersionWire, PostModelVersionsRequestWire } from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import { Jobs } from "../jobs/jobs.ts"
import { readPlan as storedPlan, type TrainingPlan } from "../jobs/training-plan.ts"
import { Pretrained } from "../models/pretrained/pretrained-models.ts"
import { newId } from "../protocol/ids.ts"
import { readFlag, readNumber } from "../protocol/params.ts"
import { answer, type Call, type Caller, type Handler, readPage } from "../protocol/request.ts"
import { conceptMessage, parseIds, versionMessage } from "../protocol/resources.ts"
import { now } from "../protocol/time.ts"
import { wireError } from "../protocol/wire-error.ts"
import type { Database } from "../store/database.ts"
import { lastInput } from "../store/input-queue.ts"
import { inputBySeq } from "../store/input-table.ts"
import {
  countModelInputs,
  findModel,
  listModels,
  modelConcepts,
  modelInputs,
  type ModelRow
} from "../store/model-table.ts"
import { Settings } from "../settings.ts"
import { findConcept, listConcepts } from "../store/concept-table.ts"
import { Store } from "../store/store.ts"
import {
  deleteVersion as removeVersion,
  describeVersion,
  findVersion,
  insertVersion,
  latestVersion,
  listVersions as selectVersions,
  type VersionRow,
  versionInputs
} from "../store/version-table.ts"
import { importVersion } from "./import-version.ts"
import { showInput } from "./inputs.ts"
import { describeWithConcepts, noSuchModel, showModel, showOutputInfo, withModel } from "./models.ts"

/** The version of that id, or 21200. */
export const mustFindVersion = (db: Database, model: ModelRow, id = ""): VersionRow => {
  const row = findVersion(db, model.seq, id)
  if (row === undefined)
    throw wireError(StatusCode.MODEL_DOES_NOT_EXIST, `Model version '${id}' of model '${model.id}' does not exist`)
  return row
}

/** The custom model of that id, or 21200. Pretrained models have no trainings. */
export const ownModel = (db: Database, scope: string, id = "", folder: string): ModelRow => {
  const row = findModel(db, scope, id)
  if (row === undefined)
    throw noSuchModel(
      id,
      folder,
      listModels(db, scope).map((model) => model.id)
    )
  return row
}

/** The seed of a training: an integer that JSON represents exactly. */
const readSeed = (sources: ReadonlyArray<JsonObject>): number | undefined => {
  const seed = sources.map((from) => readNumber(from, "seed")).find((value) => value !== undefined)
  if (seed !== undefined && !Number.isSafeInteger(seed))
    throw wireError(
      StatusCode.CONN_BAD_REQUEST_FORMAT,
      `params.seed must be an integer between ±${Number.MAX_SAFE_INTEGER}`
    )
  return seed
}

const readPlan = (
  db: Database,
  { request, scope }: Call<PostModelVersionsRequestWire>,
  model: ModelRow,
  ownSeed: number
): { plan: TrainingPlan; description: string } => {
  const [version = {}] = request.model_versions ?? []
  const { output_info: info = {}, train_info: train = {} } = version
  const sources = [{ ...info.output_config }, info.params ?? {}, train.params ?? {}]
  const flag = (key: string) => sources.map((from) => readFlag(from, key)).find((value) => value !== undefined)
  const seconds = sources.map((from) => readNumber(from, "training_timeout")).find((value) => value !== undefined)
  const from = train.resume_from_model?.model_version?.id ?? ""
  const named = modelConcepts(db, model.seq)
  // A model without concepts is trained on all concepts of its app, as by the service.
  const concepts = named.length > 0 ? named : listConcepts(db, scope, { limit: 1000, offset: 0 }).map(({ id }) => id)
  return {
    plan: {
      concepts,
      exclusive: flag("concepts_mutually_exclusive") ?? model.exclusive !== 0,
      closed: flag("closed_environment") ?? model.closed !== 0,
      failOnMissingPositives: flag("fail_on_missing_positive_examples") ?? false,
      upTo: lastInput(db, scope),
      seed: readSeed(sources) ?? ownSeed,
      ...(seconds === undefined || seconds <= 0 ? {} : { timeoutMs: seconds * 1000 }),
      ...(from === "" ? {} : { resumeFrom: from })
    },
    description: version.description || request.description || ""
  }
}

/** Queues a training (21103). With an exported head in `pretrained_model_config`, the version is trained (21100) at once. */
export const postVersion: Handler<"PostModelVersions", Settings | Store | Jobs | Pretrained> = Effect.fn(
  "versions.post"
)(function* (call: Call<PostModelVersionsRequestWire>) {
  const store = yield* Store
  const { seed } = yield* Settings
  const { folder } = yield* Pretrained
  const reply = yield* store.write((db) => {
    const model = ownModel(db, call.scope, call.request.model_id, folder)
    const { description, plan } = readPlan(db, call, model, seed)
    const imported = call.request.model_versions?.[0]?.pretrained_model_config?.model_zip_url ?? ""
    if (imported !== "")
      return answer({ model: showModel(db, model, call, importVersion(db, call, model, imported, description)) })
    if (
      plan.resumeFrom !== undefined &&
      mustFindVersion(db, model, plan.resumeFrom).status !== StatusCode.MODEL_TRAINED
    )
      throw wireError(
        StatusCode.MODEL_INVALID_ARGUMENT,
        `version '${plan.resumeFrom}' is not trained; training cannot continue from it`
      )
    const id = newId()
    insertVersion(db, {
      model: model.seq,
      id,
      status: StatusCode.MODEL_QUEUED_FOR_TRAINING,
      plan: JSON.stringify(plan),
      concepts: JSON.stringify(plan.concepts),
      description,
      created_at: now()
    })
    return answer({ model: showModel(db, model, call, mustFindVersion(db, model, id)) })
  })
  yield* Jobs.use((jobs) => jobs.wake)
  return reply
})

/** A version with the options of its training; its model may have been changed since. */
const showVersion = (row: VersionRow, caller: Caller, conceptCount: number): ModelVersionWire => {
  // one that was created with its model was not requested, and has an empty plan
  const { closed, exclusive }: Partial<TrainingPlan> = storedPlan(row)
  const asked = exclusive !== undefined && closed !== undefined
  return {
    ...versionMessage(row, caller, conceptCount),
    ...(asked
      ? { output_info: { output_config: { concepts_mutually_exclusive: exclusive, closed_environment: closed } } }
      : {})
  }
}

/** A model, or one of its versions, with its concepts. */
export const getOutputInfo: Handler<"GetModelOutputInfo", Store | Pretrained> = (call) => {
  const { model_id: id = "", version_id: versionId = "" } = call.request
  return Effect.gen(function* () {
    const catalog = yield* Pretrained
    const described = yield* Effect.flatMap(catalog.find(id), describeWithConcepts)
    return yield* withModel(
      call,
      id,
      (db, row) => {
        const version = versionId === "" ? latestVersion(db, row.seq) : mustFindVersion(db, row, versionId)
        const trained = versionId === "" || version === undefined ? [] : parseIds(version.concepts)
        return answer({
          model: showOutputInfo(db, row, call, version, trained.length > 0 ? trained : modelConcepts(db, row.seq))
        })
      },
      (model) => answer({ model: described ?? model })
    )
  })
}

/** Versions of a model, newest first. */
export const listVersions: Handler<"ListModelVersions", Store | Pretrained> = (call) =>
  withModel(
    call,
    call.request.model_id ?? "",
    (db, model) => {
      const count = modelConcepts(db, model.seq).length
      const rows = selectVersions(db, model.seq, readPage(call.request), call.request.trained_only ?? false)
      return answer({ model_versions: rows.map((row) => showVersion(row, call, count)) })
    },
    ({ model_version: version = {} }) => answer({ model_versions: [version] })
  )

export const getVersion: Handler<"GetModelVersion", Store | Pretrained> = (call) =>
  withModel(
    call,
    call.request.model_id ?? "",
    (db, model) => {
      const row = mustFindVersion(db, model, call.request.version_id)
      return answer({ model_version: showVersion(row, call, modelConcepts(db, model.seq).length) })
    },
    ({ model_version: version = {} }) => answer({ model_version: version })
  )

const withOwnModel = <A>(
  { request, scope }: Call<{ readonly model_id?: string }>,
  mode: "read" | "write",
  body: (db: Database, model: ModelRow) => A
) =>
  Effect.flatMap(Pretrained, ({ folder }) =>
    Store.use((store) => store[mode]((db) => body(db, ownModel(db, scope, request.model_id, folder))))
  )

/** Deletes a version; also cancels its training. */
export const deleteVersion: Handler<"DeleteModelVersion", Store | Pretrained> = (call) =>
  withOwnModel(call, "write", (db, model) => {
    removeVersion(db, model.seq, mustFindVersion(db, model, call.request.version_id).id)
    return answer({})
  })

/** Changes descriptions. */
export const patchVersions: Handler<"PatchModelVersions", Store | Pretrained> = (call) =>
  withOwnModel(call, "write", (db, model) => {
    const count = modelConcepts(db, model.seq).length
    const rows = call.request.model_versions.map(({ description = "", id }) => {
      const row = mustFindVersion(db, model, id)
      describeVersion(db, row.seq, description, now())
      return mustFindVersion(db, model, row.id)
    })
    return answer({ model_versions: rows.map((row) => versionMessage(row, call, count)) })
  })

/** Inputs with the concepts of a model, or the training inputs of one of its versions. */
export const listModelInputs: Handler<"ListModelInputs", Store | Pretrained> = (call) =>
  withModel(
    call,
    call.request.model_id ?? "",
    (db, model) => {
      const page = readPage(call.request)
      const version = call.request.version_id ?? ""
      const seqs =
        version === ""
          ? modelInputs(db, call.scope, model.seq, page)
          : versionInputs(db, mustFindVersion(db, model, version).seq, page)
      const rows = seqs.map((seq) => inputBySeq(db, seq)).filter((row) => row !== undefined)
      return answer({ inputs: rows.map((row) => showInput(db, row, call)) })
    },
    () => answer({ inputs: [] })
  )

/** Concepts of a model or of one of its versions. */
export const listModelConcepts: Handler<"ListModelConcepts", Store | Pretrained> = (call) =>
  withModel(
    call,
    call.request.model_id ?? "",
    (db, model) => {
      const { limit, offset } = readPage(call.request)
      const version = call.request.version_id ?? ""
      const ids = version === "" ? modelConcepts(db, model.seq) : parseIds(mustFindVersion(db, model, version).concepts)
      const rows = ids.slice(offset, offset + limit).map((id) => findConcept(db, call.scope, id))
      return answer({ concepts: rows.filter((row) => row !== undefined).map((row) => conceptMessage(row, call)) })
    },
    () => answer({ concepts: [] })
  )

/** Seconds of a training on a laptop: a start, and time for each example. Measured, rounded up. */
const startSeconds = 2
const secondsPerThousand = 10

/** How long a training will take. */
export const estimateTraining: Handler<"PostModelVersionsTrainingTimeEstimate", Store | Pretrained> = (call) =>
  withOwnModel(call, "read", (db, model) => {
    const given = call.request.estimated_input_count ?? Number.NaN
    const count = Number.isFinite(given) ? given : countModelInputs(db, call.scope, model.seq)
    return answer({ training_time_estimates: [`${startSeconds + Math.ceil((count / 1000) * secondsPerThousand)}s`] })
  })
