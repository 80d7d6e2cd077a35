/** Models in the layout of transformers.js: a folder with config.json, tokenizer or preprocessor, and onnx/model.onnx. */
import { StatusCode } from "@sightline/core/status"
import { importOptional } from "../../optional-import.ts"
import { basename, dirname } from "node:path"
import type * as Hub from "@huggingface/transformers"
import { Refused } from "../../vision/decode.ts"
import type { ServedType } from "../../graphs/model-manifest.ts"
import { maskPng } from "../../graphs/fit-pixels.ts"
import { imageOf } from "./job-image.ts"
import { readSound as decodeSound } from "./read-sound.ts"
import { resample, writeWav } from "./wav.ts"
import type { ModelScore } from "../../graphs/label.ts"
import type { ModelResult, ModelJob, ModelSetup, LoadedModel } from "./model-messages.ts"

/** The part of a pipeline of transformers.js that is used here. Its answers are validated below. */
type Pipe = ((input: unknown, options?: object) => Promise<unknown>) & {
  readonly model?: { readonly config?: unknown }
  readonly tokenizer?: unknown
  readonly processor?: unknown
}

/** Types that a pipeline serves. */
type PipelineType = Exclude<ServedType, "optical-character-recognizer">

const tasks: Readonly<Record<PipelineType, string>> = {
  "visual-classifier": "image-classification",
  "visual-detector": "object-detection",
  "visual-segmenter": "image-segmentation",
  "visual-embedder": "image-feature-extraction",
  "text-classifier": "text-classification",
  "text-embedder": "feature-extraction",
  "text-to-text": "text-generation",
  "audio-to-text": "automatic-speech-recognition",
  "text-to-audio": "text-to-audio",
  "image-to-text": "image-to-text"
}

/** Opens a pipeline on the folder, or on the hub if the manifest names one and the engine allows it. */
export const loadTransformers = async (setup: ModelSetup): Promise<LoadedModel> => {
  const { allowHub, folder, manifest } = setup
  const { type } = manifest
  if (type === "optical-character-recognizer") throw new Error(`${type} needs the runtime "onnx"`)
  const hub = await importOptional<typeof Hub>("@huggingface/transformers")
  if (manifest.hub !== undefined && !allowHub)
    throw new Error(
      `it would be downloaded from the hub (${manifest.hub}); allow that with allowHub, or put its files into ${folder}`
    )
  hub.env.allowRemoteModels = manifest.hub !== undefined && allowHub
  hub.env.allowLocalModels = manifest.hub === undefined
  hub.env.localModelPath = `${dirname(folder)}/`
  const task = (manifest.task ?? tasks[type]) as Parameters<typeof hub.pipeline>[0] // it refuses unknown ones itself
  const pipe = (await hub.pipeline(task, manifest.hub ?? basename(folder), {
    dtype: (manifest.dtype ?? "fp32") as "fp32" // any of its names; it refuses others itself
  })) as unknown as Pipe // dozens of overloads, of which we use the common part
  const toImage = (job: ModelJob) => {
    const { data, height, width } = imageOf(job)
    return new hub.RawImage(new Uint8ClampedArray(data), width, height, 3)
  }
  const runs: Readonly<Record<PipelineType, LoadedModel["run"]>> = {
    "visual-classifier": async (job) => ({
      kind: "concepts",
      scores: readScores(await pipe(toImage(job), { top_k: 200 }))
    }),
    "visual-detector": async (job) => ({
      kind: "regions",
      regions: listOf(
        await pipe(toImage(job), { threshold: numberOf(job.params["min_value"], 0.1), percentage: true })
      ).map((found) => ({ box: readBox(found["box"]), score: readScore(found) }))
    }),
    "visual-segmenter": async (job) => ({ kind: "masks", masks: await readMasks(await pipe(toImage(job))) }),
    "visual-embedder": async (job) => ({ kind: "embedding", vector: meanOfTokens(await pipe(toImage(job))) }),
    "text-classifier": async (job) => ({
      kind: "concepts",
      scores: readScores(await pipe(textOf(job), { top_k: 200 }))
    }),
    "text-embedder": async (job) => ({
      kind: "embedding",
      vector: meanOfTokens(await pipe(textOf(job), { pooling: "mean", normalize: true }))
    }),
    "text-to-text": (job, onPiece) => generate(pipe, job, onPiece, hub),
    "audio-to-text": async (job) => {
      const rate = 16_000 // the rate of every speech model of this library
      return { kind: "text", text: textIn(await pipe(resample(decodeSound(audioOf(job)), rate)), "text") }
    },
    "text-to-audio": async (job) => readSound(await pipe(textOf(job), soundOptions(job.params))),
    "image-to-text": async (job) => {
      const [first = {}] = listOf(await pipe(toImage(job), tokenOptions(job.params)))
      return { kind: "text", text: textIn(first, "generated_text") }
    }
  }
  return { labels: labelsOf(pipe.model?.config), run: runs[type] }
}

interface Found {
  readonly [key: string]: unknown
}

const isFound = (value: unknown): value is Found => typeof value === "object" && value !== null

/** Pipelines answer with one object or a list, and with a list of lists for a list of inputs. */
const listOf = (value: unknown): ReadonlyArray<Found> =>
  Array.isArray(value) ? value.flat().filter(isFound) : isFound(value) ? [value] : []

const numberOf = (value: unknown, fallback: number): number =>
  typeof value === "number" && Number.isFinite(value) ? value : fallback

const textIn = (value: unknown, key: string): string => {
  const [first = {}] = listOf(value)
  return typeof first[key] === "string" ? first[key] : ""
}

const readScore = (found: Found): ModelScore => {
  const label = typeof found["label"] === "string" ? found["label"] : ""
  return { id: label, name: label, value: numberOf(found["score"], 0) }
}

const readScores = (value: unknown): ReadonlyArray<ModelScore> => listOf(value).map(readScore)

const labelsOf = (config: unknown): LoadedModel["labels"] => {
  const named = isFound(config) && isFound(config["id2label"]) ? Object.values(config["id2label"]) : []
  return named.filter((label) => typeof label === "string").map((label) => ({ id: label, name: label }))
}

const readBox = (box: unknown) => {
  const edges = isFound(box) ? box : {}
  const clip = (key: string) => Math.min(1, Math.max(0, numberOf(edges[key], 0)))
  return { top: clip("ymin"), left: clip("xmin"), bottom: clip("ymax"), right: clip("xmax") }
}

const readMasks = (value: unknown) =>
  Promise.all(
    listOf(value).map(async (found) => {
      const mask = isFound(found["mask"]) ? found["mask"] : {}
      const { data } = mask
      const [width, height] = [numberOf(mask["width"], 0), numberOf(mask["height"], 0)]
      if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray))
        throw new Error("the model gave a mask without pixels")
      const inside = Uint8Array.from(data, (pixel) => (pixel > 127 ? 255 : 0))
      const share = inside.reduce((sum, pixel) => sum + (pixel === 255 ? 1 : 0), 0) / Math.max(1, inside.length)
      return { png: await maskPng(inside, width, height), width, height, score: { ...readScore(found), value: share } }
    })
  )

/** A vector, or the mean of the vectors of all tokens or patches. */
const meanOfTokens = (value: unknown): Float32Array => {
  const tensor = isFound(value) ? value : {}
  const dims = Array.isArray(tensor["dims"]) ? tensor["dims"].map(Number) : []
  const data = tensor["data"]
  const size = dims.at(-1) ?? 0
  if (!(data instanceof Float32Array) || size === 0) throw new Error("the model gave no vector")
  const count = data.length / size
  const mean = new Float32Array(size)
  for (let i = 0; i < data.length; i++) mean[i % size] = (mean[i % size] ?? 0) + (data[i] ?? 0) / count
  return mean
}

const textOf = ({ params, text }: ModelJob): string => {
  if (text === undefined)
    throw new Refused(StatusCode.INPUT_INVALID_ARGUMENT, "the input has no text with raw or url; this model reads text")
  const template = params["prompt_template"]
  const system = params["system_prompt"]
  const prompt =
    typeof template === "string" && template.includes("{prompt}") ? template.replaceAll("{prompt}", () => text) : text
  return typeof system === "string" && system !== "" ? `${system}\n${prompt}` : prompt
}

const audioOf = ({ audio }: ModelJob): Uint8Array => {
  if (audio === undefined)
    throw new Refused(
      StatusCode.INPUT_INVALID_ARGUMENT,
      "the input has no audio with a url or base64; this model hears audio"
    )
  return audio
}

/** The protocol's names for options of transformers.js. */
const tokenOptions = (params: Found): object => ({
  max_new_tokens: Math.min(4096, Math.max(1, Math.floor(numberOf(params["max_tokens"], 128)))),
  ...pick(params, ["temperature", "top_k", "top_p", "num_beams", "repetition_penalty"]),
  do_sample:
    params["do_sample"] === true || (params["do_sample"] === undefined && numberOf(params["temperature"], 0) > 0)
})

const soundOptions = (params: Found): object => pick(params, ["speaker_embeddings", "speed"])

const pick = (from: Found, names: ReadonlyArray<string>): object =>
  Object.fromEntries(
    names.flatMap((name) => (from[name] === undefined || from[name] === null ? [] : [[name, from[name]]]))
  )

const generate = async (
  pipe: Pipe,
  job: ModelJob,
  onPiece: (text: string) => void,
  hub: typeof Hub
): Promise<ModelResult> => {
  const prompt = textOf(job)
  const tokenizer = pipe.tokenizer as ConstructorParameters<typeof hub.TextStreamer>[0] // a generating pipeline has one
  const count = (text: string): number => (text === "" ? 0 : tokenizer.encode(text).length)
  const streamer = job.pieces
    ? {
        streamer: new hub.TextStreamer(tokenizer, {
          skip_prompt: true,
          skip_special_tokens: true,
          callback_function: onPiece
        })
      }
    : {}
  const full = job.params["return_full_text"] === true
  const answer = await pipe(prompt, { ...tokenOptions(job.params), return_full_text: full, ...streamer })
  const text = textIn(answer, "generated_text")
  const written = full && text.startsWith(prompt) ? text.slice(prompt.length) : text
  return { kind: "text", text, promptTokens: count(prompt), completionTokens: count(written) }
}

const readSound = (value: unknown): ModelResult => {
  const sound = isFound(value) ? value : {}
  const samples = sound["audio"] ?? sound["data"]
  if (!(samples instanceof Float32Array)) throw new Error("the model gave no sound")
  const sampleRate = numberOf(sound["sampling_rate"], 16_000)
  return { kind: "audio", wav: writeWav({ samples, sampleRate }), sampleRate, seconds: samples.length / sampleRate }
}
