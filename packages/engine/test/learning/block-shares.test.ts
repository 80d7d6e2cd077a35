import { assert, describe, it } from "@effect/vitest"
import { balance, weigh } from "../../src/learning/balance.ts"
import { chooseShares } from "../../src/learning/block-shares.ts"
import { allRows, readVector } from "../../src/learning/rows.ts"
import { makeRandom } from "../../src/seeded-random.ts"

const [count, size] = [40, 12]
const blocks = [
  { size, share: 1 },
  { size, share: 1 },
  { size, share: 1 }
]

/** Two concepts: block `useful` shows which, the others are noise. */
const rowsOf = (useful: number | undefined) => {
  const random = makeRandom(7)
  const numbers = Float32Array.from({ length: count * size * 3 }, (_, i) => {
    const [row, k] = [Math.floor(i / (size * 3)), i % (size * 3)]
    return random() - 0.5 + (Math.floor(k / size) === useful && row % 2 === 0 && k % 4 === 0 ? 0.5 : 0)
  })
  return balance(allRows(numbers, size * 3), blocks)
}
const targets = Float64Array.from({ length: count }, (_, row) => (row % 2 === 0 ? 1 : -1))

/** The log loss of one concept at a scale that suits margins of 1 and -1. */
const lossOf = (margins: Float64Array): number =>
  margins.reduce((sum, margin, i) => sum + Math.log1p(Math.exp(-4 * margin * (targets[i] ?? 0))), 0) / count

describe("shares of blocks", () => {
  it("grow for the block that separates the concepts, wherever it stands", () => {
    for (const useful of [0, 1, 2]) {
      const factors = chooseShares({ rows: rowsOf(useful), blocks, targets, concepts: 1, lossOf })
      assert.strictEqual(factors.indexOf(Math.max(...factors)), useful)
      assert.isAtLeast(Math.max(...factors) / Math.min(...factors), 4)
      assert.isTrue(factors.every((factor) => factor >= 0.25 && factor <= 4))
    }
  })

  it("stay if a change is worth nothing", () => {
    const factors = chooseShares({ rows: rowsOf(1), blocks, targets, concepts: 1, lossOf: () => 0.5 })
    assert.deepStrictEqual(factors, [1, 1, 1])
  })

  it("become factors of the rows' numbers", () => {
    const rows = rowsOf(1)
    const weighed = weigh(rows, blocks, [4, 1, 1])
    const [plain, other] = [new Float32Array(size * 3), new Float32Array(size * 3)]
    readVector(rows, 3, plain)
    readVector(weighed, 3, other)
    for (const [k, factor] of [
      [0, 2],
      [size, Math.SQRT1_2],
      [2 * size, Math.SQRT1_2]
    ] as const) {
      assert.closeTo(other[k] ?? 0, (plain[k] ?? 0) * factor * (factor === 2 ? Math.SQRT1_2 : 1), 1e-5)
    }
  })
})
