/** Models in the layout of transformers.js: a folder with config.json, tokenizer or preprocessor, and onnx/model.onnx. */
import { basename, dirname } from "node:path"
import { importOptional } from "../../optional-import.ts"
import type * as Hub from "@huggingface/transformers"
import { labelsOf } from "../../onnx/manifest-labels.ts"
import { rgbPng } from "../../onnx/preprocessing/fit-pixels.ts"
import type { ServedType } from "../../onnx/model-manifest.ts"
import { loadVisionLanguage } from "./tasks/vision-language.ts"
import { hearSpeech } from "./tasks/speech-recognition.ts"
import { imageOf } from "./model-process/job-image.ts"
import { textOf, textParam } from "./model-process/job-text.ts"
import type { LoadedModel, ModelJob, ModelResult, ModelSetup } from "./model-process/model-messages.ts"
import {
  type Found,
  isFound,
  labelsIn,
  listOf,
  numberOf,
  readBox,
  readMasks,
  readScore,
  readScores,
  readVector
} from "./transformers-output.ts"
import { readVoices, speakText } from "./tasks/text-to-speech.ts"
import { collectPieces, languageOptions, promptOf, type Tokenizer, tokenOptions } from "./tasks/text-generation.ts"
import { scoresOfWords, wordsOf, zeroShotTasks } from "./tasks/zero-shot-classification.ts"

/** The part of a pipeline of transformers.js that is used here. Its answers are checked where they are read. */
type Pipe = ((input: unknown, ...options: ReadonlyArray<unknown>) => Promise<unknown>) & {
  readonly model?: { readonly config?: unknown }
  readonly tokenizer?: unknown
  readonly processor?: unknown
}

/** Types that a pipeline serves. */
type PipelineType = Exclude<ServedType, "optical-character-recognizer" | "text-to-image" | "multimodal-to-text">

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
  "image-to-text": "image-to-text",
  "image-to-image": "image-to-image"
}

/** What a model's config says of its kind. */
interface ModelKind {
  readonly modelType: string
  readonly encoderDecoder: boolean
}

/** Models that compare images with words. */
const comparesImages = /^(clip|chinese_clip|siglip|jina_clip)$/
const findsWords = /^(owlvit|owlv2|grounding-dino)$/

/** The pipeline of a model: the manifest's, or the one of its type that its config asks for. */
const taskOf = (type: PipelineType, { encoderDecoder, modelType }: ModelKind): string => {
  if (type === "visual-classifier" && comparesImages.test(modelType)) return "zero-shot-image-classification"
  if (type === "visual-detector" && findsWords.test(modelType)) return "zero-shot-object-detection"
  if (type === "text-to-text" && encoderDecoder) return "text2text-generation"
  return tasks[type]
}

const kindOf = (config: unknown): ModelKind => {
  const found = isFound(config) ? config : {}
  const { is_encoder_decoder: encoderDecoder, model_type: modelType } = found
  return {
    modelType: typeof modelType === "string" ? modelType : "",
    encoderDecoder: encoderDecoder === true
  }
}

/** Opens a pipeline on the folder, or on the hub if the manifest names one and the engine allows it. */
export const loadTransformers = async (setup: ModelSetup): Promise<LoadedModel> => {
  const { allowHub, folder, manifest } = setup
  const { type } = manifest
  if (type === "optical-character-recognizer" || type === "text-to-image")
    throw new Error(`${type} needs the runtime "onnx"`)
  const hub = await importOptional<typeof Hub>("@huggingface/transformers")
  if (manifest.hub !== undefined && !allowHub)
    throw new Error(
      `it would be downloaded from the hub (${manifest.hub}); allow that with allowHub, or put its files into ${folder}`
    )
  hub.env.allowRemoteModels = manifest.hub !== undefined && allowHub
  hub.env.allowLocalModels = manifest.hub === undefined
  hub.env.localModelPath = `${dirname(folder)}/`
  const source = manifest.hub ?? basename(folder)
  const kind = kindOf(await hub.AutoConfig.from_pretrained(source))
  // Captioners of one encoder and one decoder have a pipeline; all other models of images and texts share their own code.
  if (type === "multimodal-to-text" || (type === "image-to-text" && kind.modelType !== "vision-encoder-decoder"))
    return await loadVisionLanguage(source, kind.modelType, setup)
  const task = manifest.task ?? taskOf(type, kind)
  const pipe = (await hub.pipeline(task as Parameters<typeof hub.pipeline>[0], source, {
    // it refuses unknown ones itself
    dtype: (manifest.dtype ?? "fp32") as "fp32" // any of its names; it refuses others itself
  })) as unknown as Pipe // dozens of overloads, of which we use the common part
  const voices = type === "text-to-audio" ? await readVoices(folder) : new Map<string, Float32Array>()
  const zeroShot = zeroShotTasks.has(task)
  const labels = zeroShot ? labelsOf(manifest) : labelsIn(pipe.model?.config)
  return { labels, zeroShot, run: runnerOf(type, { hub, kind, pipe, setup, task, voices }) }
}

interface Opened {
  readonly hub: typeof Hub
  readonly kind: ModelKind
  readonly pipe: Pipe
  readonly setup: ModelSetup
  readonly task: string
  readonly voices: ReadonlyMap<string, Float32Array>
}

const toImage = ({ hub }: Opened, job: ModelJob) => {
  const { data, height, width } = imageOf(job)
  return new hub.RawImage(new Uint8ClampedArray(data), width, height, 3)
}

/** Answers of models that take words: an extra word, whose share is dropped, keeps one word alone from being certain. */
const compareImage = async (opened: Opened, job: ModelJob): Promise<ModelResult> => {
  const { kind, pipe, setup } = opened
  const { labels, template: hypothesis_template } = {
    labels: labelsOf(setup.manifest),
    template: setup.manifest.template
  }
  const words = wordsOf(job, labels)
  // The library replaces with a text in which $ has a meaning.
  const names = words.map(({ name }) => name.replaceAll("$", "$$$$"))
  const share = kind.modelType === "siglip" ? names : [...names, ""]
  const found = readScores(
    await pipe(toImage(opened, job), share, hypothesis_template === undefined ? {} : { hypothesis_template })
  )
  const plain = found.map((score) => ({ ...score, name: score.name.replaceAll("$$", "$") }))
  return { kind: "concepts", scores: scoresOfWords(words, plain) }
}

const classifyText = async ({ pipe, setup, task }: Opened, job: ModelJob): Promise<ModelResult> => {
  if (task !== "zero-shot-classification")
    return { kind: "concepts", scores: readScores(await pipe(textOf(job), { top_k: 200 })) }
  const words = wordsOf(job, labelsOf(setup.manifest))
  const { template } = setup.manifest
  const answer = await pipe(
    textOf(job),
    words.map(({ name }) => name),
    { multi_label: true, ...(template === undefined ? {} : { hypothesis_template: template }) }
  )
  const { labels = [], scores = [] }: Found = isFound(answer) ? answer : {}
  const names: ReadonlyArray<unknown> = Array.isArray(labels) ? labels : []
  const values: ReadonlyArray<unknown> = Array.isArray(scores) ? scores : []
  const found = names.map((name, at) => ({ id: String(name), name: String(name), value: numberOf(values[at], 0) }))
  return { kind: "concepts", scores: scoresOfWords(words, found) }
}

const detect = async (opened: Opened, job: ModelJob): Promise<ModelResult> => {
  const { pipe, setup, task } = opened
  const options = {
    threshold: numberOf(job.params["min_value"], setup.manifest.outputs?.minScore ?? 0.1),
    percentage: true
  }
  const zeroShot = task === "zero-shot-object-detection"
  const words = zeroShot ? wordsOf(job, labelsOf(setup.manifest)) : []
  const image = toImage(opened, job)
  const found = listOf(
    await (zeroShot
      ? pipe(
          image,
          words.map(({ name }) => name),
          options
        )
      : pipe(image, options))
  )
  const regions = found.map((one) => ({ box: readBox(one["box"]), score: readScore(one) }))
  return {
    kind: "regions",
    regions: zeroShot
      ? regions.flatMap(({ box, score }) => scoresOfWords(words, [score]).map((named) => ({ box, score: named })))
      : regions
  }
}

/** The vector of a text: with the prefix of its purpose, pooled and scaled as the manifest says. */
const embedText = async ({ pipe, setup }: Opened, job: ModelJob): Promise<ModelResult> => {
  const { outputs = {}, prefixes = {} } = setup.manifest
  const purpose = textParam(job, "input_type") ?? "default"
  const prefix = Object.hasOwn(prefixes, purpose) ? (prefixes[purpose] ?? "") : (prefixes["default"] ?? "")
  const pooling = { first: "cls", last: "last_token", mean: "mean" }[outputs.pooling ?? "mean"]
  const answer = await pipe(`${prefix}${textOf(job)}`, { pooling, normalize: outputs.normalize ?? true })
  return { kind: "embedding", vector: readVector(answer) }
}

/** Writes after a text, in its language or another, whole and piece by piece. */
const write = async ({ hub, pipe, task }: Opened, job: ModelJob, onPiece: (text: string) => void) => {
  const tokenizer = pipe.tokenizer as Tokenizer // a writing pipeline has one
  const { prompt, special } =
    task === "text-generation" ? promptOf(job, tokenizer) : { prompt: textOf(job), special: true }
  const written = collectPieces(hub, tokenizer, job, onPiece)
  const continues = task === "text-generation"
  if (continues && job.params["return_full_text"] === true) written.add(prompt)
  await pipe(prompt, {
    ...tokenOptions(job),
    ...languageOptions(job),
    ...(continues ? { return_full_text: false } : {}),
    ...(special ? {} : { add_special_tokens: false }),
    streamer: written.streamer
  })
  return written.result(tokenizer.encode(prompt, special ? {} : { add_special_tokens: false }).length)
}

const runnerOf = (type: PipelineType, opened: Opened): LoadedModel["run"] => {
  const { hub, kind, pipe, setup, task, voices } = opened
  const runs: Readonly<Record<PipelineType, LoadedModel["run"]>> = {
    "visual-classifier": async (job) =>
      task === "zero-shot-image-classification"
        ? await compareImage(opened, job)
        : { kind: "concepts", scores: readScores(await pipe(toImage(opened, job), { top_k: 200 })) },
    "visual-detector": (job) => detect(opened, job),
    "visual-segmenter": async (job) => ({ kind: "masks", masks: await readMasks(await pipe(toImage(opened, job))) }),
    "visual-embedder": async (job) => ({
      kind: "embedding",
      vector: readVector(await pipe(toImage(opened, job)), setup.manifest.outputs?.pooling)
    }),
    "text-classifier": (job) => classifyText(opened, job),
    "text-embedder": (job) => embedText(opened, job),
    "text-to-text": (job, onPiece) => write(opened, job, onPiece),
    "audio-to-text": (job) => hearSpeech(pipe, kind.modelType, job),
    "text-to-audio": (job) => speakText(pipe, voices, job),
    "image-to-text": async (job, onPiece) => {
      const written = collectPieces(hub, pipe.tokenizer as Tokenizer, job, onPiece) // a captioner has one
      await pipe(toImage(opened, job), { ...tokenOptions(job), streamer: written.streamer })
      return written.result(0)
    },
    "image-to-image": async (job) => {
      const image = await pipe(toImage(opened, job))
      const { data, height, width } = isFound(image) ? image : {}
      if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) throw new Error("the model gave no image")
      return await rgbPng({ data, width: numberOf(width, 0), height: numberOf(height, 0) }, job.params["width"])
    }
  }
  return runs[type]
}
