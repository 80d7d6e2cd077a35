/** Fakes of models: typed answers in, the protocol's messages out. */
import type { Box } from "../media/frame-of-reference.ts"
import type { Model } from "../models/model-handle.ts"
import type { Kind, Task } from "../models/task.ts"
import type { Answer } from "../results/answer.ts"
import type { FakeAnswer } from "./fake-connection.ts"

/** A concept of a fake: its name, with a score of 1, or both. */
export type FakeConcept<N extends string = string> =
  | N
  | { readonly name: N; readonly score?: number; readonly id?: string }

/** A region of a fake. `score` is 1 when absent. */
export interface FakeRegion<N extends string = string> {
  readonly box: Box
  readonly concepts?: ReadonlyArray<FakeConcept<N>>
  readonly score?: number
  readonly text?: string
}

/** A frame of a fake. */
export interface FakeFrame<N extends string = string> {
  readonly timeMs: number
  readonly concepts?: ReadonlyArray<FakeConcept<N>>
  readonly regions?: ReadonlyArray<FakeRegion<N>>
}

/** What a fake can state of an answer; which of it, the model's task decides. */
interface FakeParts<N extends string> {
  readonly concepts: ReadonlyArray<FakeConcept<N>>
  readonly regions: ReadonlyArray<FakeRegion<N>>
  readonly frames: ReadonlyArray<FakeFrame<N>>
  readonly text: string
  readonly embedding: ReadonlyArray<number>
}

/** The parts that a prediction with a model of this task has, about an image or a video. */
type PartsOf<T extends Task, N extends string> =
  | (keyof FakeParts<N> & keyof Answer<T, "image", N>)
  | (keyof FakeParts<N> & keyof Answer<T, "video", N>)

/** What a fake of a model of this task may state. */
export type FakeAnswerOf<T extends Task, N extends string> = {
  readonly [K in PartsOf<T, N>]?: FakeParts<N>[K]
}

/** One input of a call, as a fake sees it. */
export interface FakeInput {
  readonly id?: string
  /** Its address, where it was given by one. */
  readonly url?: string
  /** Its text, where it is one. */
  readonly text?: string
  /** Its position in the call. */
  readonly index: number
}

const toConcept = (concept: FakeConcept) => {
  const { id, name, score = 1 } = typeof concept === "string" ? { id: undefined, name: concept } : concept
  return { id: id ?? name, name, value: score }
}

const toRegion = ({ box: { bottom, left, right, top }, concepts, score = 1, text }: FakeRegion, index: number) => ({
  id: `region-${index}`,
  value: score,
  region_info: { bounding_box: { top_row: top, left_col: left, bottom_row: bottom, right_col: right } },
  data: {
    ...(concepts === undefined ? {} : { concepts: concepts.map(toConcept) }),
    ...(text === undefined ? {} : { text: { raw: text } })
  }
})

const toData = ({ concepts, embedding, frames, regions, text }: Partial<FakeParts<string>>): object => ({
  ...(concepts === undefined ? {} : { concepts: concepts.map(toConcept) }),
  ...(regions === undefined ? {} : { regions: regions.map(toRegion) }),
  ...(text === undefined ? {} : { text: { raw: text } }),
  ...(embedding === undefined ? {} : { embeddings: [{ vector: embedding, num_dimensions: embedding.length }] }),
  ...(frames === undefined
    ? {}
    : {
        frames: frames.map(({ timeMs, ...data }, index) => ({
          frame_info: { index, time: timeMs },
          data: toData(data)
        }))
      })
})

interface SentInput {
  readonly id?: string
  readonly data?: Readonly<Record<string, { readonly url?: string; readonly raw?: string }>>
}

const toInput = ({ data = {}, id }: SentInput, index: number): FakeInput => {
  const parts = Object.values(data)
  const url = parts.find((part) => part.url !== undefined)?.url
  const text = data["text"]?.raw
  return {
    index,
    ...(id === undefined ? {} : { id }),
    ...(url === undefined ? {} : { url }),
    ...(text === undefined ? {} : { text })
  }
}

const isCallOf = (path: string, model: Model): boolean =>
  path.includes(`/models/${encodeURIComponent(model.id)}/`) && /\/outputs(?:\?|$)/.test(path)

/**
 * A fake of one model: each input of its predictions is answered with `answer`, or with what that function returns for it.
 * Calls of other models are left to the next fake. The task decides what an answer may hold: `{ concepts }` of a
 * classifier, `{ regions }` of a detector, `{ frames }` of either about a video, `{ text }`, `{ embedding }`.
 *
 * @example fakeConnection([fakeModel(models.faces, { regions: [{ box: { top: 0, left: 0, bottom: 1, right: 1 } }] })])
 */
export const fakeModel =
  <T extends Task, N extends string>(
    model: Model<T, Kind, N>,
    answer: NoInfer<FakeAnswerOf<T, N>> | ((input: FakeInput) => NoInfer<FakeAnswerOf<T, N>>)
  ): FakeAnswer =>
  ({ body, path }) => {
    if (!isCallOf(path, model)) return undefined
    const { inputs = [] } = Object(body) as { readonly inputs?: ReadonlyArray<SentInput> } // the client's own request
    const status = { code: 10000, description: "Ok" }
    return {
      status,
      outputs: inputs.map((input, index) => ({
        status,
        ...(input.id === undefined ? {} : { input: { id: input.id } }),
        model: { id: model.id },
        data: toData(typeof answer === "function" ? answer(toInput(input, index)) : answer)
      }))
    }
  }
