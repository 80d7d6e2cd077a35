/**
 * Fisher vectors: how an image's local descriptors differ, in mean and in deviation, from those of a vocabulary
 * (Perronnin, Sánchez, Mensink, ECCV 2010). The expensive parts are products of matrices.
 */
import { adderRoom, finderRoom, makeWorkspace, roundUp, rowTile } from "./matrix/matrix.ts"
import type { Adder, Finder, Matrix } from "./matrix/matrix.ts"
import { power, scaleTo } from "./features/norm.ts"
import type { Vocabulary } from "./vocabulary.ts"

/** Numbers in a Fisher vector over a vocabulary. */
export const fisherSize = ({ size, words }: Pick<Vocabulary, "size" | "words">): number => 2 * size * words

/** Encodes descriptors; its memory is reused from call to call. */
export interface FisherEncoder {
  /** Write descriptors here, one after another, each of the vocabulary's `input` numbers. */
  readonly descriptors: Float32Array
  /** Writes the Fisher vector of the first `count` descriptors into `out` at `offset`, with length 1. */
  readonly encode: (count: number, out: Float32Array, offset: number) => void
  /** The first `count` descriptors, projected: the first `size` numbers of rows of `2 × size`. */
  readonly project: (count: number) => Matrix
}

const logTwoPi = Math.log(2 * Math.PI)

// log N(x) + log weight, as a linear function of (x, x²): one column for each word, and the part independent of x.
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
  const own = most * (input + both + words) + input * size + both * words * 2
  const work = makeWorkspace(own + adderRoom + finderRoom(most, words) + 64)
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
  const adder = work.adder(projected, sums, both)
  const findLikely = work.finder(shares, most, words, unlikely)

  const project = (count: number): Matrix => {
    const rows = roundUp(count, rowTile)
    const x = projected.numbers
    repeat(centre, x, both, rows)
    work.multiply({ left: descriptors, right: projection, into: projected, rows, inner: input, columns: size })
    for (let row = 0, at = 0; row < rows; row++, at += both) {
      for (let d = at; d < at + size; d++) x[d + size] = (x[d] ?? 0) * (x[d] ?? 0)
    }
    return projected
  }

  const encode = (count: number, out: Float32Array, offset: number): void => {
    if (count === 0) return
    project(count)
    const rows = roundUp(count, rowTile)
    repeat(constants, shares.numbers, words, rows)
    work.multiply({ left: projected, right: densities, into: shares, rows, inner: both, columns: words })
    counts.fill(0)
    sums.numbers.fill(0)
    shareOut({ densities: shares, count, counts, findLikely, adder })
    writeGradients(vocabulary, sums.numbers, counts, count, out, offset)
    const end = offset + fisherSize(vocabulary)
    power(out, offset, end)
    scaleTo(out, offset, end, 1)
  }
  return { descriptors: descriptors.numbers, encode, project }
}

// Writes `start` at the beginning of each of `rows` rows, by copies that double in length.
const repeat = (start: Float32Array, out: Float32Array, stride: number, rows: number): void => {
  out.set(start)
  const end = rows * stride
  for (let length = stride; length < end; length *= 2) out.copyWithin(length, 0, Math.min(length, end - length))
}

// Words that are this much less likely (in natural logarithms) than the best one get no share of a descriptor.
const unlikely = 9

interface Sharing {
  /** Log densities: a row for each descriptor, a column for each word. */
  readonly densities: Matrix
  readonly count: number
  /** The total share of each word. */
  readonly counts: Float64Array
  readonly findLikely: Finder
  readonly adder: Adder
}

// Distributes each descriptor over its likely words, and notes its share for each word's sums.
const shareOut = ({ adder, count, counts, densities, findLikely }: Sharing): void => {
  const { numbers, stride } = densities
  const shares = new Float64Array(stride)
  findLikely(count, (row, top, near, found) => {
    let total = 0
    for (let i = 0; i < found; i++) {
      const share = Math.exp((numbers[row * stride + (near[i] ?? 0)] ?? 0) - top)
      shares[i] = share
      total += share
    }
    for (let i = 0; i < found; i++) {
      const share = (shares[i] ?? 0) / total
      const word = near[i] ?? 0
      counts[word] = (counts[word] ?? 0) + share
      adder.note(word, row, share)
    }
  })
  adder.flush()
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
