/** Remembers which medium an answer is about, beside the answer, so that no bytes show up in it. */
import type { Media } from "../media/media.ts"
import { type Reference, untouched } from "../media/reference.ts"

const references = new WeakMap<object, Reference>()
const media = new WeakMap<object, Media>()

/** Notes the medium that was sent for this answer; the medium itself only where a later step needs its pixels. */
export const rememberMedium = (answer: object, medium: Media, keep: boolean): void => {
  references.set(answer, medium.facts.reference ?? untouched)
  if (keep) media.set(answer, medium)
}

/** How the sent pixels came from the original's; undefined for a value that is no answer of a prediction. */
export const referenceOf = (answer: object): Reference | undefined => references.get(answer)

/** The medium that was sent for this answer, where a later step asked for it. */
export const mediumOf = (answer: object): Media | undefined => media.get(answer)
