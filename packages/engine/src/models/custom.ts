/** Predicts with custom models: embedding, then head. */
import { StatusCode } from "@sightline/core/status"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { VideoFrames } from "./video/video-frames.ts"
import type { UrlDownloads } from "../store/url-downloads.ts"
import { decodeHead, type Head, predictHead } from "../learning/head.ts"
import { type DataMessage, mediumOf } from "../protocol/input.ts"
import type { Caller } from "../protocol/request.ts"
import { modelMessage } from "../protocol/resources.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import { ImageEncoder } from "../encoders/image-encoder.ts"
import type { Settings } from "../settings.ts"
import { readSource } from "../store/media-source.ts"
import { nameConcepts } from "../store/concept-table.ts"
import { namesIn } from "../store/language-table.ts"
import { findModel, modelConcepts } from "../store/model-table.ts"
import { Store } from "../store/store.ts"
import { findVersion, headOf, latestVersion, type VersionRow } from "../store/version-table.ts"
import { cutConcepts, type Scored, showConcepts } from "./predict-options.ts"
import type { Predictor } from "./predictor.ts"

/** A cache of decoded heads. A version's head never changes, so its number is the key. */
export class Heads extends Context.Service<
  Heads,
  { readonly get: (version: number) => Effect.Effect<Head, WireError, Store> }
>()("@sightline/engine/Heads") {
  static readonly layer: Layer.Layer<Heads> = Layer.sync(Heads, () => {
    const known = new Map<number, Head>()
    return Heads.of({
      get: Effect.fnUntraced(function* (version) {
        const cached = known.get(version)
        if (cached !== undefined) return cached
        const store = yield* Store
        const bytes = yield* store.read((db) => headOf(db, version))
        if (bytes === undefined)
          return yield* wireError(StatusCode.MODEL_UNTRAINED, "this version has no weights; train the model first")
        const head = yield* Effect.mapError(Effect.fromResult(decodeHead(bytes)), ({ message }) =>
          wireError(StatusCode.MODEL_DEPLOYMENT_FAILED, message)
        )
        const [oldest] = known.keys()
        if (known.size >= maxHeads && oldest !== undefined) known.delete(oldest)
        known.set(version, head)
        return head
      })
    })
  })
}

const maxHeads = 32

/** Opens a custom model for a call; undefined if the app has no model with that id. */
export const openCustom = Effect.fnUntraced(function* (
  caller: Caller,
  modelId: string,
  versionId: string
): Effect.fn.Return<Predictor<CustomNeeds> | undefined, WireError, Store | Heads | ImageEncoder> {
  const store = yield* Store
  const found = yield* store.read((db) => {
    const model = findModel(db, caller.scope, modelId)
    if (model === undefined) return undefined
    const version = versionId === "" ? latestVersion(db, model.seq, true) : findVersion(db, model.seq, versionId)
    if (version === undefined && versionId !== "")
      throw wireError(
        StatusCode.MODEL_DOES_NOT_EXIST,
        `Model version '${versionId}' of model '${modelId}' does not exist`
      )
    return { model, version, newest: latestVersion(db, model.seq), count: modelConcepts(db, model.seq).length }
  })
  if (found === undefined) return undefined
  const { count, model, newest, version } = found
  if (version === undefined || version.status !== StatusCode.MODEL_TRAINED)
    return yield* notTrained(modelId, version ?? newest)
  const heads = yield* Heads
  const head = yield* heads.get(version.seq)
  const encoder = yield* ImageEncoder
  if (head.embedder !== encoder.id)
    return yield* wireError(
      StatusCode.MODEL_UNTRAINED,
      `this version was trained with the embedder ${head.embedder}, the engine runs ${encoder.id}; train the model again`
    )
  const names = yield* store.read((db) => nameConcepts(db, caller.scope, head.concepts))
  const concepts = head.concepts.map((id) => ({ id, name: names.get(id) ?? id }))
  const self: Predictor<CustomNeeds> = {
    model: modelMessage(model, version, caller, count),
    concepts,
    takes: [["image"], ["video"]],
    predict: Effect.fnUntraced(function* (data, options, chosen) {
      const vector = yield* embedImage(data, caller.origin)
      const scores = predictHead(head, vector)
      const translated =
        options.language === "" ? undefined : yield* store.read((db) => namesIn(db, caller.scope, options.language))
      const scored: ReadonlyArray<Scored> = concepts.map(({ id, name }, index) => ({
        id,
        name: translated?.get(id) ?? name,
        value: scores[index] ?? 0
      }))
      return { data: { concepts: showConcepts(cutConcepts(scored, options, chosen), caller.appId) } }
    })
  }
  return self
})

/** Services that predictions need. */
export type CustomNeeds = Settings | Store | UrlDownloads | ImageEncoder | VideoFrames

const embedImage = Effect.fnUntraced(function* (
  data: DataMessage,
  origin: string
): Effect.fn.Return<Float32Array, WireError, CustomNeeds> {
  const image = mediumOf(data, "image")
  if (image === undefined)
    return yield* wireError(
      StatusCode.INPUT_INVALID_ARGUMENT,
      "the input has no image with a url or base64; this model sees images"
    )
  const bytes = yield* readSource("image", image, origin)
  const encoder = yield* ImageEncoder
  const { vector } = yield* Effect.mapError(encoder.embed(bytes), ({ code, details }) => wireError(code, details))
  return vector
})

const notTrained = (model: string, version: VersionRow | undefined): WireError =>
  wireError(
    StatusCode.MODEL_UNTRAINED,
    version === undefined || version.status === StatusCode.MODEL_UNTRAINED
      ? `model '${model}' is not trained yet; POST /v2/models/${model}/versions trains it`
      : version.status === StatusCode.MODEL_QUEUED_FOR_TRAINING || version.status === StatusCode.MODEL_TRAINING
        ? `model '${model}' is still training; wait for status 21100`
        : `the training of model '${model}' failed with ${version.status}: ${version.details}`
  )
