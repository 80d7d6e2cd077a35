/** Speech to text, whatever the length: long recordings in windows that overlap, so that no word is cut. */
import { StatusCode } from "@sightline/core/status"
import { Refused } from "../../../vision/decoding/decode.ts"
import { soundOf } from "../model-process/job-sound.ts"
import { textParam } from "../model-process/job-text.ts"
import type { ModelJob, ModelResult, TextSegment } from "../model-process/model-messages.ts"
import { type Found, isFound, listOf, numberOf, textIn } from "../transformers-output.ts"
import { resample } from "../audio/resample.ts"

/** A speech pipeline, and the parts of it that read windows themselves. */
export interface SpeechPipe {
  (input: unknown, ...options: ReadonlyArray<unknown>): Promise<unknown>
  readonly model?: unknown
  readonly tokenizer?: unknown
  readonly processor?: unknown
}

/** The longest sound that speech models read at once, and what two windows share at each end; seconds. */
const windowSeconds = 30
const sharedSeconds = 5

const refuse = (details: string) => new Refused(StatusCode.PREDICT_INVALID_REQUEST, details)

type Timestamps = "none" | "segments" | "words"

const timestampsOf = ({ params }: ModelJob): Timestamps => {
  const wanted = params["timestamps"] ?? params["return_timestamps"] ?? false
  if (wanted === false || wanted === "false" || wanted === "" || wanted === 0) return "none"
  if (wanted === true || wanted === "true" || wanted === "segment" || wanted === 1) return "segments"
  if (wanted === "word") return "words"
  throw refuse('timestamps must be true, false or "word"')
}

const numbersIn = (value: unknown): ReadonlyArray<number> => (Array.isArray(value) ? value.map(Number) : [])

/** Whisper merges its windows by the tokens that they share. */
const hearWhisper = async (
  pipe: SpeechPipe,
  job: ModelJob,
  samples: Float32Array,
  rate: number
): Promise<ModelResult> => {
  const [language, task] = [textParam(job, "language"), textParam(job, "task")]
  const timestamps = timestampsOf(job)
  const { generation_config: generation } = isFound(pipe.model) ? pipe.model : ({} as Found)
  const onlyEnglish = isFound(generation) && generation["is_multilingual"] === false
  if (onlyEnglish && language !== undefined && !/^en(glish)?$/i.test(language))
    throw refuse(`language cannot be ${language}: this model knows English only`)
  const long = samples.length > windowSeconds * rate
  const answer = await pipe(samples, {
    ...(onlyEnglish || language === undefined ? {} : { language }),
    ...(onlyEnglish || task === undefined ? {} : { task }),
    ...(long ? { chunk_length_s: windowSeconds, stride_length_s: sharedSeconds } : {}),
    ...(timestamps === "none" ? {} : { return_timestamps: timestamps === "words" ? "word" : true })
  }).catch((cause: unknown) => {
    const message = cause instanceof Error ? cause.message : ""
    throw message.startsWith("Language ") ? refuse(`language: ${message.split("\n")[0]}`) : cause
  })
  const chunks = isFound(answer) ? listOf(answer["chunks"]) : []
  const end = samples.length / rate
  return {
    kind: "text",
    text: textIn(answer, "text").trim(),
    ...(timestamps === "none"
      ? {}
      : {
          segments: chunks.map((chunk): TextSegment => {
            const [from, to] = numbersIn(chunk["timestamp"])
            return { text: textIn(chunk, "text").trim(), fromSeconds: numberOf(from, 0), toSeconds: to || end }
          })
        })
  }
}

/** What models with one letter for each frame are read with. */
interface LetterModel {
  readonly frames: (samples: Float32Array) => Promise<ReadonlyArray<number>>
  readonly decode: (ids: ReadonlyArray<number>) => string
  readonly blank: number
  /** Samples of a frame. */
  readonly step: number
}

type Callable = (input: unknown, options?: object) => Promise<unknown>

const letterModel = (pipe: SpeechPipe): LetterModel => {
  // These pipelines have all three, as functions with members.
  const [processor, model] = [pipe.processor as Callable, pipe.model as Callable & Found]
  const tokenizer = pipe.tokenizer as {
    readonly decode: (ids: ReadonlyArray<number>, options: object) => string
  } & Found
  const config = isFound(model["config"]) ? model["config"] : {}
  const strides = numbersIn(config["conv_stride"])
  return {
    step: strides.length === 0 ? 320 : strides.reduce((product, stride) => product * stride, 1),
    blank: numberOf(tokenizer["pad_token_id"], numberOf(config["pad_token_id"], 0)),
    decode: (ids) => tokenizer.decode(ids, { skip_special_tokens: true }),
    frames: async (samples) => {
      const answer = await model(await processor(samples))
      const logits = isFound(answer) && isFound(answer["logits"]) ? answer["logits"] : {}
      const { data } = logits
      const [batch = 0, count = 0, letters = 0] = numbersIn(logits["dims"])
      if (!(data instanceof Float32Array) || batch !== 1 || letters === 0)
        throw new Error("the model gave no letters for its frames")
      return Array.from({ length: count }, (_, frame) => {
        const start = frame * letters
        let best = 0
        for (let one = 1; one < letters; one++) if ((data[start + one] ?? 0) > (data[start + best] ?? 0)) best = one
        return best
      })
    }
  }
}

/** The letter of each frame of a recording: windows overlap, and only the inner frames of each are taken. */
const readFrames = async ({ frames, step }: LetterModel, samples: Float32Array, rate: number) => {
  const [size, shared] = [Math.floor((windowSeconds * rate) / step), Math.floor((sharedSeconds * rate) / step)]
  const ids: Array<number> = []
  for (let first = 0; ; first += size - 2 * shared) {
    const last = (first + size) * step >= samples.length
    const found = await frames(samples.subarray(first * step, (first + size) * step))
    ids.push(...found.slice(first === 0 ? 0 : shared, last ? undefined : size - shared))
    if (last) return ids
  }
}

/** Words with their times: runs of letters between blanks that stand for a space. */
const wordsOf = (
  { blank, decode, step }: LetterModel,
  ids: ReadonlyArray<number>,
  rate: number
): ReadonlyArray<TextSegment> => {
  const words: Array<TextSegment> = []
  let [letters, from, to]: [Array<number>, number, number] = [[], 0, 0]
  const close = () => {
    const text = decode(letters).trim()
    if (text !== "") words.push({ text, fromSeconds: (from * step) / rate, toSeconds: (to * step) / rate })
    letters = []
  }
  for (const [frame, id] of ids.entries()) {
    if (id === blank) continue
    if (decode([id]).trim() === "") {
      close()
      continue
    }
    if (letters.length === 0) from = frame
    to = frame + 1
    // A blank in between keeps two equal letters apart.
    if (ids[frame - 1] !== id) letters.push(blank, id)
  }
  close()
  return words
}

const hearLetters = async (
  pipe: SpeechPipe,
  job: ModelJob,
  samples: Float32Array,
  rate: number
): Promise<ModelResult> => {
  const model = letterModel(pipe)
  const ids = await readFrames(model, samples, rate)
  const segments = timestampsOf(job) === "none" ? {} : { segments: wordsOf(model, ids, rate) }
  return { kind: "text", text: model.decode(ids).trim(), ...segments }
}

/** The quietest place near the end of a window, where a recording is cut for models that know neither way. */
const quietPlace = (samples: Float32Array, from: number, to: number, width: number): number => {
  let [best, level] = [to, Infinity]
  for (let at = from; at + width <= to; at += width) {
    let sum = 0
    for (let i = at; i < at + width; i++) sum += Math.abs(samples[i] ?? 0)
    if (sum < level) [best, level] = [at + Math.floor(width / 2), sum]
  }
  return best
}

const hearParts = async (
  pipe: SpeechPipe,
  job: ModelJob,
  samples: Float32Array,
  rate: number
): Promise<ModelResult> => {
  const segments: Array<TextSegment> = []
  for (let start = 0; start < samples.length;) {
    const limit = start + windowSeconds * rate
    const end =
      limit >= samples.length
        ? samples.length
        : quietPlace(samples, limit - sharedSeconds * rate, limit, Math.floor(rate / 20))
    const text = textIn(await pipe(samples.subarray(start, end)), "text").trim()
    segments.push({ text, fromSeconds: start / rate, toSeconds: end / rate })
    start = end
  }
  const text = segments
    .map((one) => one.text)
    .filter((one) => one !== "")
    .join(" ")
  return { kind: "text", text, ...(timestampsOf(job) === "none" ? {} : { segments }) }
}

const letterModels = /^(wav2vec2|wav2vec2-bert|unispeech|unispeech-sat|hubert|wavlm|parakeet_ctc)$/

/** Transcribes a recording. `language`, `task` and `timestamps` are parameters; a model that cannot take one refuses it. */
export const hearSpeech = async (pipe: SpeechPipe, modelType: string, job: ModelJob): Promise<ModelResult> => {
  const { feature_extractor: extractor } = isFound(pipe.processor) ? pipe.processor : ({} as Found)
  const config = isFound(extractor) && isFound(extractor["config"]) ? extractor["config"] : {}
  const rate = numberOf(config["sampling_rate"], 16_000)
  const samples = resample(soundOf(job), rate)
  if (samples.length === 0) throw new Refused(StatusCode.INPUT_INVALID_ARGUMENT, "the audio has no samples")
  if (/whisper/.test(modelType)) return await hearWhisper(pipe, job, samples, rate)
  const name = ["language", "task"].find((option) => textParam(job, option) !== undefined)
  if (name !== undefined && modelType !== "cohere_asr")
    throw refuse(`${name} cannot be set: this model (${modelType}) has no such option`)
  return letterModels.test(modelType)
    ? await hearLetters(pipe, job, samples, rate)
    : await hearParts(pipe, job, samples, rate)
}
