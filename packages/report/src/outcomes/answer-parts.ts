/**
 * Reads what a chain gave for one input, whatever its steps were: the answer of one model, of several by name, of a
 * workflow's nodes, or of crops. Structural, since a chain may end with a step of the caller's own.
 */
import type { Reference } from "@sightline/core"

/** A concept with its score. */
export interface ScoredConcept {
  readonly id?: string
  readonly name: string
  readonly score: number
}

/** An answer as far as a report reads it. Every member may be absent. */
export interface AnswerLike {
  readonly model?: { readonly id?: string; readonly versionId?: string }
  readonly usage?: UsageLike
  readonly reference?: Reference
  readonly concepts: ReadonlyArray<ScoredConcept>
  readonly regions: ReadonlyArray<RegionLike>
  readonly frames: ReadonlyArray<FrameLike>
  readonly text?: string
  readonly colors: ReadonlyArray<ColorLike>
  readonly embedding?: { readonly dimensions: number }
  readonly clusters: ReadonlyArray<unknown>
  readonly image?: { readonly bytes: Uint8Array }
  readonly audio?: { readonly durationSeconds?: number }
}

/** Tokens that a model counted. */
export interface UsageLike {
  readonly promptTokens: number
  readonly completionTokens: number
  readonly cachedTokens: number
}

/** A box as fractions of a picture. */
export interface BoxLike {
  readonly top: number
  readonly left: number
  readonly bottom: number
  readonly right: number
}

interface PointLike {
  readonly x: number
  readonly y: number
}

/** A region of a picture or a text. */
export interface RegionLike {
  readonly box: BoxLike
  readonly concepts: ReadonlyArray<ScoredConcept>
  readonly score: number
  readonly mask?: MaskLike
  readonly polygon?: ReadonlyArray<PointLike>
  readonly point?: PointLike
  readonly keypoints?: ReadonlyArray<PointLike>
  readonly span?: { readonly start: number; readonly end: number; readonly text: string }
  readonly text?: string
}

/** A mask: one byte per pixel, 255 inside. */
export interface MaskLike {
  readonly pixels: () => Promise<{ readonly width: number; readonly height: number; readonly data: Uint8Array }>
}

/** One sampled frame of a clip. */
export interface FrameLike {
  readonly timeMs: number
  readonly concepts: ReadonlyArray<ScoredConcept>
  readonly regions: ReadonlyArray<RegionLike>
  readonly text?: string
}

interface ColorLike {
  readonly hex: string
  readonly name: string
  readonly coverage: number
}

/** One answer of an outcome, or why there is none. */
export interface AnswerPart {
  /** Absent where the outcome has one answer. */
  readonly name?: string
  readonly answer?: AnswerLike
  readonly error?: unknown
  /** The answer as the chain gave it. */
  readonly value: unknown
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

const conceptsOf = (value: unknown): ReadonlyArray<ScoredConcept> =>
  list(value).flatMap((one) => {
    if (!isFields(one)) return []
    const [id, name, score] = [textOf(one["id"]), textOf(one["name"]), numberOf(one["score"])]
    const shown = name === undefined || name === "" ? id : name
    return shown === undefined || score === undefined
      ? []
      : [{ name: shown, score, ...(id === undefined ? {} : { id }) }]
  })

const boxOf = (value: unknown): BoxLike | undefined => {
  if (!isFields(value)) return undefined
  const [top, left, bottom, right] = ["top", "left", "bottom", "right"].map((edge) => numberOf(value[edge]))
  return top === undefined || left === undefined || bottom === undefined || right === undefined
    ? undefined
    : { top, left, bottom, right }
}

const pointOf = (value: unknown): PointLike | undefined => {
  if (!isFields(value)) return undefined
  const [x, y] = [numberOf(value["x"]), numberOf(value["y"])]
  return x === undefined || y === undefined ? undefined : { x, y }
}

const pointsOf = (value: unknown): ReadonlyArray<PointLike> | undefined =>
  Array.isArray(value) ? value.flatMap((one) => pointOf(one) ?? []) : undefined

const isMask = (value: unknown): value is MaskLike => isFields(value) && typeof value["pixels"] === "function"

const spanOf = (value: unknown): RegionLike["span"] => {
  if (!isFields(value)) return undefined
  const [start, end] = [numberOf(value["start"]), numberOf(value["end"])]
  return start === undefined || end === undefined ? undefined : { start, end, text: textOf(value["text"]) ?? "" }
}

const regionOf = (value: unknown): RegionLike | undefined => {
  if (!isFields(value)) return undefined
  const box = boxOf(value["box"])
  if (box === undefined) return undefined
  const point = pointOf(value["point"])
  const polygon = pointsOf(value["polygon"])
  const keypoints = pointsOf(value["keypoints"])
  const span = spanOf(value["span"])
  const text = textOf(value["text"])
  return {
    box,
    concepts: conceptsOf(value["concepts"]),
    score: numberOf(value["score"]) ?? 0,
    ...(isMask(value["mask"]) ? { mask: value["mask"] } : {}),
    ...(polygon === undefined ? {} : { polygon }),
    ...(point === undefined ? {} : { point }),
    ...(keypoints === undefined ? {} : { keypoints }),
    ...(span === undefined ? {} : { span }),
    ...(text === undefined ? {} : { text })
  }
}

const frameOf = (value: unknown): FrameLike | undefined => {
  if (!isFields(value)) return undefined
  const timeMs = numberOf(value["timeMs"])
  const text = textOf(value["text"])
  return timeMs === undefined
    ? undefined
    : {
        timeMs,
        concepts: conceptsOf(value["concepts"]),
        regions: list(value["regions"]).flatMap((one) => regionOf(one) ?? []),
        ...(text === undefined ? {} : { text })
      }
}

const colorOf = (value: unknown): ColorLike | undefined => {
  if (!isFields(value)) return undefined
  const [hex, coverage] = [textOf(value["hex"]), numberOf(value["coverage"])]
  return hex === undefined || coverage === undefined ? undefined : { hex, name: textOf(value["name"]) ?? "", coverage }
}

const usageOf = (value: unknown): UsageLike | undefined => {
  if (!isFields(value)) return undefined
  const count = (name: string) => numberOf(value[name]) ?? 0
  return {
    promptTokens: count("promptTokens"),
    completionTokens: count("completionTokens"),
    cachedTokens: count("cachedTokens")
  }
}

const modelOf = (value: unknown): AnswerLike["model"] => {
  if (!isFields(value)) return undefined
  const [id, versionId] = [textOf(value["id"]), textOf(value["versionId"])]
  return { ...(id === undefined ? {} : { id }), ...(versionId === undefined ? {} : { versionId }) }
}

const hasSteps = (value: unknown): value is Reference => isFields(value) && Array.isArray(value["steps"])

const dimensionsOf = (value: unknown): number | undefined =>
  isFields(value) ? (numberOf(value["dimensions"]) ?? (list(value["vector"]).length || undefined)) : undefined

const answerOf = (value: Fields): AnswerLike => {
  const model = modelOf(value["model"])
  const usage = usageOf(value["usage"])
  const text = textOf(value["text"])
  const dimensions = dimensionsOf(value["embedding"] ?? list(value["embeddings"])[0])
  const { audio, image } = value
  const seconds = isFields(audio) ? numberOf(audio["durationSeconds"]) : undefined
  return {
    concepts: conceptsOf(value["concepts"]),
    regions: list(value["regions"]).flatMap((one) => regionOf(one) ?? []),
    frames: list(value["frames"]).flatMap((one) => frameOf(one) ?? []),
    colors: list(value["colors"]).flatMap((one) => colorOf(one) ?? []),
    clusters: list(value["clusters"]),
    ...(model === undefined ? {} : { model }),
    ...(usage === undefined ? {} : { usage }),
    ...(hasSteps(value["reference"]) ? { reference: value["reference"] } : {}),
    ...(text === undefined ? {} : { text }),
    ...(dimensions === undefined ? {} : { embedding: { dimensions } }),
    ...(isFields(image) && image["bytes"] instanceof Uint8Array ? { image: { bytes: image["bytes"] } } : {}),
    ...(isFields(audio) ? { audio: seconds === undefined ? {} : { durationSeconds: seconds } } : {})
  }
}

/** True for a result or an outcome: `{ ok, value }` or `{ ok, error }`. */
const isSettled = (value: unknown): value is Fields => isFields(value) && typeof value["ok"] === "boolean"

const isAnswer = (value: unknown): value is Fields => isFields(value) && "model" in value && "inputId" in value

const named = (name: string, value: unknown): AnswerPart => {
  if (isSettled(value))
    return value["ok"] === true ? named(name, value["value"]) : { name, error: value["error"], value }
  return { name, value, ...(isFields(value) ? { answer: answerOf(value) } : {}) }
}

/** The answers that a value holds, in order. */
export const partsOf = (value: unknown): ReadonlyArray<AnswerPart> => {
  if (Array.isArray(value)) return value.map((one, i) => named(`${i + 1}`, one))
  if (!isFields(value)) return [{ value }]
  if (isAnswer(value)) return [{ value, answer: answerOf(value) }]
  if (isFields(value["nodes"])) return Object.entries(value["nodes"]).map(([name, node]) => named(name, node))
  const members = Object.entries(value)
  if (members.length > 0 && members.every(([, member]) => isAnswer(member) || isSettled(member)))
    return members.map(([name, member]) => named(name, member))
  return [{ value, answer: answerOf(value) }]
}

/** The answers that a failure still holds: those of models that answered, or that came before a deadline. */
export const partsOfFailure = (error: unknown): ReadonlyArray<AnswerPart> => {
  if (!isFields(error) || !("answers" in error)) return []
  const { answers } = error
  if (Array.isArray(answers)) return answers.flatMap((answer) => partsOf(answer))
  return isFields(answers) ? Object.entries(answers).map(([name, answer]) => named(name, answer)) : []
}
