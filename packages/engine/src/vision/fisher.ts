/**
 * Fisher vectors: how a picture's local descriptors differ, in mean and in spread, from what a vocabulary expects
 * (Perronnin, Sánchez, Mensink, ECCV 2010). All heavy parts are products of matrices.
 */
import { makeWorkspace, roundUp, rowTile } from "./matrix/matrix.ts"
import type { Matrix } from "./matrix/matrix.ts"
import { power, scaleTo } from "./norm.ts"
import type { Vocabulary } from "./vocabulary.ts"

/** Numbers in a Fisher vector over a vocabulary. */
export const fisherSize = ({ size, words }: Pick<Vocabulary, "size" | "words">): number => 2 * size * words

/** Encodes descriptors, again and again in the same memory. */
export interface FisherEncoder {
  /** Put descriptors here, one after another, each of the vocabulary's `input` numbers. */
  readonly descriptors: Float32Array
  /** Writes the Fisher vector of the first `count` descriptors into `out` at `offset`, with length 1. */
  readonly encode: (count: number, out: Float32Array, offset: number) => void
  /** The first `count` descriptors, projected: rows of `2 × size`, of which the first `size` are it. */
  readonly project: (count: number) => Matrix
}

const logTwoPi = Math.log(2 * Math.PI)

// log N(x) + log weight, as a linear function of (x, x²): one column for each word, and what does not depend on x.
const logDensity = ({ means, size, variances, weights, words }: Vocabulary, columns: Matrix): Float32Array => {
  const constants = new Float32Array(words)
  for (let w = 0; w < words; w++) {
    let sum = Math.log(weights[w] ?? 0) - (size / 2) * logTwoPi
    for (let d = 0; d < size; d++) {
      const mean = means[w * size + d] ?? 0
      const variance = variances[w * size + d] ?? 1
      columns.numbers[d * words + w] = mean / variance
      columns.numbers[(size + d) * words + w] = -0.5 / variance
      sum -= 0.5 * ((mean * mean) / variance + Math.log(variance))
    }
    constants[w] = sum
  }
  return constants
}

/** An encoder for at most `room` descriptors at once. `size` and `words` are multiples of 8. */
export const makeFisherEncoder = (vocabulary: Vocabulary, room: number): FisherEncoder => {
  const { input, size, words } = vocabulary
  const most = roundUp(room, rowTile)
  const both = 2 * size
  const work = makeWorkspace(most * (input + both + words) + input * size + both * words * 2 + 64)
  const descriptors = work.matrix(most, input)
  const projection = work.matrix(input, size)
  const projected = work.matrix(most, both)
  const densities = work.matrix(both, words)
  const shares = work.matrix(most, words)
  const sums = work.matrix(words, both)
  projection.numbers.set(vocabulary.projection)
  const constants = logDensity(vocabulary, densities)
  const centre = new Float32Array(size)
  for (let i = 0; i < input; i++) {
    for (let d = 0; d < size; d++) {
      centre[d] = (centre[d] ?? 0) - (vocabulary.mean[i] ?? 0) * (vocabulary.projection[i * size + d] ?? 0)
    }
  }
  const counts = new Float64Array(words)

  const project = (count: number): Matrix => {
    const rows = roundUp(count, rowTile)
    const x = projected.numbers
    for (let row = 0; row < rows; row++) x.set(centre, row * both)
    work.multiply({ left: descriptors, right: projection, into: projected, rows, inner: input, columns: size })
    for (let row = 0, at = 0; row < rows; row++, at += both) {
      for (let d = at; d < at + size; d++) x[d + size] = (x[d] ?? 0) * (x[d] ?? 0)
    }
    return projected
  }

  const assign = (count: number): void => {
    const rows = roundUp(count, rowTile)
    for (let row = 0; row < rows; row++) shares.numbers.set(constants, row * words)
    work.multiply({ left: projected, right: densities, into: shares, rows, inner: both, columns: words })
    counts.fill(0)
    softmaxRows(shares.numbers, count, words, counts)
    shares.numbers.fill(0, count * words, rows * words)
  }

  const encode = (count: number, out: Float32Array, offset: number): void => {
    if (count === 0) return
    project(count)
    assign(count)
    sums.numbers.fill(0)
    const inner = roundUp(count, rowTile)
    work.multiply({ left: shares, transposed: true, right: projected, into: sums, rows: words, inner, columns: both })
    writeGradients(vocabulary, sums.numbers, counts, count, out, offset)
    const end = offset + fisherSize(vocabulary)
    power(out, offset, end)
    scaleTo(out, offset, end, 1)
  }
  return { descriptors: descriptors.numbers, encode, project }
}

// Each row of log densities becomes the shares of its descriptor; words less likely than e⁻¹² of the best get none.
const softmaxRows = (rows: Float32Array, count: number, words: number, counts: Float64Array): void => {
  for (let row = 0, at = 0; row < count; row++, at += words) {
    let top = -Infinity
    for (let w = at; w < at + words; w++) if ((rows[w] ?? 0) > top) top = rows[w] ?? 0
    let total = 0
    for (let w = at; w < at + words; w++) {
      const below = (rows[w] ?? 0) - top
      const share = below < -12 ? 0 : Math.exp(below)
      rows[w] = share
      total += share
    }
    for (let w = 0; w < words; w++) {
      const share = (rows[at + w] ?? 0) / total
      rows[at + w] = share
      counts[w] = (counts[w] ?? 0) + share
    }
  }
}

const writeGradients = (
  { means, size, variances, weights, words }: Vocabulary,
  sums: Float32Array,
  counts: Float64Array,
  count: number,
  out: Float32Array,
  offset: number
): void => {
  const half = words * size
  for (let w = 0; w < words; w++) {
    const share = counts[w] ?? 0
    const forMean = 1 / (count * Math.sqrt(weights[w] ?? 1))
    const forSpread = forMean / Math.SQRT2
    for (let d = 0; d < size; d++) {
      const mean = means[w * size + d] ?? 0
      const variance = variances[w * size + d] ?? 1
      const first = sums[w * 2 * size + d] ?? 0
      const second = sums[w * 2 * size + size + d] ?? 0
      const at = offset + w * size + d
      out[at] = (forMean * (first - share * mean)) / Math.sqrt(variance)
      out[at + half] = forSpread * ((second - 2 * mean * first + share * mean * mean) / variance - share)
    }
  }
}
