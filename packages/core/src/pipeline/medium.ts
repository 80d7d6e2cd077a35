/** Remembers which medium an answer is about, beside the answer, so that no bytes show up in it. */
import type { Media } from "../media/media.ts"
import { type Reference, untouched } from "../media/reference.ts"

const references = new WeakMap<object, Reference>()
const media = new WeakMap<object, Media>()

/** Reading it again later costs no memory now. */
const isElsewhere = ({ source }: Media): boolean => source.from === "url" || source.from === "file"

/**
 * The answer, which tells how the pixels that were sent came from the original's where anything is known of that.
 *
 * Notes the medium that was sent for it: one whose bytes are held only where a later step needs its pixels.
 */
export const rememberMedium = <A extends object>(answer: A, medium: Media, keep: boolean): A => {
  const { reference } = medium.facts
  const told = reference === undefined ? answer : { ...answer, reference }
  references.set(told, reference ?? untouched)
  if (keep || isElsewhere(medium)) media.set(told, medium)
  return told
}

const hasReference = (answer: object): answer is { readonly reference: Reference } => "reference" in answer

/** How the sent pixels came from the original's; undefined for a value that is no answer of a prediction. */
export const referenceOf = (answer: object): Reference | undefined =>
  references.get(answer) ?? (hasReference(answer) ? answer.reference : undefined)

/** The medium that was sent for this answer, where a later step asked for it. */
export const mediumOf = (answer: object): Media | undefined => media.get(answer)
