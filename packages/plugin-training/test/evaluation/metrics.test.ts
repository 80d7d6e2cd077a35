import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { evaluate, type Tested } from "../../src/evaluation/metrics.ts"

const names = ["cat", "dog", "fox"] as const

/** Tests with few distinct scores, so that ties are common. */
const tested: fc.Arbitrary<Tested> = fc.record({
  name: fc.string(),
  concepts: fc.constantFrom(...names).map((name) => [name]),
  scores: fc
    .tuple(...names.map(() => fc.integer({ min: 0, max: 6 }).map((n) => n / 6)))
    .map((scores) => Object.fromEntries(names.map((name, i) => [name, scores[i] ?? 0])))
})

/** The area under the curve by its definition: the share of pairs of a positive and a negative that are in order. */
const areaByPairs = (tests: ReadonlyArray<Tested>, concept: string): number | undefined => {
  const scoreOf = (test: Tested) => test.scores[concept] ?? 0
  const positives = tests.filter((test) => test.concepts.includes(concept)).map(scoreOf)
  const negatives = tests.filter((test) => !test.concepts.includes(concept)).map(scoreOf)
  if (positives.length === 0 || negatives.length === 0) return undefined
  const wins = positives.flatMap((p) => negatives.map((n) => (p > n ? 1 : p === n ? 0.5 : 0)))
  return wins.reduce((sum: number, win) => sum + win, 0) / wins.length
}

describe("evaluate", () => {
  it("returns the textbook numbers of a small example", () => {
    const score = (cat: number, dog: number) => ({ cat, dog })
    const found = evaluate(
      ["cat", "dog"],
      [
        { name: "1", concepts: ["cat"], scores: score(0.9, 0.1) },
        { name: "2", concepts: ["cat"], scores: score(0.8, 0.2) },
        { name: "3", concepts: ["cat"], scores: score(0.3, 0.7) },
        { name: "4", concepts: ["dog"], scores: score(0.4, 0.6) },
        { name: "5", concepts: ["dog"], scores: score(0.6, 0.4) }
      ]
    )
    expect(found.accuracy).toBeCloseTo(3 / 5)
    expect(found.concepts["cat"]).toMatchObject({ positives: 3, precision: 2 / 3, recall: 2 / 3 })
    expect(found.concepts["dog"]).toMatchObject({ positives: 2, precision: 1 / 2, recall: 1 / 2 })
    expect(found.macroF1).toBeCloseTo((2 / 3 + 1 / 2) / 2)
    expect(found.concepts["cat"]?.rocAuc).toBeCloseTo(4 / 6)
    expect(found.confusion).toEqual({ cat: { cat: 2, dog: 1 }, dog: { cat: 1, dog: 1 } })
    expect(found.worst.map(({ name }) => name)).toEqual(["3", "5"])
  })

  it("returns the area under the curve that counting pairs gives", () => {
    fc.assert(
      fc.property(fc.array(tested, { minLength: 1, maxLength: 40 }), (tests) => {
        const { concepts } = evaluate(names, tests)
        for (const name of names) {
          const expected = areaByPairs(tests, name)
          if (expected === undefined) expect(concepts[name]?.rocAuc).toBeUndefined()
          else expect(concepts[name]?.rocAuc).toBeCloseTo(expected, 10)
        }
      })
    )
  })
})
