import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { file, models, sightline } from "../../src/index.ts"
import { definePlugin, type Media, stage } from "../../src/plugin.ts"
import { fakeConnection } from "../../src/testing.ts"
import { answerConcepts, inputsOf } from "../run/answers.ts"

const urls = (n: number) => Array.from({ length: n }, (_, i) => `https://images.test/${i}.jpg`)

/** Gives one input and then breaks off. */
const broken = function* () {
  yield "https://images.test/a.jpg"
  throw new Error("the list ended early")
}

describe("a chain", () => {
  it("gives the concepts that the model answers, best first", async () => {
    const app = sightline(fakeConnection(answerConcepts({ train: 0.9, railway: 0.7 })))
    const { concepts } = await app.input("https://images.test/a.jpg").predict(models.general).run()
    assert.deepStrictEqual(
      concepts.map(({ name, score }) => [name, score]),
      [
        ["train", 0.9],
        ["railway", 0.7]
      ]
    )
  })

  it("sends the options of its verbs and the model's owner", async () => {
    const connection = fakeConnection(answerConcepts({ train: 0.9 }))
    const app = sightline(connection)
    await app
      .input("https://images.test/a.jpg")
      .concepts("train")
      .atLeast(0.5)
      .top(3)
      .language("de")
      .params({ depth: 2 })
      .version("v1")
      .key("mine")
      .predict(models.general)
      .run()
    const [call] = connection.calls
    assert.strictEqual(call?.path, "/v2/users/clarifai/apps/main/models/general-image-recognition/versions/v1/outputs")
    assert.deepStrictEqual(call?.body, {
      inputs: [{ id: "mine", data: { image: { url: "https://images.test/a.jpg" } } }],
      model: {
        model_version: {
          output_info: {
            params: { depth: 2 },
            output_config: {
              max_concepts: 3,
              min_value: 0.5,
              select_concepts: [{ name: "train", value: 1 }],
              language: "de"
            }
          }
        }
      }
    })
  })

  it("is a value: extending it leaves it alone, and it can run twice", async () => {
    const connection = fakeConnection(answerConcepts({ train: 0.9 }))
    const base = sightline(connection).input("https://images.test/a.jpg")
    const plain = base.predict(models.general)
    base.top(1)
    await plain.run()
    await plain.run()
    assert.strictEqual(connection.calls.length, 2)
    assert.deepStrictEqual(connection.calls[0]?.body, {
      inputs: [{ data: { image: { url: "https://images.test/a.jpg" } } }]
    })
  })

  it.effect("is an Effect", () =>
    Effect.gen(function* () {
      const app = sightline(fakeConnection(answerConcepts({ train: 0.9 })))
      const { concepts } = yield* app.input("https://images.test/a.jpg").predict(models.general)
      assert.strictEqual(concepts[0]?.name, "train")
    })
  )

  it("fails with a typed error that says what to do, as a value or thrown", async () => {
    const app = sightline(fakeConnection(answerConcepts({ train: 1 })))
    const chain = app.input(file("no-such-file.jpg")).predict(models.general)
    const result = await chain.result()
    assert.strictEqual(result.ok ? undefined : result.error._tag, "MediaUnreadable")
    const thrown = await chain.run().catch((error: unknown) => error)
    assert.match(String(thrown), /no-such-file\.jpg: there is no such file/)
  })

  it("checks options before anything is sent", async () => {
    const connection = fakeConnection(answerConcepts({ train: 1 }))
    const result = await sightline(connection)
      .input("https://images.test/a.jpg")
      .top(0)
      .predict(models.general)
      .result()
    assert.strictEqual(result.ok ? undefined : result.error._tag, "InvalidOption")
    assert.strictEqual(connection.calls.length, 0)
  })
})

describe("a series of inputs", () => {
  it("is cut into calls of 128 and settled one by one, in order", async () => {
    const connection = fakeConnection(answerConcepts({ train: 0.9 }))
    const outcomes = await sightline(connection).inputs(urls(300)).predict(models.general).run()
    assert.deepStrictEqual(
      connection.calls.map((call) => inputsOf(call).length),
      [128, 128, 44]
    )
    assert.deepStrictEqual(
      outcomes.map((outcome) => outcome.index),
      Array.from({ length: 300 }, (_, i) => i)
    )
    assert.isTrue(outcomes.every((outcome) => outcome.ok && outcome.attempts === 1))
  })

  it("makes the calls that its plan tells", async () => {
    const connection = fakeConnection(answerConcepts({ train: 0.9 }))
    const chain = sightline(connection).inputs(urls(200)).predict(models.general)
    const plan = await chain.plan()
    assert.strictEqual(connection.calls.length, 0)
    await chain.run()
    assert.deepStrictEqual(
      plan.calls.map((call) => call.items),
      connection.calls.map((call) => inputsOf(call).length)
    )
    assert.strictEqual(
      plan.bytes,
      connection.calls.reduce((sum, call) => sum + JSON.stringify(call.body).length, 0)
    )
  })

  it("keeps every other answer when one input cannot be read", async () => {
    const app = sightline(fakeConnection(answerConcepts({ train: 0.9 })))
    const outcomes = await app
      .inputs(["https://images.test/a.jpg", file("missing.jpg"), "https://images.test/b.jpg"])
      .predict(models.general)
      .run()
    assert.deepStrictEqual(
      outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.error._tag)),
      ["ok", "MediaUnreadable", "ok"]
    )
  })

  it("keeps what came before a source that breaks off", async () => {
    const app = sightline(fakeConnection(answerConcepts({ train: 0.9 })))
    const outcomes = await app.inputs(broken()).predict(models.general).run()
    assert.deepStrictEqual(
      outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.error._tag)),
      ["ok", "SourceFailed"]
    )
  })

  it("merges single predictions of one turn into the same calls", async () => {
    const connection = fakeConnection(answerConcepts({ train: 0.9 }))
    const app = sightline(connection)
    await Promise.all(urls(1000).map((url) => app.input(url).predict(models.general).run()))
    assert.strictEqual(connection.calls.length, 8)
  })
})

describe("a plugin", () => {
  const shout = definePlugin({
    name: "shout",
    version: 1,
    verbs: {
      loud: () => stage("shout.loud", {}, (media: Media<"image">) => Effect.succeed(media.with({ key: "LOUD" })))
    }
  })
  it("adds verbs that run where they stand", async () => {
    const connection = fakeConnection(answerConcepts({ train: 0.9 }))
    await sightline(connection).use(shout).input("https://images.test/a.jpg").loud().predict(models.general).run()
    assert.strictEqual(inputsOf(connection.calls[0])[0]?.id, "LOUD")
  })
  it("is refused at run time too where it would not compile", () => {
    const app = sightline(fakeConnection(answerConcepts({})))
    // @ts-expect-error a plugin is added once
    assert.throws(() => app.use(shout).use(shout), /it was added already/)
  })
})

it("a key may be any text: it is sent as the input's id where services take it for one", async () => {
  const connection = fakeConnection(answerConcepts({ train: 0.9 }))
  const keys = ["photo 7", "photos/cat/1.jpg", "x".repeat(129), "a\nb", "..", "ü"]
  const outcomes = await sightline(connection)
    .inputs(
      keys.map((_, i) => `https://images.test/${i}.jpg`),
      { key: (_, i) => keys[i] ?? "" }
    )
    .predict(models.general)
    .run()
  assert.deepStrictEqual(
    outcomes.map(({ key, ok }) => [key, ok]),
    keys.map((key) => [key, true])
  )
  assert.deepStrictEqual(
    inputsOf(connection.calls[0]).map(({ id }) => id),
    ["photo 7", undefined, undefined, undefined, undefined, "ü"]
  )
})
