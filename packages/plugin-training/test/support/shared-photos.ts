/** Trains on one of the shared tasks, and compares its evaluation with separate predictions. */
import { readFileSync } from "node:fs"
import { file, sightline } from "@sightline/core"
import { engine } from "@sightline/engine"
import { dataJson, dataPath } from "@sightline/fixtures"
import { expect } from "vitest"
import { type Evaluation, type Tested, training } from "../../src/index.ts"
import { temporaryFolder } from "./images.ts"
import { referenceOf } from "./reference-metrics.ts"

/** Compares an evaluation with the definitions. */
export const expectAgreement = (
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

interface Labels {
  readonly images: ReadonlyArray<{ readonly file: string; readonly split: string; readonly concept: string }>
}

/** Trains a task, predicts its held-out examples separately, and compares. */
export const evaluateTask = async (task: string, exclusive: boolean): Promise<void> => {
  const { images } = dataJson("photos", task, "labels.json") as Labels // as its README says
  const concepts = [...new Set(images.map(({ concept }) => concept))].toSorted()
  using folder = temporaryFolder()
  await using local = engine({ directory: folder.path, embedder: "fast" })
  const app = sightline(local).use(training({ journal: `${folder.path}/journal` }))
  const examples = images.map(({ concept, file: name }) => ({
    input: file(dataPath("photos", task, name)),
    name,
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
  if (evaluation === undefined || tally === undefined) throw new Error("nothing was held out")
  expect(evaluation.tests).toBe(tally.heldOut)
  expect(evaluation.tests).toBeGreaterThan(images.length * 0.2)

  // Held-out examples are those that are not on the service. Each is predicted in a separate call.
  const added = await fetchIds(local)
  const tests: Array<Tested> = []
  for (const { concepts: truth, input, name } of examples) {
    const bytes = readFileSync(input.path)
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

/** The ids of all inputs of an engine, read through the protocol. */
const fetchIds = async (local: {
  readonly fetch: typeof fetch
  readonly baseUrl: string
}): Promise<ReadonlySet<string>> => {
  const response = await local.fetch(`${local.baseUrl}/v2/inputs?per_page=1000`)
  const { inputs } = (await response.json()) as { readonly inputs: ReadonlyArray<{ readonly id: string }> } // the protocol's form
  return new Set(inputs.map(({ id }) => id))
}
