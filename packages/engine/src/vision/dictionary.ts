/** The vocabularies of the built-in encoder. */
import { dictionaryBytes } from "./dictionary-bytes.ts"
import { localColorSize } from "./features/local-color.ts"
import { siftSize } from "./features/sift.ts"
import { decodeVocabulary } from "./vocabulary.ts"
import type { Vocabulary } from "./vocabulary.ts"

/** The shapes of the vocabularies of gradients and of local colour. */
export const siftShape = { input: siftSize, size: 48, words: 64 } as const
export const colorShape = { input: localColorSize, size: 32, words: 64 } as const

/** Reads both vocabularies. */
export const readDictionary = (): { readonly sift: Vocabulary; readonly color: Vocabulary } => {
  const bytes = Uint8Array.from(atob(dictionaryBytes), (letter) => letter.charCodeAt(0))
  const sift = decodeVocabulary(bytes, 0, siftShape)
  const color = decodeVocabulary(bytes, sift.end, colorShape)
  return { sift: sift.vocabulary, color: color.vocabulary }
}
