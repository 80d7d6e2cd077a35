import { assert, describe, it } from "@effect/vitest"
import { evaluate, type Tested } from "@sightline/plugin-training"
import { report } from "../src/index.ts"
import { answered, drawPicture, failed, unpack } from "./support.ts"

const scores = [
  { cat: 0.9, dog: 0.2 },
  { cat: 0.6, dog: 0.4 },
  { cat: 0.3, dog: 0.8 },
  { cat: 0.7, dog: 0.75 }
]
const truths = ["cat", "dog", "dog", "cat"]
const outcomes = scores.map((each, i) => answered(i, each))
const truth = ({ index }: { readonly index: number }) => truths[index]

const evaluationOf = async (options: Parameters<typeof report>[0]) => {
  const { data } = unpack(await report(options).html())
  return { evaluation: data.evaluation, data }
}

describe("an evaluation of labelled outcomes", () => {
  it.each([true, false])("has the figures of plugin-training (exclusive: %s)", async (mutuallyExclusive) => {
    const { evaluation } = await evaluationOf({ outcomes, evaluation: { truth, mutuallyExclusive, name: "v1" } })
    const tests = scores.map((each, i): Tested => ({ name: `${i}`, concepts: [truths[i] ?? ""], scores: each }))
    const expected = evaluate(["cat", "dog"], tests, { mutuallyExclusive })
    const version = evaluation?.versions[0]
    assert.deepStrictEqual(evaluation?.concepts, ["cat", "dog"])
    assert.deepStrictEqual(
      [version?.name, version?.tests, version?.failed, version?.accuracy, version?.macroF1],
      ["v1", 4, 0, expected.accuracy, expected.macroF1]
    )
    assert.deepStrictEqual(
      version?.concepts,
      ["cat", "dog"].flatMap((name) => {
        const { rocAuc, ...figures } = expected.concepts[name] ?? {}
        return [{ name, ...figures, ...(rocAuc === undefined ? {} : { rocAuc }) }]
      }) as never // `figures` of a concept that is there
    )
    assert.deepStrictEqual(version?.scored?.scores, [
      [0.9, 0.2],
      [0.6, 0.4],
      [0.3, 0.8],
      [0.7, 0.75]
    ])
    assert.deepStrictEqual(
      version?.worst.map(({ row, score }) => [row, score]),
      expected.worst.map(({ name, score }) => [Number(name), score])
    )
  })

  it("counts labelled failures, and leaves out what has no label", async () => {
    const more = [...outcomes, failed(4, new Error("no")), answered(5, { cat: 1 })]
    const { evaluation } = await evaluationOf({
      outcomes: more,
      evaluation: { truth: ({ index }) => (index === 5 ? undefined : (truths[index] ?? "cat")) }
    })
    assert.deepStrictEqual([evaluation?.versions[0]?.tests, evaluation?.versions[0]?.failed], [4, 1])
  })

  it("knows labels that are ids of concepts, and scores of frames and regions", async () => {
    const frames = {
      frames: [
        { timeMs: 0, concepts: [{ id: "x", name: "fox", score: 0.2 }] },
        { timeMs: 1, concepts: [{ id: "x", name: "fox", score: 0.8 }] }
      ]
    }
    const { evaluation } = await evaluationOf({
      outcomes: [answered(0, { cat: 0.9 }), answered(1, {}, frames)],
      evaluation: { truth: ({ index }) => (index === 0 ? "id-cat" : "fox") }
    })
    assert.deepStrictEqual(evaluation?.concepts, ["fox", "id-cat"])
    assert.deepStrictEqual(evaluation?.versions[0]?.scored?.scores, [
      [0, 0.9],
      [0.8, 0]
    ])
  })

  it("stands beside other versions on the same rows", async () => {
    const older = [answered(0, { cat: 0.1, dog: 0.9 }), answered(3, { cat: 0.8, dog: 0.1 }), failed(2, new Error("no"))]
    const { evaluation } = await evaluationOf({
      outcomes,
      evaluation: { truth, mutuallyExclusive: true, name: "new", against: [{ name: "old", outcomes: older }] }
    })
    assert.deepStrictEqual(
      evaluation?.versions.map(({ accuracy, failed: none, name, scored, tests }) => [
        name,
        tests,
        none,
        accuracy,
        scored?.row
      ]),
      [
        ["new", 4, 0, 0.5, [0, 1, 2, 3]],
        ["old", 2, 1, 0.5, [0, 3]]
      ]
    )
  })
})

describe("an evaluation that was made elsewhere", () => {
  const tests = scores.map((each, i): Tested => ({
    name: `photo-${i}.jpg`,
    input: `/nowhere/photo-${i}.jpg`,
    concepts: [truths[i] ?? ""],
    scores: each
  }))
  const made = evaluate(["cat", "dog"], tests, { mutuallyExclusive: true })

  it("is shown with its figures alone", async () => {
    const { data, evaluation } = await evaluationOf({ evaluation: made })
    assert.deepStrictEqual(
      [data.rows.count, evaluation?.versions[0]?.accuracy, evaluation?.versions[0]?.scored],
      [0, 0.5, undefined]
    )
    assert.deepStrictEqual(evaluation?.versions[0]?.confusion, [
      [1, 1],
      [1, 1]
    ])
  })

  it("brings its tests as rows, with their pictures where they can be read", async () => {
    const { data, evaluation } = await evaluationOf({
      names: true,
      evaluation: { versions: [{ name: "v2", evaluation: made, tests }], mutuallyExclusive: true }
    })
    assert.deepStrictEqual(data.rows.label, ["photo-0.jpg", "photo-1.jpg", "photo-2.jpg", "photo-3.jpg"])
    assert.deepStrictEqual(
      evaluation?.versions[0]?.worst.map(({ row }) => row),
      made.worst.map(({ name }) => tests.findIndex((test) => test.name === name))
    )
  })

  it("finds its tests among the outcomes of the report by their names", async () => {
    const { data, evaluation } = await evaluationOf({
      outcomes: tests.map(({ name }, i) => ({ ...answered(i, { cat: 0.5 }), key: name })),
      inputs: await Promise.all(tests.map(() => drawPicture())),
      evaluation: { versions: [{ evaluation: made, tests: tests.toReversed() }] }
    })
    assert.strictEqual(data.rows.count, 4)
    assert.deepStrictEqual(evaluation?.versions[0]?.scored?.row, [3, 2, 1, 0])
  })
})
