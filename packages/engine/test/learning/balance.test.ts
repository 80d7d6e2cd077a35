import { assert, describe, it } from "@effect/vitest"
import { balance } from "../../src/learning/balance.ts"
import { fit } from "../../src/learning/fit.ts"
import { allRows, eachRow } from "../../src/learning/rows.ts"
import type { Rows } from "../../src/learning/rows.ts"
import { makeRandom } from "../../src/seeded-random.ts"

/** The mean squared distance of rows from their mean, in numbers `from` to `end`. */
const distanceIn = (rows: Rows, from: number, end: number): number => {
  const all: Array<Float32Array> = []
  eachRow(rows, (numbers) => all.push(numbers.slice(from, end)))
  const mean = Float64Array.from({ length: end - from }, (_, k) => all.reduce((s, row) => s + (row[k] ?? 0), 0))
  const apart = (row: Float32Array) => row.reduce((s, x, k) => s + (x - (mean[k] ?? 0) / all.length) ** 2, 0)
  return all.reduce((sum, row) => sum + apart(row), 0) / all.length
}

describe("balanced rows", () => {
  const random = makeRandom(3)
  const numbers = (count: number, make: (k: number) => number) =>
    Float32Array.from({ length: count * 10 }, (_, i) => make(i % 10))
  const blocks = [
    { size: 6, share: 1 },
    { size: 4, share: 3 }
  ]

  it("differ in each block by its share, however much they differed", () => {
    const rows = balance(
      allRows(
        numbers(40, (k) => (k < 6 ? 1 + random() * 0.9 : 5 * random())),
        10
      ),
      blocks
    )
    assert.closeTo(distanceIn(rows, 0, 6), 0.25, 1e-4)
    assert.closeTo(distanceIn(rows, 6, 10), 0.75, 1e-4)
  })

  it("do not have the noise of a constant block scaled up, and nothing stays nothing", () => {
    const rows = balance(
      allRows(
        numbers(40, (k) => (k < 6 ? 1 + random() * 1e-5 : 0)),
        10
      ),
      blocks
    )
    assert.isBelow(distanceIn(rows, 0, 10), 1e-6)
    eachRow(rows, (row) => assert.isTrue(row.every(Number.isFinite)))
  })
})

/** What tells the images apart is faint, on much that they share; the second block is loud and says nothing. */
const faint = (count: number, noise: number, seed: number) => {
  const random = makeRandom(seed)
  const size = 8 + noise
  const numbers = Float32Array.from({ length: count * size }, (_, i) => {
    const [k, concept] = [i % size, Math.floor(i / size) % 3]
    return k < 8 ? 0.35 + (k === concept ? 0.08 : 0) + 0.04 * random() : 4 * (random() - 0.5)
  })
  const targets = Int8Array.from({ length: count * 3 }, (_, i) => (Math.floor(i / 3) % 3 === i % 3 ? 1 : -1))
  const starts = Uint32Array.from({ length: count + 1 }, (_, i) => i)
  const packed = { rows: allRows(numbers, size), starts, targets, concepts: 3, mutuallyExclusive: true, seed: 1 }
  const blocks = [
    { size: 8, share: 1 },
    { size: noise, share: 1 }
  ]
  return { packed, blocks, numbers, size }
}

const accuracy = (head: ReturnType<typeof fit>, { numbers, size }: ReturnType<typeof faint>): number => {
  const count = numbers.length / size
  const right = Array.from({ length: count }, (_, i) => {
    const margins = [0, 1, 2].map((c) =>
      numbers
        .subarray(i * size, (i + 1) * size)
        .reduce((sum, x, k) => sum + x * (head.weights[c * size + k] ?? 0), head.bias[c] ?? 0)
    )
    return margins.indexOf(Math.max(...margins)) === i % 3
  })
  return right.filter(Boolean).length / count
}

describe("a head that balances blocks", () => {
  // few examples (dual), many (normal equations)
  for (const [count, noise] of [
    [45, 400],
    [1100, 60]
  ] as const) {
    it(`finds what is faint beside what is loud, and reads vectors as they are (${count} examples)`, () => {
      const { blocks, packed } = faint(count, noise, 5)
      const tests = faint(300, noise, 6)
      assert.isAbove(accuracy(fit({ ...packed, blocks }), tests), 0.95)
      if (count < 100) assert.isBelow(accuracy(fit(packed), tests), 0.8)
    })
  }

  it("stays the head that it goes on from, if the new examples agree with it", () => {
    const { blocks, packed } = faint(60, 40, 5)
    const { bias, weights } = fit({ ...packed, blocks })
    const more = faint(6, 40, 9)
    const next = fit({ ...more.packed, blocks, prior: { weights, bias } })
    assert.isAbove(accuracy(next, faint(300, 40, 6)), 0.9)
  })
})
