/** The numbers of an evaluation against scikit-learn's definitions, written anew, from predictions made anew. */
import { readFileSync } from "node:fs"
import { sightline } from "@sightline/core"
import { engine } from "@sightline/engine"
import { dataJson, dataPath, hasData } from "@sightline/fixtures"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type ConceptEvaluation, evaluate, type Evaluation, type Tested, training } from "../src/index.ts"
import { oracle } from "./oracle.ts"
import { temporary } from "./pictures.ts"
import { referenceOf } from "./reference.ts"

const expectAgreement = (
  found: Evaluation,
  tests: ReadonlyArray<Tested>,
  concepts: ReadonlyArray<string>,
  exclusive: boolean
) => {
  const expected = referenceOf(tests, concepts, exclusive)
  expect(found.accuracy).toBeCloseTo(expected.accuracy, 10)
  expect(found.macroF1).toBeCloseTo(expected.macroF1, 10)
  for (const [i, concept] of concepts.entries()) {
    const one = found.concepts[concept]
    const other = expected.concepts[i]
    expect(one?.precision, `precision of ${concept}`).toBeCloseTo(other?.precision ?? -1, 10)
    expect(one?.recall, `recall of ${concept}`).toBeCloseTo(other?.recall ?? -1, 10)
    expect(one?.f1, `F1 of ${concept}`).toBeCloseTo(other?.f1 ?? -1, 10)
    expect([one?.trueNegatives, one?.falsePositives, one?.falseNegatives, one?.truePositives]).toEqual(other?.counts)
    if (other?.rocAuc === undefined) expect(one?.rocAuc).toBeUndefined()
    else expect(one?.rocAuc, `area of ${concept}`).toBeCloseTo(other.rocAuc, 10)
  }
  if (exclusive)
    expect(concepts.map((truth) => concepts.map((predicted) => found.confusion[truth]?.[predicted]))).toEqual(
      expected.confusion
    )
}

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
  it.each([true, false])("agrees with the definitions for any predictions, exclusive: %s", (exclusive) => {
    fc.assert(
      fc.property(fc.array(testOf(exclusive), { minLength: 1, maxLength: 30 }), (tests) => {
        expectAgreement(evaluate(names, tests, { mutuallyExclusive: exclusive }), tests, names, exclusive)
      }),
      { numRuns: 150 }
    )
  })

  it("suggests thresholds that no other beats by F1", () => {
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

  it.each(oracle)(
    "has the numbers that scikit-learn gave for a made-up case",
    ({ expected, mutuallyExclusive, scores, truth }) => {
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
    }
  )

  it("takes concepts for names, whatever they are called", () => {
    const tests = [{ name: "a", concepts: ["__proto__"], scores: { toString: 0.9 } }]
    const found = evaluate(["__proto__", "toString"], tests, { mutuallyExclusive: true })
    expect(Object.keys(found.concepts)).toEqual(["__proto__", "toString"])
    expect(found.accuracy).toBe(0)
  })
})

interface Labels {
  readonly images: ReadonlyArray<{ readonly file: string; readonly split: string; readonly concept: string }>
}

describe.skipIf(!hasData("photos"))("evaluations of trained models", () => {
  it.each([
    ["cutlery", true],
    ["recycling", false],
    ["produce", false]
  ] as const)(
    "of %s agree with predictions made anew, exclusive: %s",
    { timeout: 240_000 },
    async (task, exclusive) => {
      const { images } = dataJson("photos", task, "labels.json") as Labels // as its README says
      const concepts = [...new Set(images.map(({ concept }) => concept))].toSorted()
      using folder = temporary()
      await using local = engine({ directory: folder.path, embedder: "fast" })
      const app = sightline(local).use(training({ journal: `${folder.path}/journal` }))
      const examples = images.map(({ concept, file }) => ({
        input: dataPath("photos", task, file),
        name: file,
        concepts: [concept],
        notConcepts: concepts.filter((other) => other !== concept)
      }))
      const base = app
        .train(task)
        .concepts(...concepts)
        .examples(examples)
        .holdout(0.3)
      const model = await (exclusive ? base.mutuallyExclusive() : base).run()
      const { evaluation, tally } = model
      if (evaluation === undefined || tally === undefined) throw new Error("nothing was kept back")
      expect(evaluation.tests).toBe(tally.heldOut)
      expect(evaluation.tests).toBeGreaterThan(images.length * 0.2)

      // What was kept back is what is not on the service: predict it again, each by itself, and compute anew.
      const added = await fetchIds(local)
      const tests: Array<Tested> = []
      for (const { concepts: truth, input, name } of examples) {
        const bytes = readFileSync(input)
        const digest = Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex")
        if (added.has(digest.slice(0, 32)) || tests.some((test) => test.name === digest)) continue
        const answer = await app.input(bytes).top(200).predict(model).run()
        expect(name).not.toBe("")
        tests.push({
          name: digest,
          concepts: truth,
          scores: Object.fromEntries(answer.concepts.map(({ name: id, score }) => [id, score]))
        })
      }
      expect(tests).toHaveLength(evaluation.tests)
      expectAgreement(evaluation, tests, concepts, exclusive)
      for (const { input, truth } of evaluation.worst) {
        expect(input).toMatch(/^\//)
        expect(truth).toHaveLength(1)
      }
    }
  )
})

/** The ids of all inputs that an engine has, by its plain protocol. */
const fetchIds = async (local: {
  readonly fetch: typeof fetch
  readonly baseUrl: string
}): Promise<ReadonlySet<string>> => {
  const response = await local.fetch(`${local.baseUrl}/v2/inputs?per_page=1000`)
  const { inputs } = (await response.json()) as { readonly inputs: ReadonlyArray<{ readonly id: string }> } // the protocol's
  return new Set(inputs.map(({ id }) => id))
}
