import { assert, describe, it } from "@effect/vitest"
import { fit } from "../../src/learning/fit.ts"
import { makeRandom } from "../../src/seeded-random.ts"
import { allRows } from "../../src/learning/rows.ts"

/** Pictures of `concepts` kinds around centres, `count` of them, each with one row. */
const trainingSet = (count: number, size: number, concepts: number, noise: number, seed = 4) => {
  const random = makeRandom(5)
  const centres = Float32Array.from({ length: concepts * size }, () => random() - 0.5)
  const own = makeRandom(seed)
  const rows = Float32Array.from({ length: count * size }, (_, i) => {
    const concept = Math.floor(i / size) % concepts
    return ((centres[concept * size + (i % size)] ?? 0) + noise * (own() - 0.5)) / Math.sqrt(size)
  })
  const targets = Int8Array.from({ length: count * concepts }, (_, i) =>
    Math.floor(i / concepts) % concepts === i % concepts ? 1 : -1
  )
  return {
    rows: allRows(rows, size),
    numbers: rows,
    targets,
    size,
    concepts,
    starts: Uint32Array.from({ length: count + 1 }, (_, i) => i)
  }
}

const accuracy = (head: ReturnType<typeof fit>, { concepts, numbers, size }: ReturnType<typeof trainingSet>) => {
  let right = 0
  const count = numbers.length / size
  for (let i = 0; i < count; i++) {
    const margins = Array.from({ length: concepts }, (_, c) => {
      let sum = head.bias[c] ?? 0
      for (let k = 0; k < size; k++) sum += (numbers[i * size + k] ?? 0) * (head.weights[c * size + k] ?? 0)
      return sum
    })
    if (margins.indexOf(Math.max(...margins)) === i % concepts) right++
  }
  return right / count
}

describe("fit", () => {
  // few examples (dual), many with short vectors (normal equations), many with long ones (conjugate gradients)
  for (const [count, size] of [
    [60, 200],
    [1500, 40],
    [1100, 1600]
  ] as const) {
    for (const mutuallyExclusive of [true, false]) {
      it(`${count} examples of ${size} numbers (mutually exclusive: ${mutuallyExclusive})`, () => {
        const packed = { ...trainingSet(count, size, 3, 2), mutuallyExclusive, seed: 1 }
        const shares: Array<number> = []
        const head = fit(packed, (share) => shares.push(share))
        assert.isAbove(accuracy(head, trainingSet(300, size, 3, 2, 77)), 0.85)
        assert.deepStrictEqual(fit(packed), head)
        assert.strictEqual(shares.at(-1), 1)
        assert.deepStrictEqual(
          shares,
          shares.toSorted((a, b) => a - b)
        )
      })
    }
  }

  it("holds out what the seed says, where not each example is held out in turn", () => {
    const packed = { ...trainingSet(1200, 8, 3, 6), mutuallyExclusive: true }
    const [one, again, other] = [1, 1, 2].map((seed) => fit({ ...packed, seed }))
    assert.deepStrictEqual(one, again)
    assert.notDeepEqual(one?.calibration, other?.calibration)
  })
})
