import { assert, describe, it } from "@effect/vitest"
import { evaluate, type Tested } from "@sightline/plugin-training"
import { averagePrecision, figuresAt, precisionRecall, reliability, type ScoredTest } from "../src/index.ts"
import { cellOf, isRight, testsOf, topTests } from "../src/evaluation/scored-tests.ts"
import type { TestColumns } from "../src/document/report-data.ts"

/** Numbers in 0..1 that are the same in every run (a linear congruential generator). */
const numbers = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const names = ["cat", "dog", "fox", "owl"]

const testsWith = (seed: number, count: number, exclusive: boolean): ReadonlyArray<Tested> => {
  const random = numbers(seed)
  return Array.from({ length: count }, (_, i) => ({
    name: `test ${i}`,
    concepts: exclusive ? [names[Math.floor(random() * 4)] ?? ""] : names.filter(() => random() < 0.4),
    // rounded, so that scores tie
    scores: Object.fromEntries(names.map((name) => [name, Math.round(random() * 20) / 20]))
  }))
}

const columnsOf = (tests: ReadonlyArray<Tested>): TestColumns => ({
  row: tests.map((_, i) => i),
  truth: tests.map(({ concepts }) => concepts.map((concept) => names.indexOf(concept))),
  scores: tests.map(({ scores }) => names.map((name) => scores[name] ?? 0))
})

describe("figures at a threshold", () => {
  it.each([1, 2, 3])("are those of plugin-training's evaluation at 0.5 (seed %i)", (seed) => {
    const tests = testsWith(seed, 200, false)
    const { concepts } = evaluate(names, tests)
    const columns = columnsOf(tests)
    for (const [i, name] of names.entries()) {
      const own = concepts[name]
      const { f1, falseNegatives, falsePositives, precision, recall, trueNegatives, truePositives } = figuresAt(
        testsOf(columns, i),
        0.5
      )
      assert.deepStrictEqual(
        [truePositives, falsePositives, falseNegatives, trueNegatives, precision, recall, f1],
        [
          own?.truePositives,
          own?.falsePositives,
          own?.falseNegatives,
          own?.trueNegatives,
          own?.precision,
          own?.recall,
          own?.f1
        ]
      )
    }
  })

  it("are the points of the curve", () => {
    const tests = testsOf(columnsOf(testsWith(7, 300, false)), 1)
    for (const point of precisionRecall(tests)) assert.deepStrictEqual(point, figuresAt(tests, point.threshold))
  })

  it("are 0 where nothing is predicted and nothing is there", () => {
    assert.deepStrictEqual([figuresAt([], 0.5).precision, figuresAt([], 0.5).recall, figuresAt([], 0.5).f1], [0, 0, 0])
    assert.deepStrictEqual(precisionRecall([]), [])
  })
})

describe("average precision", () => {
  // worked by hand from the definition; the first is the example in scikit-learn's documentation
  it.each([
    [[0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.8333333333333333],
    [[1, 1, 1, 0, 0], [0.9, 0.8, 0.7, 0.2, 0.1], 1],
    [[0, 1, 0, 1, 1], [0.5, 0.5, 0.5, 0.5, 0.5], 0.6]
  ])("of %j scored %j is %d", (labels, scores, expected) => {
    const tests: ReadonlyArray<ScoredTest> = labels.map((label, i) => ({
      positive: label === 1,
      score: scores[i] ?? 0
    }))
    assert.closeTo(averagePrecision(tests), expected, 1e-12)
  })
})

describe("reliability", () => {
  it("has no error where each score is as often right as it says", () => {
    const tests = [0.25, 0.75].flatMap((score) =>
      Array.from({ length: 4 }, (_, i) => ({ score, positive: i < score * 4 }))
    )
    assert.closeTo(reliability(tests).calibrationError, 0, 1e-12)
  })
  it("is the mean distance of score and share, over all tests", () => {
    const tests = [
      { score: 0.95, positive: false },
      { score: 0.95, positive: true },
      { score: 0.15, positive: true }
    ]
    // (2 × |0.5 − 0.95| + 1 × |1 − 0.15|) / 3
    assert.closeTo(reliability(tests).calibrationError, (2 * 0.45 + 0.85) / 3, 1e-12)
  })
  it("counts scores at the ends: 0 in the first bin, 1 in the last", () => {
    const { bins } = reliability([
      { score: 0, positive: false },
      { score: 1, positive: true },
      { score: 1, positive: true }
    ])
    assert.deepStrictEqual([bins[0]?.count, bins.at(-1)?.count], [1, 2])
  })
})

describe("views of a version's tests", () => {
  it.each([true, false])("count the confusion matrix as plugin-training does (exclusive: %s)", (exclusive) => {
    const tests = testsWith(11, 250, exclusive)
    const { confusion } = evaluate(names, tests, { mutuallyExclusive: exclusive })
    const columns = columnsOf(tests)
    const counted = names.map(() => names.map(() => 0))
    for (let test = 0; test < tests.length; test++) {
      const cell = cellOf(columns, test)
      const row = cell === undefined ? undefined : counted[cell.truth]
      if (cell !== undefined && row !== undefined) row[cell.predicted] = (row[cell.predicted] ?? 0) + 1
    }
    assert.deepStrictEqual(
      counted,
      names.map((truth) => names.map((predicted) => confusion[truth]?.[predicted] ?? 0))
    )
  })
  it.each([true, false])(
    "call a test right where plugin-training's accuracy counts it (exclusive: %s)",
    (exclusive) => {
      const tests = testsWith(5, 250, exclusive)
      const { accuracy } = evaluate(names, tests, { mutuallyExclusive: exclusive })
      const columns = columnsOf(tests)
      const right = tests.filter((_, i) => isRight(columns, i, exclusive)).length
      assert.strictEqual(right / tests.length, accuracy)
    }
  )
  it("take the confidence of a single prediction from its highest score", () => {
    const columns = columnsOf([{ name: "a", concepts: ["dog"], scores: { cat: 0.2, dog: 0.7, fox: 0.1 } }])
    assert.deepStrictEqual(topTests(columns), [{ score: 0.7, positive: true }])
  })
})
