/** Versions of a model: training, reading, deleting. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import { Jobs } from "../jobs/jobs.ts"
import { readPlan as storedPlan, type TrainingPlan } from "../jobs/training-plan.ts"
import { newId } from "../protocol/ids.ts"
import { readFlag, readMessage, readMessages, readNumber, readText, type Message } from "../protocol/read.ts"
import type { WireObject } from "../protocol/json.ts"
import { answer, type Answer, type Call, readPage } from "../protocol/request.ts"
import { parseIds, versionMessage } from "../protocol/resources.ts"
import { now } from "../protocol/time.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import type { Database } from "../store/database.ts"
import { lastInput } from "../store/input-queue.ts"
import { annotationsOf, inputBySeq } from "../store/input-table.ts"
import { countModelInputs, findModel, modelConcepts, modelInputs, type ModelRow } from "../store/model-table.ts"
import { Settings } from "../settings.ts"
import { findConcept, listConcepts } from "../store/concept-table.ts"
import { Store } from "../store/store.ts"
import {
  deleteVersion as removeVersion,
  describeVersion,
  findVersion,
  insertVersion,
  listVersions as selectVersions,
  type VersionRow,
  versionInputs
} from "../store/version-table.ts"
import { conceptMessage, inputMessage } from "../protocol/resources.ts"
import { Pretrained } from "../models/pretrained/catalog.ts"
import { importedFrom, importVersion } from "./import-version.ts"
import { describeWithConcepts, noSuchModel, showModel, showOutputInfo, withModel } from "./models.ts"

/** The version of that id, or 21200. */
export const mustFindVersion = (db: Database, model: ModelRow, id: string): VersionRow => {
  const row = findVersion(db, model.seq, id)
  if (row === undefined)
    throw wireError(StatusCode.MODEL_DOES_NOT_EXIST, `Model version '${id}' of model '${model.id}' does not exist`)
  return row
}

/** The custom model of the path, or 21200. Pretrained models have no trainings. */
export const ownModel = (db: Database, call: Call, folder: string): ModelRow => {
  const row = findModel(db, call.scope, call.params["model"] ?? "")
  if (row === undefined) throw noSuchModel(call.params["model"] ?? "", folder)
  return row
}

/** The seed of a training: an integer that JSON represents exactly. */
const readSeed = (sources: ReadonlyArray<Message>): number | undefined => {
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
  call: Call,
  model: ModelRow,
  ownSeed: number
): { plan: TrainingPlan; description: string } => {
  const [version = {}] = readMessages(call.body, "model_versions")
  const info = readMessage(version, "output_info")
  const train = readMessage(version, "train_info")
  const sources: ReadonlyArray<Message> = [
    readMessage(info, "output_config"),
    readMessage(info, "params"),
    readMessage(train, "params")
  ]
  const flag = (key: string) => sources.map((from) => readFlag(from, key)).find((value) => value !== undefined)
  const seconds = sources.map((from) => readNumber(from, "training_timeout")).find((value) => value !== undefined)
  const from = readText(readMessage(readMessage(train, "resume_from_model"), "model_version"), "id")
  const named = modelConcepts(db, model.seq)
  // A model without concepts is trained on all concepts of its app, as by the service.
  const concepts =
    named.length > 0 ? named : listConcepts(db, call.scope, { limit: 1000, offset: 0 }).map(({ id }) => id)
  return {
    plan: {
      concepts,
      exclusive: flag("concepts_mutually_exclusive") ?? model.exclusive !== 0,
      closed: flag("closed_environment") ?? model.closed !== 0,
      failOnMissingPositives: flag("fail_on_missing_positive_examples") ?? false,
      upTo: lastInput(db, call.scope),
      seed: readSeed(sources) ?? ownSeed,
      ...(seconds === undefined || seconds <= 0 ? {} : { timeoutMs: seconds * 1000 }),
      ...(from === "" ? {} : { resumeFrom: from })
    },
    description: readText(version, "description") || readText(call.body, "description")
  }
}

/**
 * `POST models/{id}/versions`: queues a training (21103). With an exported head in `pretrained_model_config`, the version is
 * trained (21100) at once.
 */
export const postVersion = Effect.fn("versions.post")(function* (
  call: Call
): Effect.fn.Return<Answer, WireError, Settings | Store | Jobs | Pretrained> {
  const store = yield* Store
  const { seed } = yield* Settings
  const { folder } = yield* Pretrained
  const reply = yield* store.write((db) => {
    const model = ownModel(db, call, folder)
    const { description, plan } = readPlan(db, call, model, seed)
    const imported = importedFrom(call.body)
    if (imported !== undefined)
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
const showVersion = (row: VersionRow, call: Call, conceptCount: number): WireObject => {
  // one that was created with its model was not requested, and has an empty plan
  const { closed, exclusive }: Partial<TrainingPlan> = storedPlan(row)
  const asked = exclusive !== undefined && closed !== undefined
  return {
    ...versionMessage(row, call, conceptCount),
    ...(asked
      ? { output_info: { output_config: { concepts_mutually_exclusive: exclusive, closed_environment: closed } } }
      : {})
  }
}

/** `GET models/{id}/versions`: newest first. */
export const listVersions = (call: Call): Effect.Effect<Answer, WireError, Store | Pretrained> =>
  withModel(
    call,
    (db, model) => {
      const count = modelConcepts(db, model.seq).length
      const rows = selectVersions(db, model.seq, readPage(call.query), readFlag(call.query, "trained_only") ?? false)
      return answer({ model_versions: rows.map((row) => showVersion(row, call, count)) })
    },
    (model) => answer({ model_versions: [model["model_version"]] })
  )

/** `GET models/{id}/versions/{version}` */
export const getVersion = (call: Call): Effect.Effect<Answer, WireError, Store | Pretrained> =>
  withModel(
    call,
    (db, model) => {
      const row = mustFindVersion(db, model, call.params["version"] ?? "")
      return answer({ model_version: showVersion(row, call, modelConcepts(db, model.seq).length) })
    },
    (model) => answer({ model_version: model["model_version"] })
  )

/** `GET models/{id}/versions/{version}/output_info`: the concepts of this version. */
export const getVersionOutputInfo = (call: Call): Effect.Effect<Answer, WireError, Store | Pretrained> =>
  Effect.flatMap(Pretrained, (catalog) =>
    Effect.flatMap(Effect.flatMap(catalog.find(call.params["model"] ?? ""), describeWithConcepts), (described) =>
      withModel(
        call,
        (db, model) => {
          const row = mustFindVersion(db, model, call.params["version"] ?? "")
          const trained = parseIds(row.concepts)
          return answer({
            model: showOutputInfo(db, model, call, row, trained.length > 0 ? trained : modelConcepts(db, model.seq))
          })
        },
        () => answer({ model: described })
      )
    )
  )

/** `DELETE models/{id}/versions/{version}`: also cancels its training. */
export const deleteVersion = (call: Call): Effect.Effect<Answer, WireError, Store | Pretrained> =>
  Effect.gen(function* () {
    const store = yield* Store
    const { folder } = yield* Pretrained
    return yield* store.write((db) => {
      const model = ownModel(db, call, folder)
      const row = mustFindVersion(db, model, call.params["version"] ?? "")
      removeVersion(db, model.seq, row.id)
      return answer({})
    })
  })

/** `PATCH models/{id}/versions`: changes descriptions. */
export const patchVersions = (call: Call): Effect.Effect<Answer, WireError, Store | Pretrained> =>
  Effect.gen(function* () {
    const store = yield* Store
    const { folder } = yield* Pretrained
    return yield* store.write((db) => {
      const model = ownModel(db, call, folder)
      const count = modelConcepts(db, model.seq).length
      const rows = readMessages(call.body, "model_versions").map((change) => {
        const row = mustFindVersion(db, model, readText(change, "id"))
        describeVersion(db, row.seq, readText(change, "description"), now())
        return mustFindVersion(db, model, row.id)
      })
      return answer({ model_versions: rows.map((row) => versionMessage(row, call, count)) })
    })
  })

/** `GET models/{id}/inputs` (inputs with its concepts) and `…/versions/{version}/inputs` (its training inputs). */
export const listModelInputs = (call: Call): Effect.Effect<Answer, WireError, Store | Pretrained> =>
  withModel(
    call,
    (db, model) => {
      const page = readPage(call.query)
      const version = call.params["version"]
      const seqs =
        version === undefined
          ? modelInputs(db, call.scope, model.seq, page)
          : versionInputs(db, mustFindVersion(db, model, version).seq, page)
      const rows = seqs.map((seq) => inputBySeq(db, seq)).filter((row) => row !== undefined)
      return answer({ inputs: rows.map((row) => inputMessage(row, annotationsOf(db, row.seq), call)) })
    },
    () => answer({ inputs: [] })
  )

/** `GET models/{id}/concepts` and `…/versions/{version}/concepts` */
export const listModelConcepts = (call: Call): Effect.Effect<Answer, WireError, Store | Pretrained> =>
  withModel(
    call,
    (db, model) => {
      const { limit, offset } = readPage(call.query)
      const version = call.params["version"]
      const ids =
        version === undefined ? modelConcepts(db, model.seq) : parseIds(mustFindVersion(db, model, version).concepts)
      const rows = ids.slice(offset, offset + limit).map((id) => findConcept(db, call.scope, id))
      return answer({ concepts: rows.filter((row) => row !== undefined).map((row) => conceptMessage(row, call)) })
    },
    () => answer({ concepts: [] })
  )

/** Seconds of a training on a laptop: a start, and time for each example. Measured, rounded up. */
const startSeconds = 2
const secondsPerThousand = 10

/** `POST models/{id}/versions/time_estimate` */
export const estimateTraining = (call: Call): Effect.Effect<Answer, WireError, Store | Pretrained> =>
  Effect.gen(function* () {
    const store = yield* Store
    const { folder } = yield* Pretrained
    return yield* store.read((db) => {
      const model = ownModel(db, call, folder)
      const given = readNumber(call.body, "estimated_input_count")
      const count = given ?? countModelInputs(db, call.scope, model.seq)
      return answer({ training_time_estimates: [`${startSeconds + Math.ceil((count / 1000) * secondsPerThousand)}s`] })
    })
  })
