/** Predicting with a model of the folder: what its process finds, in the protocol's shapes. */
import { StatusCode } from "@sightline/core/status"
import type { RegionInfoWire, RegionWire, TimeSegmentWire } from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { PretrainedModel } from "./pretrained-models.ts"
import type { ModelLabel, ModelScore } from "../../onnx/label.ts"
import { labelsOf } from "../../onnx/manifest-labels.ts"
import type { ModelJob, ModelResult, TextSegment } from "./model-process/model-messages.ts"
import { readModelParams } from "./model-params.ts"
import { type DataMessage, type Kind, mediumOf } from "../../protocol/input.ts"
import { newId } from "../../protocol/ids.ts"
import { WireError, wireError } from "../../protocol/wire-error.ts"
import { decodeText, readSource } from "../../store/media-source.ts"
import type { ManifestValue } from "../../onnx/model-manifest.ts"
import { ImageEncoder } from "../../encoders/image-encoder.ts"
import { type Orientation, toStoredBox } from "../../vision/decoding/orientation.ts"
import type { CustomNeeds } from "../custom.ts"
import { cutConcepts, type PredictOptions, showConcepts } from "../predict-options.ts"
import type { Prediction, Predictor } from "../predictor.ts"
import { VideoFrames } from "../video/video-frames.ts"
import { readsSound } from "./audio/read-sound.ts"

/** The media that one input of each model type holds. */
const needs = (type: PretrainedModel["type"]): ReadonlyArray<Kind> => {
  if (type === "multimodal-to-text") return ["image", "text"]
  return [type.startsWith("text-") ? "text" : type === "audio-to-text" ? "audio" : "image"]
}

/** Types that write, in pieces if that is asked for. */
const writes: ReadonlySet<string> = new Set(["text-to-text", "multimodal-to-text", "image-to-text"])

/** Opens a pretrained model; it is loaded at the first prediction. */
export const openPretrained = Effect.fnUntraced(function* (
  model: PretrainedModel,
  origin: string,
  needsLabels: boolean
): Effect.fn.Return<Predictor<CustomNeeds>, WireError> {
  const { type } = model
  const kinds = needs(type)
  const names = type.endsWith("classifier") || type === "visual-detector" || type === "visual-segmenter"
  // Labels are only known once the model is loaded; they are needed if concepts are selected.
  const info = names && needsLabels ? yield* model.process.info : undefined
  const framewise = kinds.length === 1 && kinds[0] === "image" && type !== "image-to-image"
  const self: Predictor<CustomNeeds> = {
    model: model.describe(),
    // A model that compares with any words has no list that a selection could miss.
    concepts: info?.zeroShot === true ? undefined : info?.labels,
    takes: framewise ? [kinds, ["video"]] : [kinds],
    predict: (data, options, chosen) =>
      Effect.flatMap(makeJob(model.manifest, kinds, data, options, origin, false), ({ job, note }) =>
        Effect.map(model.process.run(job), (result) => ({
          ...show(result, options, chosen, model.appId, job.orientation ?? 1),
          ...(note === "" ? {} : { note })
        }))
      )
  }
  return writes.has(type)
    ? { ...self, generate: (data, options) => generate(model, kinds, data, options, origin) }
    : self
})

/** The longest side, in pixels, of an image for a model that resizes it. */
const workingSide = 1024

/** The longest side, in pixels, of an image in which text is read. */
const readingSide = 2048

/** Decodes within the limits of the engine's decoders, so a hostile file never reaches a model. */
const decodeFor = Effect.fnUntraced(
  function* ({ image, type }: ManifestValue, bytes: Uint8Array) {
    const encoder = yield* ImageEncoder
    const { height, width } = image ?? {}
    const stated = Math.max(width ?? 0, height ?? 0)
    const side =
      type === "optical-character-recognizer" ? readingSide : stated === 0 ? workingSide : Math.max(512, stated)
    // A decoder enlarges small images to its frame; a model that draws answers in the size that it is given.
    const own =
      type === "image-to-image" && stated === 0 ? yield* encoder.inspect(bytes) : { width: side, height: side }
    const most = Math.min(side, Math.max(own.width, own.height))
    // Letters are only read upright; everything else is answered as the pixels are stored.
    const upright = type === "optical-character-recognizer"
    const { info, orientation, pixels } = yield* encoder.pixels(bytes, {
      width: most,
      height: most,
      fit: "inside",
      upright
    })
    const sides = orientation > 4 ? { width: info.height, height: info.width } : info
    return { image: pixels, stored: { width: sides.width, height: sides.height }, orientation }
  },
  Effect.mapError(({ code, details }) => wireError(code, details))
)

/** The words that a call selects: with the manifest's ids and names where it has them. */
const selectedWords = ({ select }: PredictOptions, manifest: ManifestValue): ReadonlyArray<ModelLabel> => {
  const labels = labelsOf(manifest)
  const words = select.map(({ id, name }) => {
    const known = labels.find((label) => (id === "" ? label.name === name : label.id === id))
    return known ?? { id: id === "" ? name : id, name: name === "" ? id : name }
  })
  return words.filter(({ name }, at) => words.findIndex((word) => word.name === name) === at)
}

const readMedium = Effect.fnUntraced(function* (
  kind: Kind,
  manifest: ManifestValue,
  data: DataMessage,
  origin: string
) {
  const source = mediumOf(data, kind)
  if (source === undefined)
    return yield* wireError(
      StatusCode.INPUT_INVALID_ARGUMENT,
      `the input has no ${kind}; this model takes ${kind === "image" ? "an image" : kind}`
    )
  const bytes = yield* readSource(kind, source, origin)
  if (kind === "image") return yield* decodeFor(manifest, bytes)
  if (kind === "text") return { text: yield* decodeText(bytes) }
  if (readsSound(bytes)) return { audio: bytes }
  const decoder = yield* VideoFrames
  const { note, samples } = yield* decoder.sound(bytes, speechRate)
  return { sound: { samples, sampleRate: speechRate }, note }
})

/** The rate at which recordings are decoded: that of speech models, in samples a second. */
const speechRate = 16_000

const makeJob = Effect.fnUntraced(function* (
  manifest: ManifestValue,
  kinds: ReadonlyArray<Kind>,
  data: DataMessage,
  options: PredictOptions,
  origin: string,
  pieces: boolean
): Effect.fn.Return<{ readonly job: ModelJob; readonly note: string }, WireError, CustomNeeds> {
  const named = Object.fromEntries(data.parts.map(({ id, value }) => [id, value]))
  const params = yield* Effect.try({
    try: () =>
      readModelParams({
        ...named,
        ...options.params,
        ...(options.minValue > 0 ? { min_value: options.minValue } : {})
      }),
    catch: (cause) => {
      if (cause instanceof WireError) return cause
      throw cause
    }
  })
  const media = yield* Effect.forEach(kinds, (kind) => readMedium(kind, manifest, data, origin))
  const { note = "", ...given }: Partial<ModelJob> & { readonly note?: string } = Object.assign({}, ...media)
  return { job: { ...given, words: selectedWords(options, manifest), params, pieces }, note }
})

/**
 * The pieces of an answer. Each waits for the one after it, so that the last one carries the counts of tokens: an answer
 * without text has one empty piece.
 */
const generate = (
  model: PretrainedModel,
  kinds: ReadonlyArray<Kind>,
  data: DataMessage,
  options: PredictOptions,
  origin: string
): Stream.Stream<Prediction, WireError, CustomNeeds> =>
  Stream.callback<Prediction, WireError, CustomNeeds>((queue) => {
    let held: string | undefined
    const take = (text: string): void => {
      if (held !== undefined) Queue.offerUnsafe(queue, { data: { text: { raw: held } } })
      held = text
    }
    return makeJob(model.manifest, kinds, data, options, origin, true).pipe(
      Effect.flatMap(({ job }) => model.process.run(job, take)),
      Effect.matchEffect({
        onFailure: (error) => {
          if (held !== undefined) Queue.offerUnsafe(queue, { data: { text: { raw: held } } })
          return Queue.fail(queue, error)
        },
        onSuccess: (result) => {
          if (result.kind === "text")
            Queue.offerUnsafe(queue, { data: { text: { raw: held ?? "" } }, usage: usageOf(result) })
          return Queue.end(queue)
        }
      })
    )
  })

const usageOf = ({ completionTokens = 0, promptTokens = 0 }: Extract<ModelResult, { readonly kind: "text" }>) => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens
})

const show = (
  result: ModelResult,
  options: PredictOptions,
  chosen: ReadonlySet<string> | undefined,
  appId: string,
  orientation: Orientation
): Prediction => {
  const keep = ({ id, value }: ModelScore) => value >= options.minValue && (chosen === undefined || chosen.has(id))
  switch (result.kind) {
    case "concepts":
      return { data: { concepts: showConcepts(cutConcepts(result.scores, options, chosen), appId) } }
    case "embedding":
      return { data: { embeddings: [{ vector: Array.from(result.vector), num_dimensions: result.vector.length }] } }
    case "text":
      return {
        data: {
          text: { raw: result.text, text_info: { encoding: "UnknownTextEnc" } },
          ...(result.segments === undefined ? {} : { time_segments: result.segments.map(showSegment) })
        },
        usage: usageOf(result)
      }
    case "image": {
      const info = { width: result.width, height: result.height, format: "PNG", color_mode: "RGB" }
      return { data: { image: { base64: new Uint8Array(result.png), image_info: info } } }
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
      return showLines(result.rows, options.minValue, orientation)
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

const showSegment = ({ fromSeconds, text, toSeconds }: TextSegment): TimeSegmentWire => ({
  id: newId(),
  data: { text: { raw: text } },
  time_info: { begin_time: fromSeconds, end_time: toSeconds }
})

/** A region with its text for each line, and the whole text: a row on a line. */
const showLines = (
  rows: Extract<ModelResult, { readonly kind: "lines" }>["rows"],
  minValue: number,
  orientation: Orientation
): Prediction => {
  const kept = rows.map((row) => row.filter(({ score }) => score >= minValue)).filter((row) => row.length > 0)
  const raw = kept.map((row) => row.map(({ text }) => text).join(" ")).join("\n")
  const regions = kept.flat().map(({ score, text, ...box }) => {
    const { bottom, left, right, top } = toStoredBox(box, orientation)
    return {
      id: newId(),
      region_info: { bounding_box: { top_row: top, left_col: left, bottom_row: bottom, right_col: right } },
      data: { text: { raw: text } },
      value: score
    }
  })
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
