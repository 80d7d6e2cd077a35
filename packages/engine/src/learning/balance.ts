/**
 * Balances the blocks of vectors for one training set. A block whose numbers hardly differ between its images (histograms
 * of edges on one background) would count for little beside one whose numbers always differ, whatever it separates: so
 * each block is scaled until its mean squared distance from the mean is its share.
 */
import type { Rows } from "./rows.ts"
import { eachRow } from "./rows.ts"

/** A part of a vector: consecutive numbers of one kind of feature. */
export interface Block {
  /** Numbers in it. */
  readonly size: number
  /** Its share of the distances between vectors, relative to the other blocks. */
  readonly share: number
}

/** How rows differ in some of their numbers. */
interface Spread {
  /** The mean squared length. */
  readonly squares: number
  /** The mean squared distance from the mean. */
  readonly spread: number
}

// A block that differs less than this share of its squared length is noise, which is not scaled up any further.
const leastDifference = 0.01

const spreadsOf = (rows: Rows, sizes: ReadonlyArray<number>): ReadonlyArray<Spread> => {
  const mean = new Float64Array(rows.size)
  const squares = new Float64Array(rows.size)
  eachRow(rows, (numbers) => {
    for (let k = 0; k < numbers.length; k++) {
      const value = numbers[k] ?? 0
      mean[k] = (mean[k] ?? 0) + value
      squares[k] = (squares[k] ?? 0) + value * value
    }
  })
  const count = Math.max(rows.places.length, 1)
  let from = 0
  return sizes.map((size) => {
    let [all, middle] = [0, 0]
    for (const end = from + size; from < end; from++) {
      all += (squares[from] ?? 0) / count
      middle += ((mean[from] ?? 0) / count) ** 2
    }
    return { squares: all, spread: Math.max(all - middle, 0) }
  })
}

/** The mean squared distance of rows from their mean, by which strengths of regularisation are scaled. */
export const spreadOf = (rows: Rows): number => Math.max(spreadsOf(rows, [rows.size])[0]?.spread ?? 0, 1e-9)

/** Balanced rows whose blocks count more or less than their shares, by a factor each; their spread stays. */
export const weigh = (rows: Rows, blocks: ReadonlyArray<Block>, factors: ReadonlyArray<number>): Rows => {
  const [before, after] = blocks.reduce<readonly [number, number]>(
    ([all, weighed], { share }, b) => [all + share, weighed + share * (factors[b] ?? 1)],
    [0, 0]
  )
  const scales = new Float32Array(rows.size).fill(1)
  if (rows.scales) scales.set(rows.scales)
  let at = 0
  for (const [b, { size }] of blocks.entries()) {
    const factor = Math.sqrt(((factors[b] ?? 1) * before) / after)
    for (const end = at + size; at < end; at++) scales[at] = (scales[at] ?? 1) * factor
  }
  return { ...rows, scales }
}

/** Rows with the factors that balance their blocks. The sizes of the blocks add up to that of a vector. */
export const balance = (rows: Rows, blocks: ReadonlyArray<Block>): Rows => {
  const total = blocks.reduce((sum, { share }) => sum + share, 0)
  const spreads = spreadsOf(
    rows,
    blocks.map(({ size }) => size)
  )
  const scales = new Float32Array(rows.size)
  let from = 0
  for (const [b, { share, size }] of blocks.entries()) {
    const { spread, squares } = spreads[b] ?? { spread: 0, squares: 0 }
    const distance = Math.max(spread, leastDifference * squares)
    scales.fill(distance > 0 ? Math.sqrt(share / total / distance) : 0, from, from + size)
    from += size
  }
  return { ...rows, scales }
}
