/** The pretrained models of a folder: found by id, loaded at the first prediction. */
import { StatusCode } from "@sightline/core/status"
import { Gettable, type ModelWire, type StatusWire } from "@sightline/core/wire"
import { readdir, readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { legacyType, modelFrame, outputInfoHint } from "../../protocol/resources.ts"
import { itemStatus } from "../../protocol/status.ts"
import { type WireError, wireError } from "../../protocol/wire-error.ts"
import { oneLine } from "../../encoder-problem.ts"
import { changedFile } from "../../added-models/lock-file.ts"
import { missingPackageOf, missingRuntime } from "../../onnx/runtime-package.ts"
import { Settings } from "../../settings.ts"
import { type ModelProcess, makeModelProcess } from "./model-process/model-process.ts"
import { type ManifestValue, parseManifest } from "../../onnx/model-manifest.ts"

/** A pretrained model of the folder. */
export interface PretrainedModel {
  readonly id: string
  readonly name: string
  readonly type: ManifestValue["type"]
  readonly legacy: string
  readonly appId: string
  readonly version: string
  readonly manifest: ManifestValue
  readonly process: ModelProcess
  /** The model as a message; with `concepts`, its labels. */
  readonly describe: (concepts?: ReadonlyArray<{ readonly id: string; readonly name: string }>) => ModelWire
}

/** The models folder. */
export class Pretrained extends Context.Service<
  Pretrained,
  {
    readonly folder: string
    /** By id or alias. Fails with 21350 if its manifest cannot be read. */
    readonly find: (id: string) => Effect.Effect<PretrainedModel | undefined, WireError>
    readonly list: Effect.Effect<ReadonlyArray<PretrainedModel>, WireError>
  }
>()("@sightline/engine/Pretrained") {
  static readonly layer: Layer.Layer<Pretrained, never, Settings> = Layer.effect(
    Pretrained,
    Effect.gen(function* () {
      const { allowHub, limits, models: folder } = yield* Settings
      const scope = yield* Scope.Scope
      const open = new Map<
        string,
        { readonly mark: string; readonly model: PretrainedModel; readonly scope: Scope.Closeable }
      >()
      const one = yield* Semaphore.make(1)
      const load = Effect.fnUntraced(function* ({ id, manifest, modifiedAt }: Entry) {
        const known = open.get(id)
        const mark = yield* Effect.promise(() => markOf(join(folder, id)))
        if (known?.mark === mark) return known.model
        if (known !== undefined) yield* Scope.close(known.scope, Exit.void)
        const own = yield* Scope.fork(scope)
        const setup = {
          folder: join(folder, id),
          manifest,
          allowHub
        }
        const process = yield* Effect.provideService(makeModelProcess(setup, limits), Scope.Scope, own)
        // Not `Effect.cached`, which would keep the interruption of a caller.
        let isVerified = false
        const verified = Effect.suspend(() =>
          isVerified
            ? Effect.void
            : Effect.tap(
                verify(folder, id),
                Effect.sync(() => (isVerified = true))
              )
        )
        const model = makeModel(id, manifest, modifiedAt, {
          info: Effect.andThen(verified, process.info),
          run: (job, onPiece) => Effect.andThen(verified, process.run(job, onPiece))
        })
        open.set(id, { mark, model, scope: own })
        return model
      }, one.withPermits(1))
      const manifests: ManifestCache = new Map()
      const entries = Effect.promise(() => readEntries(folder, manifests))
      const find = Effect.fnUntraced(function* (id: string) {
        const found = (yield* entries).find(
          (entry) => entry.id === id || (entry.ok && (entry.manifest.aliases ?? []).includes(id))
        )
        if (found === undefined) return undefined
        if (!found.ok)
          return yield* wireError(
            StatusCode.MODEL_DEPLOYMENT_FAILED,
            `models/${found.id}/manifest.json cannot be used: ${found.problem}`
          )
        return yield* load(found)
      })
      // A model that cannot be used is reported when it is called, and spoils no list.
      const list = Effect.flatMap(entries, (all) =>
        Effect.map(
          Effect.forEach(
            all.filter((entry) => entry.ok),
            (entry) => Effect.orElseSucceed(load(entry), () => undefined)
          ),
          (models) => models.filter((model) => model !== undefined)
        )
      )
      return Pretrained.of({ folder, find, list })
    })
  )
}

interface Entry {
  readonly ok: true
  readonly id: string
  readonly manifest: ManifestValue
  readonly modifiedAt: string
}

type Found = Entry | { readonly ok: false; readonly id: string; readonly problem: string }

/** Changes with any file of a model's folder: the model is then loaded again. Links are followed, as the runtimes do. */
const markOf = async (folder: string): Promise<string> => {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const stats = await Promise.all(
    names.map(async (name) => {
      const found = await stat(join(folder, name)).catch(() => undefined)
      return found?.isFile() === true ? [name, found.size, found.mtimeMs, found.ino] : []
    })
  )
  return JSON.stringify(stats.map(String).toSorted((a, b) => (a < b ? -1 : 1)))
}

/** Compares the files of an added model with `models.lock`: at its first use, so that a list hashes nothing. */
const verify = Effect.fnUntraced(function* (folder: string, id: string): Effect.fn.Return<void, WireError> {
  const changed = yield* Effect.tryPromise({
    try: () => changedFile(folder, id),
    catch: (cause) => wireError(StatusCode.MODEL_DEPLOYMENT_FAILED, oneLine(cause))
  })
  if (changed === undefined) return
  return yield* wireError(
    StatusCode.MODEL_DEPLOYMENT_FAILED,
    `models/${id}/${changed} is not as it was added (models.lock); sightline models remove ${id}, then add it again`
  )
})

/** Decoded manifests by their path, with the state of the file that they were read from. */
type ManifestCache = Map<string, { readonly mark: string; readonly found: Found }>

/** Ids are compared with the names of existing folders, so no id of a caller becomes a path. */
const readEntries = async (folder: string, cache: ManifestCache): Promise<ReadonlyArray<Found>> => {
  const names = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const read = names
    .filter((entry) => !entry.name.startsWith("."))
    .map(async ({ name }): Promise<Found | undefined> => {
      const file = join(folder, name, "manifest.json")
      const state = await stat(file).catch(() => undefined)
      const mark = state === undefined ? "" : [state.mtimeMs, state.size, state.ino].join(" ")
      const known = cache.get(file)
      if (state !== undefined && known?.mark === mark) return known.found
      cache.delete(file)
      const text = state === undefined ? undefined : await readFile(file, "utf8").catch(() => undefined)
      if (state === undefined || text === undefined) return undefined
      const parsed = parseManifest(text)
      const found: Found = Result.isSuccess(parsed)
        ? { ok: true, id: name, manifest: parsed.success, modifiedAt: state.mtime.toISOString() }
        : { ok: false, id: name, problem: parsed.failure }
      cache.set(file, { mark, found })
      return found
    })
  return (await Promise.all(read)).filter((entry) => entry !== undefined)
}

const statusOf = (manifest: ManifestValue): StatusWire => {
  const missing = missingPackageOf(manifest)
  return missing === undefined
    ? itemStatus(StatusCode.MODEL_TRAINED)
    : itemStatus(StatusCode.MODEL_DEPLOYMENT_FAILED, missingRuntime(missing))
}

const makeModel = (id: string, manifest: ManifestValue, modifiedAt: string, process: ModelProcess): PretrainedModel => {
  const { appId = "main", name = id, type, userId = "clarifai", version = "1" } = manifest
  return {
    id,
    name,
    type,
    appId,
    version,
    manifest,
    process,
    legacy: legacyType(type),
    describe: (concepts) =>
      modelFrame({
        id,
        name,
        created_at: modifiedAt,
        modified_at: modifiedAt,
        app_id: appId,
        user_id: userId,
        model_type_id: type,
        output_info:
          concepts === undefined
            ? { message: outputInfoHint }
            : { data: { concepts: concepts.map((concept) => ({ ...concept, value: 1, app_id: appId })) } },
        model_version: {
          id: version,
          created_at: modifiedAt,
          status: statusOf(manifest),
          visibility: { gettable: Gettable.PUBLIC },
          app_id: appId,
          user_id: userId
        },
        visibility: { gettable: Gettable.PUBLIC },
        ...(manifest.description === undefined ? {} : { description: manifest.description })
      })
  }
}
