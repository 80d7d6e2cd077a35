/** Predicting with a model of the folder: what its process finds, in the protocol's shapes. */
import { StatusCode } from "@sightline/core/status"
import type { RegionInfoWire, RegionWire } from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { PretrainedModel } from "./catalog.ts"
import type { ModelScore } from "../../graphs/label.ts"
import type { ModelResult, ModelJob } from "./model-messages.ts"
import { type DataMessage, type Kind, mediumOf } from "../../protocol/input.ts"
import { newId } from "../../protocol/ids.ts"
import { type WireError, wireError } from "../../protocol/wire-error.ts"
import { decodeText, readSource } from "../../store/media-source.ts"
import type { ManifestValue } from "../../graphs/model-manifest.ts"
import { ImageEncoder } from "../../encoders/image-encoder.ts"
import type { CustomNeeds } from "../custom.ts"
import { cutConcepts, type PredictOptions, showConcepts } from "../predict-options.ts"
import type { Prediction, Predictor } from "../predictor.ts"

/** The kind of media of each model type. */
const takes = (type: PretrainedModel["type"]): Kind =>
  type.startsWith("text-") ? "text" : type === "audio-to-text" ? "audio" : "image"

/** Opens a pretrained model; it is loaded at the first prediction. */
export const openPretrained = Effect.fnUntraced(function* (
  model: PretrainedModel,
  origin: string,
  needsLabels: boolean
): Effect.fn.Return<Predictor<CustomNeeds>, WireError> {
  const kind = takes(model.type)
  const names =
    model.type.endsWith("classifier") || model.type === "visual-detector" || model.type === "visual-segmenter"
  // Labels are only known once the model is loaded; they are needed if concepts are selected.
  const concepts = names && needsLabels ? yield* model.process.labels : undefined
  const self: Predictor<CustomNeeds> = {
    model: model.describe(),
    concepts,
    seesVideo: kind === "image",
    predict: (data, options, chosen) =>
      Effect.flatMap(makeJob(model.manifest, kind, data, options, origin, false), (job) =>
        Effect.map(model.process.run(job), (result) => show(result, options, chosen, model.appId))
      )
  }
  return model.type === "text-to-text"
    ? { ...self, generate: (data, options) => generate(model, data, options, origin) }
    : self
})

/** The longest side, in pixels, of an image for a model that resizes it. */
const workingSide = 1024

/** The longest side, in pixels, of an image in which text is read. */
const readingSide = 2048

/** Decodes within the limits of the engine's decoders, so a hostile file never reaches a model. */
const decodeFor = ({ image, type }: ManifestValue, bytes: Uint8Array) =>
  Effect.flatMap(ImageEncoder, (encoder) => {
    const { height, width } = image ?? {}
    const stated = Math.max(width ?? 0, height ?? 0)
    const side =
      type === "optical-character-recognizer" ? readingSide : stated === 0 ? workingSide : Math.max(512, stated)
    return Effect.mapBoth(encoder.pixels(bytes, { width: side, height: side, fit: "inside" }), {
      onFailure: ({ code, details }) => wireError(code, details),
      onSuccess: ({ info, pixels }) => ({ image: pixels, stored: { width: info.width, height: info.height } })
    })
  })

const makeJob = Effect.fnUntraced(function* (
  manifest: ManifestValue,
  kind: Kind,
  data: DataMessage,
  options: PredictOptions,
  origin: string,
  pieces: boolean
): Effect.fn.Return<ModelJob, WireError, CustomNeeds> {
  const source = mediumOf(data, kind)
  if (source === undefined)
    return yield* wireError(
      StatusCode.INPUT_INVALID_ARGUMENT,
      `the input has no ${kind}; this model takes ${kind === "image" ? "an image" : kind}`
    )
  const bytes = yield* readSource(kind, source, origin)
  const pixels = kind === "image" ? yield* decodeFor(manifest, bytes) : undefined
  const named = Object.fromEntries(data.parts.filter(({ id }) => id !== "").map(({ id, value }) => [id, value]))
  const params = { ...named, ...options.params, ...(options.minValue > 0 ? { min_value: options.minValue } : {}) }
  if (kind === "text") return { text: yield* decodeText(bytes), params, pieces }
  return pixels === undefined ? { audio: bytes, params, pieces } : { ...pixels, params, pieces }
})

const generate = (
  model: PretrainedModel,
  data: DataMessage,
  options: PredictOptions,
  origin: string
): Stream.Stream<Prediction, WireError, CustomNeeds> =>
  Stream.callback<Prediction, WireError, CustomNeeds>((queue) =>
    makeJob(model.manifest, "text", data, options, origin, true).pipe(
      Effect.flatMap((job) =>
        model.process.run(job, (text) => void Queue.offerUnsafe(queue, { data: { text: { raw: text } } }))
      ),
      Effect.matchEffect({
        onFailure: (error) => Queue.fail(queue, error),
        onSuccess: (result) => {
          // The pieces were the answer; the counts come last, in an empty piece.
          if (result.kind === "text") Queue.offerUnsafe(queue, { data: { text: {} }, usage: usageOf(result) })
          return Queue.end(queue)
        }
      })
    )
  )

const usageOf = ({ completionTokens = 0, promptTokens = 0 }: Extract<ModelResult, { readonly kind: "text" }>) => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens
})

const show = (
  result: ModelResult,
  options: PredictOptions,
  chosen: ReadonlySet<string> | undefined,
  appId: string
): Prediction => {
  const keep = ({ id, value }: ModelScore) => value >= options.minValue && (chosen === undefined || chosen.has(id))
  switch (result.kind) {
    case "concepts":
      return { data: { concepts: showConcepts(cutConcepts(result.scores, options, chosen), appId) } }
    case "embedding":
      return { data: { embeddings: [{ vector: Array.from(result.vector), num_dimensions: result.vector.length }] } }
    case "text":
      return {
        data: { text: { raw: result.text, text_info: { encoding: "UnknownTextEnc" } } },
        usage: usageOf(result)
      }
    case "audio":
      return {
        data: {
          audio: {
            base64: new Uint8Array(result.wav),
            audio_info: {
              audio_format: "WAV",
              sample_rate: result.sampleRate,
              duration_seconds: result.seconds
            }
          }
        }
      }
    case "regions":
      return {
        data: {
          regions: bestFirst(result.regions.filter(({ score }) => keep(score))).map(({ box, score }) => {
            const { bottom, left, right, top } = box
            return region(
              { bounding_box: { top_row: top, left_col: left, bottom_row: bottom, right_col: right } },
              score,
              appId
            )
          })
        }
      }
    case "lines":
      return showLines(result.rows, options.minValue)
    case "masks":
      return {
        data: {
          regions: bestFirst(result.masks.filter(({ score }) => keep(score))).map(({ height, png, score, width }) => {
            const info = { width, height, format: "PNG", color_mode: "L" }
            return region({ mask: { image: { base64: new Uint8Array(png), image_info: info } } }, score, appId)
          })
        }
      }
  }
}

/** A region with its text for each line, and the whole text: a row on a line. */
const showLines = (rows: Extract<ModelResult, { readonly kind: "lines" }>["rows"], minValue: number): Prediction => {
  const kept = rows.map((row) => row.filter(({ score }) => score >= minValue)).filter((row) => row.length > 0)
  const raw = kept.map((row) => row.map(({ text }) => text).join(" ")).join("\n")
  const regions = kept.flat().map(({ bottom, left, right, score, text, top }) => ({
    id: newId(),
    region_info: { bounding_box: { top_row: top, left_col: left, bottom_row: bottom, right_col: right } },
    data: { text: { raw: text } },
    value: score
  }))
  return {
    data: { regions, ...(raw === "" ? {} : { text: { raw, text_info: { encoding: "UnknownTextEnc" } } }) }
  }
}

const bestFirst = <A extends { readonly score: ModelScore }>(found: ReadonlyArray<A>): ReadonlyArray<A> =>
  found.toSorted((a, b) => b.score.value - a.score.value)

const region = (info: RegionInfoWire, score: ModelScore, appId: string): RegionWire => ({
  id: newId(),
  region_info: info,
  data: { concepts: showConcepts([score], appId) },
  value: score.value
})
