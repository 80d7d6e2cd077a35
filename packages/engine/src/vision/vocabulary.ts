/** The vocabulary of Fisher vectors: a projection to fewer numbers, and a mixture of Gaussians. */

/** A vocabulary for descriptors of `input` numbers, projected to `size` numbers, over `words` diagonal Gaussians. */
export interface Vocabulary {
  readonly input: number
  readonly size: number
  readonly words: number
  /** The mean descriptor: `input` numbers. */
  readonly mean: Float32Array
  /** `input` rows of `size` numbers. */
  readonly projection: Float32Array
  /** The prior of each word: `words` numbers that add up to 1. */
  readonly weights: Float32Array
  /** `words` rows of `size` numbers. */
  readonly means: Float32Array
  readonly variances: Float32Array
}

const parts = ["mean", "projection", "weights", "means", "variances"] as const

const lengthsOf = (input: number, size: number, words: number) => ({
  mean: input,
  projection: input * size,
  weights: words,
  means: words * size,
  variances: words * size
})

/** A vocabulary as bytes: each part is its largest absolute value (float32), then its numbers as 16-bit shares of that. */
export const encodeVocabulary = (vocabulary: Vocabulary): Uint8Array => {
  const total = parts.reduce((sum, part) => sum + 4 + 2 * vocabulary[part].length, 0)
  const view = new DataView(new ArrayBuffer(total))
  let at = 0
  for (const part of parts) {
    const top = Math.fround(vocabulary[part].reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9))
    view.setFloat32(at, top, true)
    at += 4
    for (const value of vocabulary[part]) {
      view.setInt16(at, Math.round((value / top) * 32767), true)
      at += 2
    }
  }
  return new Uint8Array(view.buffer)
}

/** Reads a vocabulary of a known shape from offset `at`; returns it with the offset of its end. */
export const decodeVocabulary = (
  bytes: Uint8Array,
  at: number,
  { input, size, words }: Pick<Vocabulary, "input" | "size" | "words">
): { readonly vocabulary: Vocabulary; readonly end: number } => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const lengths = lengthsOf(input, size, words)
  let next = at
  const read = (part: (typeof parts)[number]): Float32Array => {
    const top = view.getFloat32(next, true)
    const from = next + 4
    next = from + 2 * lengths[part]
    return Float32Array.from({ length: lengths[part] }, (_, i) => (view.getInt16(from + 2 * i, true) / 32767) * top)
  }
  const vocabulary = {
    input,
    size,
    words,
    mean: read("mean"),
    projection: read("projection"),
    weights: read("weights"),
    means: read("means"),
    variances: read("variances")
  }
  return { vocabulary, end: next }
}
