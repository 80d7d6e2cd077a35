// The general output: everything an answer can hold, each part present.
import type { Reference } from "../media/frame-of-reference.ts"
import type { DataWire, PartWire } from "../wire/messages/data-messages.ts"
import type { DecodeProblem } from "../wire/codec/decode-json.ts"
import type { JsonObject } from "../wire/messages/field.ts"
import type { OutputWire } from "../wire/messages/output-messages.ts"
import type { TrackWire } from "../wire/messages/frame-messages.ts"
import { type Concept, toConcepts } from "./concept.ts"
import { type Cluster, type Color, type Embedding, toCluster, toColor, toEmbedding } from "./embedding.ts"
import { toBytes } from "../wire/codec/base64.ts"
import {
  type AudioMade,
  type ImageMade,
  type NdArray,
  toAudio,
  toImage,
  toNdArray,
  toVideo,
  type VideoMade
} from "./generated-media.ts"
import { type Frame, type Region, toFrame, toRegion } from "./region.ts"

/** Which model and version answered. */
export interface AnsweredBy {
  readonly id: string
  readonly versionId?: string
}

/** What a text model counted, in tokens. */
export interface Usage {
  readonly promptTokens: number
  readonly completionTokens: number
  /** Of the prompt, those that had been seen before. */
  readonly cachedTokens: number
}

/** What every answer says beside its result. */
export interface AnswerFacts {
  readonly model: AnsweredBy
  /** The id that the caller gave the input, or the service's. */
  readonly inputId: string
  readonly usage?: Usage
  /** How the pixels that were sent came from the original's, where that is known: for `inFrame`. */
  readonly reference?: Reference
}

/** Everything a piece of data can hold. Lists are there and empty where the model gave none. */
export interface OutputData<out N extends string = string> {
  readonly concepts: ReadonlyArray<Concept<N>>
  readonly regions: ReadonlyArray<Region<N>>
  readonly frames: ReadonlyArray<Frame<N>>
  readonly embeddings: ReadonlyArray<Embedding>
  readonly colors: ReadonlyArray<Color>
  readonly clusters: ReadonlyArray<Cluster>
  readonly heatmaps: ReadonlyArray<ImageMade>
  /** Objects that were tracked through a clip. */
  readonly tracks: ReadonlyArray<Stretch<N>>
  /** Stretches of a clip or a recording, and what is in each. */
  readonly segments: ReadonlyArray<Stretch<N>>
  readonly text: string | undefined
  readonly image: ImageMade | undefined
  readonly audio: AudioMade | undefined
  readonly video: VideoMade | undefined
  readonly array: NdArray | undefined
  /** A plain value: number, text, boolean, object or bytes. */
  readonly value: unknown
  readonly metadata: JsonObject
  /** Named results of models with several. */
  readonly parts: ReadonlyArray<OutputPart<N>>
}

/** Something from one time of a clip or a recording to another. */
export interface Stretch<out N extends string = string> {
  /** Regions of frames have it as their `trackId`. */
  readonly id: string
  /** Milliseconds from the start of what was sent. */
  readonly fromMs: number
  readonly toMs: number
  /** How good it is, 0 to 1, where the model says. */
  readonly score?: number
  readonly concepts: ReadonlyArray<Concept<N>>
  readonly text?: string
}

/** One named result of several. */
export interface OutputPart<out N extends string = string> extends OutputData<N> {
  readonly id: string
}

/** The answer of a model of which nothing is known beforehand. */
export interface Output<out N extends string = string> extends OutputData<N>, AnswerFacts {
  readonly id: string
  /** RFC 3339, as the service says. */
  readonly createdAt: string | undefined
}

/** Ends a conversion; caught in answer.ts. */
export class Unusable {
  readonly problem: DecodeProblem
  constructor(path: string, problem: string) {
    this.problem = { path, problem }
  }
}

/** What every answer says beside its result. */
export const toFacts = (output: OutputWire): AnswerFacts => {
  const versionId = output.model?.model_version?.id
  const id = output.model?.id ?? ""
  const facts = { model: versionId === undefined ? { id } : { id, versionId }, inputId: output.input?.id ?? "" }
  const { cached_tokens, completion_tokens, prompt_tokens } = output
  if (prompt_tokens === undefined && completion_tokens === undefined) return facts
  return {
    ...facts,
    usage: {
      promptTokens: prompt_tokens ?? 0,
      completionTokens: completion_tokens ?? 0,
      cachedTokens: cached_tokens ?? 0
    }
  }
}

/** The general output. Throws {@link Unusable} for bytes that are none. */
export const toOutput = (output: OutputWire): Output => ({
  id: output.id ?? "",
  createdAt: output.created_at,
  ...toFacts(output),
  ...toOutputData(output.data ?? {}, "data")
})

const toOutputData = (data: DataWire, path: string): OutputData => ({
  concepts: toConcepts(data),
  regions: data.regions?.map(toRegion) ?? [],
  frames: data.frames?.map(toFrame) ?? [],
  embeddings: data.embeddings?.map(toEmbedding) ?? [],
  colors: data.colors?.map(toColor) ?? [],
  clusters: data.clusters?.map(toCluster) ?? [],
  heatmaps: data.heatmaps?.map((image, i) => imageAt(image, `${path}.heatmaps[${i}]`)) ?? [],
  tracks: data.tracks?.map(toStretch) ?? [],
  segments: data.time_segments?.map(toStretch) ?? [],
  text: data.text?.raw,
  image: data.image && imageAt(data.image, `${path}.image`),
  audio: data.audio && audioAt(data.audio, `${path}.audio`),
  video: data.video && videoAt(data.video, `${path}.video`),
  array: data.ndarray && arrayAt(data.ndarray, `${path}.ndarray`),
  value:
    data.string_value ??
    data.int_value ??
    data.float_value ??
    data.bool_value ??
    data.struct_value ??
    (data.bytes_value === undefined ? undefined : bytesAt(data.bytes_value, `${path}.bytes_value`)),
  metadata: data.metadata ?? {},
  parts: data.parts?.map((part, i) => toPart(part, `${path}.parts[${i}].data`)) ?? []
})

const toStretch = ({ data, id = "", quality, time_info: time = {} }: TrackWire): Stretch => ({
  id,
  fromMs: (time.begin_time ?? 0) * 1000,
  toMs: (time.end_time ?? 0) * 1000,
  ...(quality === undefined ? {} : { score: quality }),
  concepts: toConcepts(data),
  ...(data?.text?.raw === undefined ? {} : { text: data.text.raw })
})

const toPart = ({ id = "", data = {} }: PartWire, path: string): OutputPart => ({ id, ...toOutputData(data, path) })

/** What bytes make, or {@link Unusable} with the path of what should have been base64. */
const usable = <A>(made: A | undefined, path: string): A => {
  if (made === undefined) throw new Unusable(path, "expected base64 text, found other text")
  return made
}

/** A picture, or {@link Unusable} with its path. */
export const imageAt = (wire: NonNullable<DataWire["image"]>, path: string): ImageMade =>
  usable(toImage(wire), `${path}.base64`)

/** A sound, or {@link Unusable} with its path. */
export const audioAt = (wire: NonNullable<DataWire["audio"]>, path: string): AudioMade =>
  usable(toAudio(wire), `${path}.base64`)

/** A clip, or {@link Unusable} with its path. */
export const videoAt = (wire: NonNullable<DataWire["video"]>, path: string): VideoMade =>
  usable(toVideo(wire), `${path}.base64`)

/** An array, or {@link Unusable} with its path. */
export const arrayAt = (wire: NonNullable<DataWire["ndarray"]>, path: string): NdArray =>
  usable(toNdArray(wire), `${path}.buffer`)

/** Bytes, or {@link Unusable} with their path. */
export const bytesAt = (value: string | Uint8Array<ArrayBuffer>, path: string): Uint8Array<ArrayBuffer> =>
  usable(toBytes(value), path)
