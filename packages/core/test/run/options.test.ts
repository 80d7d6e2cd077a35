// What a chain asks of a model beside its inputs, as it travels.
import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { expectTypeOf } from "vitest"
import { type Concept, Media, model, models, sightline } from "../../src/index.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"

const url = "https://x.test/a.jpg"
const connectionOf = () =>
  fakeConnection(() => ({ status: { code: 10000 }, outputs: [{ status: { code: 10000 }, data: {} }] }))

describe("the concepts that are asked for", () => {
  it("go by name, and the platform's own by id, which tells nothing of names", async () => {
    const connection = connectionOf()
    const chain = sightline(connection).input(url).concepts("train", "ai_6kTjGfF6").predict(models.general)
    const answer = await chain.run()
    expectTypeOf(answer.concepts).toEqualTypeOf<ReadonlyArray<Concept>>()
    assert.deepStrictEqual(connection.calls[0]?.body, {
      inputs: [{ data: { image: { url } } }],
      model: {
        model_version: {
          output_info: {
            output_config: {
              select_concepts: [
                { name: "train", value: 1 },
                { id: "ai_6kTjGfF6", value: 1 }
              ]
            }
          }
        }
      }
    })
  })
})

describe("where a model runs", () => {
  it.each([
    [{ deployment: { id: "d", userId: "u" } }, { deployment: { id: "d", user_id: "u" } }],
    [{ nodepool: { id: "n", computeClusterId: "c" } }, { nodepool: { id: "n", compute_cluster: { id: "c" } } }],
    [{ runner: { id: "r" } }, { runner: { id: "r" } }]
  ])("%j is one place", async (where, sent) => {
    const connection = connectionOf()
    await sightline(connection).input(url).runner(where).predict("m").run()
    assert.deepStrictEqual(Object(connection.calls[0]?.body).runner_selector, sent)
  })
  it.each([[{}], [{ deployment: { id: "d" }, nodepool: { id: "n", computeClusterId: "c" } }]])(
    "%j is not, and is not sent",
    async (where) => {
      const connection = connectionOf()
      const result = await sightline(connection).input(url).runner(where).predict("m").result()
      assert.deepStrictEqual([!result.ok && result.error._tag, connection.calls.length], ["InvalidOption", 0])
    }
  )
})

describe("limits of options", () => {
  it.each([
    ["sampleMs", 99],
    ["sampleMs", 60_001],
    ["sampleMs", 150.5],
    ["top", 0],
    ["top", 201],
    ["atLeast", 1.5]
  ] as const)("%s(%d) is refused before anything is sent", async (verb, value) => {
    const connection = connectionOf()
    const clip = new Media("video", { from: "url", url })
    const result = await sightline(connection).input(clip)[verb](value).predict(models.general).result()
    assert.strictEqual(!result.ok && result.error._tag, "InvalidOption")
    assert.include(String(!result.ok && result.error.message), verb)
    assert.strictEqual(connection.calls.length, 0)
  })
})

describe("a third party's key", () => {
  it("goes into the model's parameters and nowhere else", async () => {
    const key = "sk-third-0123456789"
    const connection = fakeConnection(({ body }) => ({
      status: { code: 21202, description: "bad", details: `you sent ${JSON.stringify(body)}` }
    }))
    const events: Array<unknown> = []
    const app = sightline(connection, { secrets: { openai: key }, onEvent: (event) => events.push(event) })
    const llm = model({ id: "llm", task: "text-to-text" })
    for (const chain of [
      app.text("q").secret("api_key", "openai"),
      app.text("q").secret("api_key", Redacted.make(key)),
      app.text("q").params({ api_key: key })
    ]) {
      const result = await chain.predict(llm).result()
      assert.strictEqual(Object(connection.calls.at(-1)?.body).model.model_version.output_info.params.api_key, key)
      const shown = [result, events, String(chain), JSON.stringify(chain)].map((one) => JSON.stringify(one)).join()
      assert.isFalse(result.ok)
      if (!result.ok) assert.notInclude(`${shown} ${result.error.message} ${result.error.stack}`, key)
    }
  })
})

describe("limits of a run", () => {
  const chain = () => sightline(connectionOf()).inputs([url, url]).predict("m")
  const tagOf = (thrown: unknown) => (thrown as { readonly _tag?: string })._tag
  const ended = async (outcomes: AsyncIterable<unknown>): Promise<number> => (await Array.fromAsync(outcomes)).length

  it.each([0, -1, NaN])("%d calls in flight would never end, and are refused", async (concurrency) => {
    const thrown = await ended(chain().stream({ concurrency })).catch((error: unknown) => error)
    assert.strictEqual(tagOf(thrown), "InvalidOption")
    assert.match(String(thrown), /concurrency is (0|-1|NaN); it must be 1 or more/)
    // not in the types, and yet what a program in JavaScript may ask
    const options: object = { concurrency }
    assert.strictEqual(await chain().run(options).catch(tagOf), "InvalidOption")
  })
  it("as many calls as there are is a number too", async () => {
    assert.strictEqual(await ended(chain().stream({ concurrency: Infinity })), 2)
  })
  it("a deadline that is no number is refused, of one input and of many", async () => {
    assert.strictEqual(await chain().run({ timeoutMs: NaN }).catch(tagOf), "InvalidOption")
    const one = await sightline(connectionOf()).input(url).predict("m").result({ timeoutMs: NaN })
    assert.strictEqual(!one.ok && one.error._tag, "InvalidOption")
  })
  it("a deadline that is over already gives nothing", async () => {
    const outcomes = await chain().run({ timeoutMs: -1 })
    assert.deepStrictEqual(
      outcomes.map((outcome) => outcome.ok || outcome.error._tag),
      ["TimedOut", "TimedOut"]
    )
  })
})
