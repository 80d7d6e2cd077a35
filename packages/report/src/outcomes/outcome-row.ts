/** One outcome as a row of the report: a summary for the grid and its filters, and the detail that the lightbox shows. */
import type { Orientation, Outcome, Size } from "@sightline/core"
import type { AnswerData, Edges, FrameData, RowDetail, RowKind, ShapeData } from "../document/report-data.ts"
import { answerJson } from "./answer-json.ts"
import { type AnswerLike, type AnswerPart, type FrameLike, partsOf, partsOfFailure } from "./answer-parts.ts"
import { failureOf, tagOf } from "./failure.ts"
import { type PrivateText, shorten } from "./private-text.ts"
import { bothBoxes, framesOf, scoresOf, shapeOf } from "./shapes.ts"

/** What is known of an input besides its outcome. */
export interface InputFacts {
  readonly kind: RowKind
  /** The caller's name for it; empty where there is none. */
  readonly name: string
  readonly orientation: Orientation
  readonly stored?: Size
  readonly upright?: Size
  readonly noPicture?: string
  readonly inputText?: string
}

/** What the grid and its filters need of one row. */
export interface RowSummary {
  readonly index: number
  readonly kind: RowKind
  readonly label: string
  /** The error's tag; undefined for an answer. */
  readonly error: string | undefined
  readonly attempts: number
  readonly requestId: string | undefined
  /** Best score of each concept, highest first. */
  readonly concepts: ReadonlyArray<readonly [name: string, score: number]>
  readonly boxes: ReadonlyArray<readonly [edges: Edges, concept: string]>
  readonly masks: boolean
  readonly excerpt: string
  /** Which of the row's pictures stands for it. */
  readonly poster: number
  readonly durationMs: number
  readonly models: ReadonlyArray<string>
  readonly tokens: readonly [prompt: number, completion: number, cached: number]
}

/** A row: its summary, and its detail as JSON text. */
export interface Row {
  readonly summary: RowSummary
  readonly detail: string
}

/** How rows are made. */
export interface RowOptions {
  readonly text: PrivateText
  readonly names: boolean
}

const longestExcerpt = 160
/** Most boxes that a picture of the grid shows. */
const mostBoxes = 24
/** Most regions of one answer, and frames of one clip, that the report holds. */
const mostShapes = 400
const mostFrames = 2000

const factsOf = (answer: AnswerLike): ReadonlyArray<readonly [string, string]> => {
  const { audio, clusters, embedding, usage } = answer
  return [
    ...(embedding === undefined ? [] : [["embedding", `${embedding.dimensions} dimensions`] as const]),
    ...(clusters.length === 0 ? [] : [["clusters", String(clusters.length)] as const]),
    ...(audio === undefined
      ? []
      : [["sound", audio.durationSeconds === undefined ? "yes" : `${audio.durationSeconds} s`] as const]),
    ...(usage === undefined
      ? []
      : [["tokens", `${usage.promptTokens} in, ${usage.completionTokens} out, ${usage.cachedTokens} cached`] as const])
  ]
}

const frameData = async (
  frame: FrameLike,
  picture: number | undefined,
  answer: AnswerLike,
  text: PrivateText
): Promise<FrameData> => {
  // decoders of clips give upright pictures
  const frames = framesOf(answer.reference, 1)
  const shapes: Array<ShapeData> = []
  for (const region of frame.regions.slice(0, mostShapes)) shapes.push(await shapeOf(region, frames, text))
  return {
    timeMs: frame.timeMs,
    ...(picture === undefined ? {} : { picture }),
    concepts: scoresOf(frame.concepts, text),
    shapes,
    ...(frame.text === undefined ? {} : { text: text.said(frame.text, "text") })
  }
}

const answerData = async (
  part: AnswerPart,
  { orientation }: InputFacts,
  slots: ReadonlyMap<number, number>,
  known: ReadonlyArray<string>,
  text: PrivateText
): Promise<AnswerData> => {
  const name = part.name === undefined ? {} : { name: text.said(part.name, "text") }
  const { answer } = part
  if (answer === undefined) {
    const failure = part.error === undefined ? {} : { failure: failureOf(part.error, known, text) }
    return { ...name, concepts: [], shapes: [], frames: [], facts: [], ...failure }
  }
  const shapes: Array<ShapeData> = []
  const frames = framesOf(answer.reference, orientation)
  for (const region of answer.regions.slice(0, mostShapes)) shapes.push(await shapeOf(region, frames, text))
  const shown: Array<FrameData> = []
  for (const [i, frame] of answer.frames.slice(0, mostFrames).entries())
    shown.push(await frameData(frame, slots.get(i), answer, text))
  const { colors, model, text: said } = answer
  return {
    ...name,
    ...(model?.id === undefined ? {} : { model: model.id }),
    ...(model?.versionId === undefined ? {} : { version: model.versionId }),
    concepts: scoresOf(answer.concepts, text),
    shapes: isCrop(answer) ? [...areaShape(part, answer, orientation, text), ...shapes] : shapes,
    frames: shown,
    ...(said === undefined ? {} : { text: text.said(said, "text") }),
    ...(colors.length === 0 ? {} : { colors: colors.map(({ coverage, hex, name: color }) => [hex, color, coverage]) }),
    facts: factsOf(answer)
  }
}

const isCrop = ({ reference }: AnswerLike): boolean => reference?.steps.some((step) => step.step === "crop") === true

/** Where a crop was cut, with what was found in it. */
const areaShape = (
  { name }: AnswerPart,
  answer: AnswerLike,
  orientation: Orientation,
  text: PrivateText
): ReadonlyArray<ShapeData> => [
  {
    ...bothBoxes({ top: 0, left: 0, bottom: 1, right: 1 }, framesOf(answer.reference, orientation)),
    concepts: scoresOf(answer.concepts.slice(0, 1), text),
    score: answer.concepts[0]?.score ?? 0,
    text: `crop ${name ?? ""}`.trim()
  }
]

/** Best score of each concept of these answers, wherever it was found; highest first. */
const bestScores = (answers: ReadonlyArray<AnswerData>): ReadonlyArray<readonly [string, number]> => {
  const best = new Map<string, number>()
  const note = (concepts: ReadonlyArray<readonly [string, number]>) => {
    for (const [name, score] of concepts) if (score > (best.get(name) ?? -Infinity)) best.set(name, score)
  }
  for (const { concepts, frames, shapes } of answers) {
    note(concepts)
    for (const shape of shapes) note(shape.concepts)
    for (const frame of frames) {
      note(frame.concepts)
      for (const shape of frame.shapes) note(shape.concepts)
    }
  }
  return [...best].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
}

const boxesOf = (answers: ReadonlyArray<AnswerData>): RowSummary["boxes"] =>
  answers
    .flatMap(({ shapes }) => shapes)
    .flatMap(({ concepts, upright }) => (upright === undefined ? [] : [[upright, concepts[0]?.[0] ?? ""] as const]))
    .slice(0, mostBoxes)

/** The picture of the frame with the highest score; the first of equals. */
const posterOf = (answers: ReadonlyArray<AnswerData>): number => {
  let poster = 0
  let best = -Infinity
  for (const { concepts, picture, shapes } of answers.flatMap(({ frames }) => frames)) {
    const score = Math.max(concepts[0]?.[1] ?? -1, ...shapes.map((shape) => shape.score))
    if (picture === undefined || score <= best) continue
    poster = picture
    best = score
  }
  return poster
}

/** Where the last frame ends: as long after it as it is after the one before. */
const durationOf = (answers: ReadonlyArray<AnswerData>): number => {
  const times = answers.flatMap(({ frames }) => frames).map(({ timeMs }) => timeMs)
  const [last, before] = [times.at(-1), times.at(-2)]
  return last === undefined ? 0 : before === undefined ? last : 2 * last - before
}

const extent = (size: Size | undefined, name: "stored" | "upright") =>
  size === undefined ? {} : { [name]: [size.width, size.height] as const }

/** Positions of an answer's frames that have a picture, each with its slot. */
export type FrameSlots = ReadonlyMap<number, number>

/** Makes the row of an outcome. `slots`: the pictures of a clip's frames. */
export const toRow = async (
  outcome: Outcome<unknown, unknown>,
  input: InputFacts,
  slots: FrameSlots,
  { names, text }: RowOptions
): Promise<Row> => {
  const { attempts, index, key, requestId } = outcome
  const known = [...(key === undefined ? [] : [key]), ...(input.name === "" ? [] : [input.name])]
  const parts = outcome.ok ? partsOf(outcome.value) : partsOfFailure(outcome.error)
  const answers: Array<AnswerData> = []
  for (const part of parts) answers.push(await answerData(part, input, slots, known, text))
  const failure = outcome.ok ? undefined : failureOf(outcome.error, known, text)
  const said = answers.find((answer) => answer.text !== undefined && answer.text !== "")?.text
  const jsonOptions = { text, key, names }
  const detail: RowDetail = {
    answers,
    ...(failure === undefined ? {} : { failure }),
    ...(requestId === undefined ? {} : { requestId }),
    orientation: input.orientation,
    ...extent(input.stored, "stored"),
    ...extent(input.upright, "upright"),
    ...(input.noPicture === undefined ? {} : { noPicture: text.error(input.noPicture, known) }),
    ...(input.inputText === undefined ? {} : { inputText: text.said(input.inputText, "text") }),
    json: outcome.ok
      ? answerJson(outcome.value, jsonOptions)
      : JSON.stringify({ _tag: failure?.tag, message: failure?.message, ...Object.fromEntries(failure?.facts ?? []) })
  }
  const usages = parts.flatMap(({ answer }) => answer?.usage ?? [])
  const sum = (pick: (usage: (typeof usages)[number]) => number) => usages.reduce((all, one) => all + pick(one), 0)
  return {
    summary: {
      index,
      kind: input.kind,
      label: text.name(key ?? input.name),
      error: outcome.ok ? undefined : tagOf(outcome.error),
      attempts,
      requestId,
      concepts: bestScores(answers),
      boxes: boxesOf(answers),
      masks: answers.some(({ shapes }) => shapes.some(({ mask }) => mask !== undefined)),
      excerpt: shorten(failure?.message ?? said ?? "", longestExcerpt),
      poster: posterOf(answers),
      durationMs: durationOf(answers),
      models: [...new Set(answers.flatMap(({ model }) => model ?? []))],
      tokens: [sum((u) => u.promptTokens), sum((u) => u.completionTokens), sum((u) => u.cachedTokens)]
    },
    detail: JSON.stringify(detail)
  }
}
