import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as Stream from "effect/Stream"
import { inspect } from "node:util"
import { models, sightline, TimedOut } from "../../src/index.ts"
import { definePlugin, type Media, stageMany } from "../../src/plugin.ts"
import { type FakeCall, fakeConnection } from "../../src/testing.ts"
import { answerConcepts } from "./answers.ts"

const answer = answerConcepts({ train: 0.9 })
const never = () => new Promise<number>(() => {})

/** The general model answers; the face model never does. */
const answerSome = (call: FakeCall): unknown => (call.path.includes(models.faces.id) ? never() : answer(call))

const both = { labels: models.general, faces: models.faces }
const url = "https://images.test/a.jpg"
const urls = [0, 1, 2].map((n) => `https://images.test/${n}.jpg`)
const app = () => sightline(fakeConnection(answerSome))

/** A deadline that an answer of the fake service meets on a busy machine too, once the code has run. */
const lateMs = 300
beforeAll(async () => {
  for (let i = 0; i < 3; i++) await app().inputs(urls).predict(models.general).run()
})

describe("a deadline around all", () => {
  const ways = {
    "the step's": () => app().input(url).all(both).timeout({ ms: lateMs }).result(),
    "the run's": () => app().input(url).all(both).result({ timeoutMs: lateMs })
  }
  for (const [whose, run] of Object.entries(ways))
    it(`${whose} keeps what was answered, and says which model was too late`, async () => {
      const result = await run()
      assert(!result.ok && result.error._tag === "PartlyAnswered")
      assert.strictEqual(result.error.answers.labels?.concepts[0]?.name, "train")
      assert.isUndefined(result.error.answers.faces)
      assert.deepStrictEqual(Object.keys(result.error.failures), ["faces"])
      assert.strictEqual(result.error.failures["faces"]?._tag, "TimedOut")
      assert.match(result.error.message, /answered by labels and not by faces \(TimedOut\)/)
    })

  it("keeps it for each of many inputs, whoever set the deadline", async () => {
    const key = (given: string) => given
    const chains = [
      app().inputs(urls, { key }).all(both).timeout({ ms: lateMs }).run(),
      app().inputs(urls, { key }).all(both).run({ timeoutMs: lateMs }),
      app().inputs(urls, { key }).all(both).cached().run({ timeoutMs: lateMs })
    ]
    for (const outcomes of await Promise.all(chains))
      outcomes.forEach((outcome, index) => {
        assert(!outcome.ok && outcome.error._tag === "PartlyAnswered")
        assert.strictEqual(outcome.error.answers.labels?.concepts[0]?.score, 0.9)
        assert.strictEqual(outcome.error.index, index)
        assert.strictEqual(outcome.error.key, urls[index])
        assert.strictEqual(outcome.error.failures["faces"]?._tag, "TimedOut")
        assert.notProperty(outcome, "paid")
      })
  })

  it("fails as a deadline where none answered", async () => {
    const result = await sightline(fakeConnection(never)).input(url).all(both).timeout({ ms: 50 }).result()
    assert(!result.ok && result.error._tag === "TimedOut")
    assert.deepStrictEqual(result.error.answers, [])
    assert.match(result.error.message, /the work may have been done/)
  })
})

describe("a deadline that passes after answers came", () => {
  it("gives them with the error, and prints none of them", async () => {
    const slow = app().input(url).predict(models.general).map(never)
    for (const result of [await slow.timeout({ ms: lateMs }).result(), await slow.result({ timeoutMs: lateMs })]) {
      assert(!result.ok && result.error._tag === "TimedOut")
      assert.strictEqual(result.error.answers.length, 1)
      assert.nestedPropertyVal(result.error.answers[0], "concepts[0].name", "train")
      assert.match(result.error.message, /in the error's answers/)
      const shown = [inspect(result.error, { depth: 9 }), JSON.stringify(result.error), String(result.error)].join("\n")
      assert.notInclude(shown, "train")
    }
  })

  it("gives what all had given, by the models' names", async () => {
    const general = { one: models.general, two: models.general }
    const result = await app().input(url).all(general).map(never).timeout({ ms: lateMs }).result()
    assert(!result.ok && result.error._tag === "TimedOut")
    assert.strictEqual(result.error.answers.length, 1)
    assert.hasAllKeys(result.error.answers[0], ["one", "two"])
  })

  it("does so for each of many inputs, whoever set the deadline", async () => {
    const slow = app().inputs(urls).predict(models.general).map(never)
    for (const outcomes of [await slow.timeout({ ms: lateMs }).run(), await slow.run({ timeoutMs: lateMs })])
      outcomes.forEach((outcome, index) => {
        assert(!outcome.ok && outcome.error._tag === "TimedOut")
        assert.strictEqual(outcome.error.index, index)
        assert.strictEqual(outcome.error.answers.length, 1)
        assert.nestedPropertyVal(outcome.error.answers[0], "concepts[0].score", 0.9)
      })
  })

  it("gives what was answered about things made of the input", async () => {
    const halves = definePlugin({
      name: "halves",
      version: 1,
      verbs: { halves: () => stageMany("halves.cut", {}, (image: Media<"image">) => Stream.make(image, image)) }
    })
    const made = sightline(fakeConnection(answerSome)).use(halves)
    const outcomes = await made.inputs([url]).halves().all(both).run({ timeoutMs: lateMs })
    const [outcome] = outcomes
    assert(outcome !== undefined && !outcome.ok)
    const { error } = outcome
    assert(error instanceof TimedOut)
    assert.strictEqual(error.answers.length, 2)
    for (const given of error.answers) assert.nestedPropertyVal(given, "labels.concepts[0].name", "train")
  })
})
