// Task to answer: the type that a prediction gives, and the function that makes it.
import type { Kind, Task } from "../models/task.ts"
import type { Decoded } from "../wire/codec/decode-json.ts"
import type { OutputWire } from "../wire/messages/output-messages.ts"
import { type Concept, toConcepts } from "./concept.ts"
import { type Cluster, type Color, type Embedding, toCluster, toColor, toEmbedding } from "./embedding.ts"
import type { AudioMade, ImageMade } from "./generated-media.ts"
import { type AnswerFacts, audioAt, imageAt, type Output, toFacts, toOutput, Unusable } from "./output.ts"
import { type Frame, type MaskedRegion, type Region, toFrame, toRegion } from "./region.ts"

/** What is in the input, best first. */
export interface ConceptsAnswer<out N extends string = string> extends AnswerFacts {
  readonly concepts: ReadonlyArray<Concept<N>>
}
/** What is where. */
export interface RegionsAnswer<out N extends string = string> extends AnswerFacts {
  readonly regions: ReadonlyArray<Region<N>>
}
/** What is where, to the pixel. */
export interface MasksAnswer<out N extends string = string> extends AnswerFacts {
  readonly regions: ReadonlyArray<MaskedRegion<N>>
}
/** What is when, in order of time. */
export interface FramesAnswer<out N extends string = string> extends AnswerFacts {
  readonly frames: ReadonlyArray<Frame<N>>
}
/** What a text model wrote, or what is written or said in the input. */
export interface TextAnswer extends AnswerFacts {
  readonly text: string
}
/** A picture that the model made. */
export interface ImageAnswer extends AnswerFacts {
  readonly image: ImageMade
}
/** A sound that the model made. */
export interface AudioAnswer extends AnswerFacts {
  readonly audio: AudioMade
}
/** The input as numbers. */
export interface EmbeddingAnswer extends AnswerFacts {
  readonly embedding: Embedding
}
/** The colours of a picture, most first. */
export interface ColorsAnswer extends AnswerFacts {
  readonly colors: ReadonlyArray<Color>
}
/** The groups that the input belongs to. */
export interface ClustersAnswer extends AnswerFacts {
  readonly clusters: ReadonlyArray<Cluster>
}

/** Each task's answer about an input that is not a video. */
interface Still<N extends string> {
  readonly "visual-classifier": ConceptsAnswer<N>
  readonly "visual-detector": RegionsAnswer<N>
  readonly "visual-segmenter": MasksAnswer<N>
  readonly "visual-keypointer": RegionsAnswer<N>
  readonly "visual-embedder": EmbeddingAnswer
  readonly "image-color-recognizer": ColorsAnswer
  readonly "image-to-text": TextAnswer
  readonly "image-to-image": ImageAnswer
  readonly "optical-character-recognizer": RegionsAnswer<N>
  readonly "text-classifier": ConceptsAnswer<N>
  readonly "text-token-classifier": RegionsAnswer<N>
  readonly "text-embedder": EmbeddingAnswer
  readonly "text-to-text": TextAnswer
  readonly "text-to-image": ImageAnswer
  readonly "text-to-audio": AudioAnswer
  readonly "audio-classifier": ConceptsAnswer<N>
  readonly "audio-embedder": EmbeddingAnswer
  readonly "audio-to-text": TextAnswer
  readonly "multimodal-embedder": EmbeddingAnswer
  readonly "multimodal-to-text": TextAnswer
  readonly "embedding-classifier": ConceptsAnswer<N>
  readonly clusterer: ClustersAnswer
  readonly unknown: Output<N>
}

/** Tasks whose answer about a video is a list of frames. */
type Framed =
  | "visual-classifier"
  | "visual-detector"
  | "visual-segmenter"
  | "visual-keypointer"
  | "visual-embedder"
  | "optical-character-recognizer"
  | "embedding-classifier"

/**
 * The answer of a model of task `T` about an input of kind `K`, with names from `N`: `{ concepts }` of a classifier,
 * `{ regions }` of a detector, `{ frames }` of either about a video, the general {@link Output} where the task is not
 * known. A union of tasks or kinds gives the union of their answers.
 */
export type Answer<T extends Task = Task, K extends Kind = Kind, N extends string = string> = T extends Task
  ? K extends "video"
    ? T extends Framed
      ? FramesAnswer<N>
      : Still<N>[T]
    : Still<N>[T]
  : never

const framed: Readonly<Record<Framed, true>> = {
  "visual-classifier": true,
  "visual-detector": true,
  "visual-segmenter": true,
  "visual-keypointer": true,
  "visual-embedder": true,
  "optical-character-recognizer": true,
  "embedding-classifier": true
}

/**
 * A decoded output. The output is one that succeeded: look at its status first.
 *
 * Not ok when the output has not what its task promises: an embedder without an embedding, a picture that is not
 * base64. Classifiers and detectors may find nothing: their lists are then empty.
 */
export const toAnswer = <T extends Task, K extends Kind>(
  task: T,
  kind: K,
  output: OutputWire
): Decoded<Answer<T, K>> => {
  try {
    const value = kind === "video" && task in framed ? framesAnswer(output) : stillAnswer[task](output)
    // Both tables are checked against the types above, one entry for each task; the conditional type is not resolved here.
    return { ok: true, value: value as Answer<T, K> }
  } catch (thrown) {
    if (thrown instanceof Unusable) return { ok: false, problem: thrown.problem }
    throw thrown
  }
}

const missing = (path: string): never => {
  throw new Unusable(path, "expected a value, found nothing")
}

const conceptsAnswer = (output: OutputWire): ConceptsAnswer => ({
  ...toFacts(output),
  concepts: toConcepts(output.data)
})

const regionsAnswer = (output: OutputWire): RegionsAnswer => ({
  ...toFacts(output),
  regions: output.data?.regions?.map(toRegion) ?? []
})

const masksAnswer = (output: OutputWire): MasksAnswer => ({
  ...toFacts(output),
  regions:
    output.data?.regions?.map((wire, i) => {
      const region = toRegion(wire)
      const { mask = missing(`data.regions[${i}].region_info.mask`) } = region
      return { ...region, mask }
    }) ?? []
})

const framesAnswer = (output: OutputWire): FramesAnswer => ({
  ...toFacts(output),
  frames: output.data?.frames?.map(toFrame) ?? []
})

const textAnswer = (output: OutputWire): TextAnswer => ({
  ...toFacts(output),
  // An empty text is left out on the wire; a text model that says nothing has said "".
  text: output.data?.text?.raw ?? output.data?.string_value ?? output.data?.parts?.[0]?.data?.string_value ?? ""
})

const imageAnswer = (output: OutputWire): ImageAnswer => ({
  ...toFacts(output),
  image: imageAt(output.data?.image ?? missing("data.image"), "data.image")
})

const audioAnswer = (output: OutputWire): AudioAnswer => ({
  ...toFacts(output),
  audio: audioAt(output.data?.audio ?? missing("data.audio"), "data.audio")
})

const embeddingAnswer = (output: OutputWire): EmbeddingAnswer => ({
  ...toFacts(output),
  embedding: toEmbedding(output.data?.embeddings?.[0] ?? missing("data.embeddings[0]"))
})

const stillAnswer: { readonly [T in Task]: (output: OutputWire) => Still<string>[T] } = {
  "visual-classifier": conceptsAnswer,
  "visual-detector": regionsAnswer,
  "visual-segmenter": masksAnswer,
  "visual-keypointer": regionsAnswer,
  "visual-embedder": embeddingAnswer,
  "image-color-recognizer": (output) => ({ ...toFacts(output), colors: output.data?.colors?.map(toColor) ?? [] }),
  "image-to-text": textAnswer,
  "image-to-image": imageAnswer,
  "optical-character-recognizer": regionsAnswer,
  "text-classifier": conceptsAnswer,
  "text-token-classifier": regionsAnswer,
  "text-embedder": embeddingAnswer,
  "text-to-text": textAnswer,
  "text-to-image": imageAnswer,
  "text-to-audio": audioAnswer,
  "audio-classifier": conceptsAnswer,
  "audio-embedder": embeddingAnswer,
  "audio-to-text": textAnswer,
  "multimodal-embedder": embeddingAnswer,
  "multimodal-to-text": textAnswer,
  "embedding-classifier": conceptsAnswer,
  clusterer: (output) => ({ ...toFacts(output), clusters: output.data?.clusters?.map(toCluster) ?? [] }),
  unknown: toOutput
}
