/**
 * Folder `models`: opening models and predicting with them. This file: which media a model takes. An input with
 * others is refused: a model that reads a part of it would answer another question.
 */
import { StatusCode } from "@sightline/core/status"
import type { DataMessage, Kind } from "../protocol/input.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"

/** The media of one input, in each form that a model takes. */
export type TakenMedia = ReadonlyArray<ReadonlyArray<Kind>>

const named: Readonly<Record<Kind, string>> = { image: "an image", video: "a video", audio: "audio", text: "a text" }

const listKinds = (kinds: ReadonlyArray<Kind>): string => kinds.map((kind) => named[kind]).join(" and ")

const kindsOf = ({ media }: DataMessage): ReadonlyArray<Kind> => media.map(({ kind }) => kind)

const isTaken = (kinds: ReadonlyArray<Kind>, taken: TakenMedia): boolean =>
  taken.some((form) => kinds.every((kind) => form.includes(kind)))

/** Why a model refuses an input; undefined if it takes all that the input holds, or the input holds nothing. */
export const refuseMedia = (data: DataMessage, taken: TakenMedia): WireError | undefined => {
  const kinds = kindsOf(data)
  return isTaken(kinds, taken)
    ? undefined
    : wireError(
        StatusCode.INPUT_INVALID_ARGUMENT,
        `the input has ${listKinds(kinds)}; this model takes ${taken.map(listKinds).join(" or ")}`
      )
}

/** The media of an input that a model takes, where several models share it; all of it if the model takes none. */
export const narrowMedia = (data: DataMessage, taken: TakenMedia): DataMessage => {
  const kinds = kindsOf(data)
  if (isTaken(kinds, taken)) return data
  const [best = []] = taken
    .map((form) => data.media.filter(({ kind }) => form.includes(kind)))
    .toSorted((a, b) => b.length - a.length)
  return best.length === 0 ? data : { ...data, media: best }
}
