/** The pictures of one row: its image, the frames of its clip, or the image that a model made. */
import { bytesOf, type Media, type Orientation, type Size } from "@sightline/core"
import { kindOfType, sniff } from "@sightline/core/plugin"
import type { RowKind } from "../document/report-data.ts"
import type { AnswerLike } from "../outcomes/answer-parts.ts"
import { clipFrames, picturedFrames } from "./clip-frames.ts"
import type { PictureBudget } from "./picture-budget.ts"
import { levels, makeThumbnails, type ThumbnailOptions } from "./thumbnail.ts"

/** Most pictures of one row: a clip's frames and one more. */
export const picturesPerRow = 32

/** What was found about a row's input while its pictures were made. */
export interface RowPictures {
  readonly kind: RowKind
  readonly orientation: Orientation
  readonly stored?: Size
  readonly upright?: Size
  /** Why the picture is missing. */
  readonly noPicture?: string
  /** Slots of pictures by the position of their frame in the answer. */
  readonly slots: ReadonlyMap<number, number>
  /** The input's own text, where it is a text. */
  readonly text?: string
}

/** How a row's pictures are made. */
export interface RowPictureOptions extends ThumbnailOptions {
  readonly budget: PictureBudget | undefined
  /** Whether an input's own text is read. */
  readonly texts: boolean
  /** Files of more bytes are not read. */
  readonly maxBytes: number
}

const none: ReadonlyMap<number, number> = new Map()
/** A longer text is cut. */
const longestText = 4000

const addPicture = async (
  order: number,
  bytes: Uint8Array,
  { budget, ...options }: RowPictureOptions
): Promise<Pick<RowPictures, "orientation" | "stored" | "upright" | "noPicture">> => {
  const made = await makeThumbnails(bytes, budget?.wanted(order) ?? [], options)
  if ("problem" in made) return { orientation: 1, noPicture: made.problem }
  budget?.add(order, made.byLevel)
  const { orientation, stored, upright } = made
  return { orientation, stored, upright }
}

const clip = async (
  order: number,
  media: Media,
  answer: AnswerLike,
  options: RowPictureOptions
): Promise<RowPictures> => {
  const base = { kind: "video", orientation: 1 } as const
  if (options.budget === undefined) return { ...base, slots: none }
  const pictured = picturedFrames(answer.frames.length)
  const times = pictured.map((at) => answer.frames[at]?.timeMs ?? 0)
  const { frames, problem } = await clipFrames(media, times, levels[2].maxSide)
  const slots = new Map<number, number>()
  let size: Size | undefined
  for (const [slot, { bytes }] of frames.entries()) {
    const at = pictured[slot]
    const { upright } = await addPicture(order + slot, bytes, options)
    if (at === undefined || upright === undefined) continue
    slots.set(at, slot)
    size ??= upright
  }
  const upright = size === undefined ? {} : { upright: size }
  return { ...base, ...upright, slots, ...(slots.size > 0 || problem === undefined ? {} : { noPicture: problem }) }
}

const kindOf = (media: Media, bytes: Uint8Array | undefined): RowKind => {
  if (media.kind !== "image" || bytes === undefined) return media.kind
  const type = sniff(bytes)
  return (type === undefined ? undefined : kindOfType(type)) ?? media.kind
}

const sizeProblem = (media: Media, maxBytes: number): string | undefined =>
  (media.facts.sizeBytes ?? 0) > maxBytes ? `it has more than ${maxBytes} bytes` : undefined

const problemOf = (cause: unknown): string =>
  typeof cause === "object" && cause !== null && "problem" in cause ? String(cause.problem) : "it cannot be read"

/** Makes the pictures of an input. `order` is that of the first; later ones follow it. Never rejects. */
export const picturesOf = async (
  order: number,
  media: Media | undefined,
  answer: AnswerLike | undefined,
  options: RowPictureOptions
): Promise<RowPictures> => {
  if (media === undefined) return made(order, "other", answer, options, undefined)
  if (answer !== undefined && answer.frames.length > 0) return clip(order, media, answer, options)
  const { source } = media
  if (media.kind === "text") {
    const text = options.texts && source.from === "text" ? { text: source.text.slice(0, longestText) } : {}
    return { ...(await made(order, "text", answer, options, undefined)), ...text }
  }
  if (source.from === "url" && !/^data:/i.test(source.url))
    return made(order, media.kind, answer, options, "the service read this input by its address; it was not read here")
  if (source.from === "parts")
    return picturesOf(
      order,
      source.parts.find(({ kind }) => kind === "image"),
      answer,
      options
    )
  const tooLarge = sizeProblem(media, options.maxBytes)
  if (tooLarge !== undefined) return made(order, media.kind, answer, options, tooLarge)
  let bytes: Uint8Array
  try {
    bytes = await bytesOf(media)
  } catch (cause) {
    return made(order, media.kind, answer, options, problemOf(cause))
  }
  const kind = kindOf(media, bytes)
  if (kind !== "image") return made(order, kind, answer, options, undefined)
  return { kind, slots: none, ...(await addPicture(order, bytes, options)) }
}

/** What is shown where the input has no picture: the image that the model made, if it made one. */
const made = async (
  order: number,
  kind: RowKind,
  answer: AnswerLike | undefined,
  options: RowPictureOptions,
  problem: string | undefined
): Promise<RowPictures> => {
  const bytes = answer?.image?.bytes
  if (bytes === undefined || bytes.byteLength === 0)
    return { kind, orientation: 1, slots: none, ...(problem === undefined ? {} : { noPicture: problem }) }
  const { noPicture, upright } = await addPicture(order, bytes, options)
  return {
    kind,
    orientation: 1,
    slots: none,
    ...(upright === undefined ? {} : { upright, stored: upright }),
    ...(noPicture === undefined ? {} : { noPicture })
  }
}
