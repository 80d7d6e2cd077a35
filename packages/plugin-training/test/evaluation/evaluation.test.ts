/** Compares evaluations with a second implementation of scikit-learn's definitions and with scikit-learn's own numbers. */
import { hasData } from "@sightline/fixtures"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type ConceptEvaluation, evaluate, type Tested } from "../../src/index.ts"
import { oracle } from "../support/scikit-learn.ts"
import { evaluateTask, expectAgreement } from "../support/shared-photos.ts"

describe("an evaluation", () => {
  const names = ["cat", "dog", "fox", "owl"]
  const scores = fc
    .tuple(
      ...names.map(() =>
        fc.oneof(
          fc.integer({ min: 0, max: 4 }).map((n) => n / 4),
          fc.double({ min: 0, max: 1, noNaN: true })
        )
      )
    )
    .map((each) => Object.fromEntries(names.map((name, i) => [name, each[i] ?? 0])))
  const testOf = (exclusive: boolean) =>
    fc.record({
      name: fc.string(),
      concepts: exclusive ? fc.constantFrom(...names).map((name) => [name]) : fc.subarray(names),
      scores
    })
  it.each([true, false])("agrees with the definitions for any predictions, mutually exclusive: %s", (exclusive) => {
    fc.assert(
      fc.property(fc.array(testOf(exclusive), { minLength: 1, maxLength: 30 }), (tests) => {
        expectAgreement(evaluate(names, tests, { mutuallyExclusive: exclusive }), tests, names, exclusive)
      }),
      { numRuns: 150 }
    )
  })

  it("suggests thresholds with the best F1", () => {
    fc.assert(
      fc.property(fc.array(testOf(false), { minLength: 1, maxLength: 25 }), (tests) => {
        const found = evaluate(names, tests)
        for (const name of names) {
          const f1At = (threshold: number) => {
            const count = (predicted: boolean, there: boolean) =>
              tests.filter(
                (t) => (t.scores[name] ?? 0) >= threshold === predicted && t.concepts.includes(name) === there
              ).length
            const right = count(true, true)
            return right === 0 ? 0 : (2 * right) / (2 * right + count(true, false) + count(false, true))
          }
          const best = Math.max(...tests.map((t) => f1At(t.scores[name] ?? 0)))
          if (tests.some((t) => t.concepts.includes(name)))
            expect(f1At(found.concepts[name]?.threshold ?? 2)).toBeCloseTo(best, 10)
          else expect(found.concepts[name]?.threshold).toBe(0.5)
        }
      }),
      { numRuns: 150 }
    )
  })

  it.each(oracle)("agrees with the numbers of scikit-learn", ({ expected, mutuallyExclusive, scores, truth }) => {
    const concepts = ["cat", "dog", "fox"]
    const tests = scores.map(([cat, dog, fox], i): Tested => ({
      name: String(i),
      concepts: concepts.filter((_, c) => truth[i]?.[c] === 1),
      scores: { cat, dog, fox }
    }))
    const found = evaluate(concepts, tests, { mutuallyExclusive })
    const column = (read: (one: ConceptEvaluation) => number | undefined) =>
      concepts.map((concept) => {
        const one = found.concepts[concept]
        return one === undefined ? undefined : read(one)
      })
    const expectAll = (numbers: ReadonlyArray<number | undefined>, others: ReadonlyArray<number>) => {
      for (const [i, other] of others.entries()) expect(numbers[i]).toBeCloseTo(other, 12)
    }
    expectAll([found.accuracy, found.macroF1], [expected.accuracy, expected.macroF1])
    expectAll(
      column(({ precision }) => precision),
      expected.precision
    )
    expectAll(
      column(({ recall }) => recall),
      expected.recall
    )
    expectAll(
      column(({ f1 }) => f1),
      expected.f1
    )
    expectAll(
      column(({ rocAuc }) => rocAuc),
      expected.auc
    )
    if ("confusion" in expected)
      expect(concepts.map((row) => concepts.map((cell) => found.confusion[row]?.[cell]))).toEqual(expected.confusion)
    else
      expect(
        concepts.map((name) => {
          const one = found.concepts[name]
          return [one?.trueNegatives, one?.falsePositives, one?.falseNegatives, one?.truePositives]
        })
      ).toEqual(expected.counts)
  })

  it("handles concepts that are named like properties of objects", () => {
    const tests = [{ name: "a", concepts: ["__proto__"], scores: { toString: 0.9 } }]
    const found = evaluate(["__proto__", "toString"], tests, { mutuallyExclusive: true })
    expect(Object.keys(found.concepts)).toEqual(["__proto__", "toString"])
    expect(found.accuracy).toBe(0)
  })
})

describe.skipIf(!hasData("photos"))("evaluations of trained models", () => {
  it.each([
    ["cutlery", true],
    ["produce", false]
  ] as const)("of %s agree with separate predictions, mutually exclusive: %s", { timeout: 240_000 }, evaluateTask)
})
