import { assert, describe, it } from "@effect/vitest"
import { inspect } from "node:util"
import { models, sightline } from "../../src/index.ts"
import { type FakeCall, fakeConnection } from "../../src/testing.ts"
import { answerConcepts } from "./answers.ts"

const refused = { status: { code: 21200, description: "Model does not exist", req_id: "r2" } }

/** The general model answers; the face model is not there. */
const answerSome = (call: FakeCall): unknown =>
  call.path.includes(models.faces.id) ? refused : answerConcepts({ train: 0.9 })(call)

const both = { labels: models.general, faces: models.faces }
const url = "https://images.test/a.jpg"

describe("all, where some models answer and others do not", () => {
  it("fails with what was answered, typed by its model", async () => {
    const connection = fakeConnection(answerSome)
    const result = await sightline(connection).input(url).all(both).result()
    assert(!result.ok)
    assert(result.error._tag === "PartlyAnswered")
    assert.strictEqual(result.error.answers.labels?.concepts[0]?.name, "train")
    assert.isUndefined(result.error.answers.faces)
    assert.deepStrictEqual(Object.keys(result.error.failures), ["faces"])
    assert.strictEqual(result.error.failures["faces"]?._tag, "NotFound")
    assert.match(result.error.message, /answered by labels and not by faces \(NotFound\)/)
    assert.strictEqual(result.error.index, undefined) // the only input needs no number
    assert.strictEqual(connection.calls.length, 2)
  })

  it("does so for each of many inputs", async () => {
    const connection = fakeConnection(answerSome)
    const urls = [0, 1, 2].map((n) => `https://images.test/${n}.jpg`)
    const outcomes = await sightline(connection)
      .inputs(urls, { key: (given) => given })
      .all(both)
      .run()
    assert.strictEqual(connection.calls.length, 2)
    outcomes.forEach((outcome, index) => {
      assert(!outcome.ok)
      assert(outcome.error._tag === "PartlyAnswered")
      assert.strictEqual(outcome.error.answers.labels?.concepts[0]?.score, 0.9)
      assert.strictEqual(outcome.error.index, index)
      assert.strictEqual(outcome.error.key, urls[index])
      assert.strictEqual(outcome.attempts, 2)
    })
  })

  it("is not asked again by retry, which would pay for the answers twice; orElse can use them", async () => {
    const connection = fakeConnection(answerSome)
    const labels = await sightline(connection)
      .input(url)
      .all(both)
      .retry({ times: 3 })
      .orElse((error) => (error._tag === "PartlyAnswered" ? error.answers : {}))
      .map((answers) => answers.labels?.concepts.map(({ name }) => name))
      .run()
    assert.deepStrictEqual(labels, ["train"])
    assert.strictEqual(connection.calls.length, 2)
  })

  it("shows no answer where the error is printed or written", async () => {
    const result = await sightline(fakeConnection(answerSome)).input(url).all(both).result()
    assert(!result.ok)
    const shown = [inspect(result.error, { depth: 9 }), JSON.stringify(result.error), String(result.error)].join("\n")
    assert.notInclude(shown, "train")
    assert.include(shown, "NotFound")
    assert.match(inspect(result.error), /^PartlyAnswered: .*answered by/)
  })

  it("fails as the first of them where none answers", async () => {
    const connection = fakeConnection(() => refused)
    const result = await sightline(connection).input(url).all(both).result()
    assert.strictEqual(result.ok ? "ok" : result.error._tag, "NotFound")
  })
})
