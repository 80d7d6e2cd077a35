/**
 * Chooses how much each block of a vector counts for one training set: colour separates fruit, shape separates hand signs.
 * Shares are doubled and halved one after another while the log loss on images left out falls, which costs no fit for each
 * image.
 */
import type { Block } from "./balance.ts"
import { gram } from "./gram.ts"
import { fitDual } from "./ridge.ts"
import type { Rows } from "./rows.ts"

/** What the choice is made on. */
export interface ShareChoice {
  /** Images without their mirror images, with balanced blocks: a few hundred are enough. */
  readonly rows: Rows
  readonly blocks: ReadonlyArray<Block>
  /** `rows.places.length` rows of `concepts` targets. */
  readonly targets: Float64Array
  readonly concepts: number
  /** The log loss of margins of images left out, `concepts` for each row. */
  readonly lossOf: (margins: Float64Array) => number
}

// Strengths of regularisation that are tried before the shares are, relative to the spread of the vectors.
const strengths = [0.01, 0.03, 0.1, 0.3, 1]
// No share grows or shrinks by more than this.
const most = 4
const rounds = 2
// A change must be worth this many nats in all, or it is chance.
const worth = 0.5

/** Factors of the blocks' shares, 1/4 to 4. */
export const chooseShares = ({ blocks, concepts, lossOf, rows, targets }: ShareChoice): ReadonlyArray<number> => {
  const count = rows.places.length
  const starts = Uint32Array.from({ length: count + 1 }, (_, i) => i)
  let first = 0
  const kernels = blocks.map(({ size }) => {
    const kernel = gram(rows, { first, count: size })
    first += size
    return kernel
  })
  const total = blocks.reduce((sum, { share }) => sum + share, 0)
  const loss = (factors: ReadonlyArray<number>, strength: number): number => {
    const all = factors.reduce((sum, factor, b) => sum + (factor * (blocks[b]?.share ?? 0)) / total, 0)
    const kernel = new Float64Array(count * count).fill(1) // a constant feature: the bias
    for (const [b, one] of kernels.entries()) {
      const factor = (factors[b] ?? 1) / all
      for (let i = 0; i < kernel.length; i++) kernel[i] = (kernel[i] ?? 0) + factor * (one[i] ?? 0)
    }
    return lossOf(fitDual({ kernel, count, starts, targets, concepts }, strength).margins)
  }
  let chosen: ReadonlyArray<number> = blocks.map(() => 1)
  let [least, strength] = [Infinity, 0]
  for (const one of strengths) {
    const found = loss(chosen, one)
    if (found < least) [least, strength] = [found, one]
  }
  for (let round = 0; round < rounds; round++) {
    const before = chosen
    for (const b of blocks.keys()) {
      for (const change of [2, 0.5]) {
        const tried = chosen.with(b, (chosen[b] ?? 1) * change)
        if (Math.max(tried[b] ?? 1, 1 / (tried[b] ?? 1)) > most) continue
        const found = loss(tried, strength)
        if (least - found < worth / count) continue
        ;[chosen, least] = [tried, found]
        break
      }
    }
    if (chosen === before) break
  }
  return chosen
}
