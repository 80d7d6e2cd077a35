/** Remembers which medium an answer is about, on the answer but out of sight: in no output, comparison or copy of it. */
import type { Media } from "../media/media.ts"
import { type Reference, untouched } from "../media/frame-of-reference.ts"

/** A constructor that gives what it was given, so that private fields of a class above it land on that. */
const Itself = function (given: object) {
  return given
} as unknown as new (given: object) => object // called with `new` by the class below alone

/** Private fields on a plain object: a WeakMap would say the same at ten times the cost, in a batch of thousands. */
class About extends Itself {
  #reference: Reference
  #medium: Media | undefined
  private constructor(answer: object, reference: Reference, medium: Media | undefined) {
    super(answer)
    this.#reference = reference
    this.#medium = medium
  }
  static note(answer: object, reference: Reference, medium: Media | undefined): object {
    if (!(#reference in answer)) return new About(answer, reference, medium)
    answer.#reference = reference
    answer.#medium = medium ?? answer.#medium
    return answer
  }
  static reference(answer: object): Reference | undefined {
    return #reference in answer ? answer.#reference : undefined
  }
  static medium(answer: object): Media | undefined {
    return #medium in answer ? answer.#medium : undefined
  }
}

/** Reading it again later costs no memory now. */
const isElsewhere = ({ source }: Media): boolean => source.from === "url" || source.from === "file"

/**
 * The answer, which records how the pixels that were sent came from the original's where anything is known of that.
 *
 * Notes the medium that was sent for it: one whose bytes are held only where a later step needs its pixels.
 */
export const rememberMedium = <A extends object>(answer: A, medium: Media, keep: boolean): A => {
  const { reference } = medium.facts
  const referenced = reference === undefined ? answer : { ...answer, reference }
  About.note(referenced, reference ?? untouched, keep || isElsewhere(medium) ? medium : undefined)
  return referenced
}

const hasReference = (answer: object): answer is { readonly reference: Reference } => "reference" in answer

/** How the sent pixels came from the original's; undefined for a value that is no answer of a prediction. */
export const referenceOf = (answer: object): Reference | undefined =>
  About.reference(answer) ?? (hasReference(answer) ? answer.reference : undefined)

/** The medium that was sent for this answer, where a later step asked for it. */
export const mediumOf = (answer: object): Media | undefined => About.medium(answer)

/** The same object, which now is about the medium that `from` is about. */
export const copyMedium = <A extends object>(from: object, to: A): A => {
  const reference = About.reference(from)
  if (reference !== undefined) About.note(to, reference, About.medium(from))
  return to
}
