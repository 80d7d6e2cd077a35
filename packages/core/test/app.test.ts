import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { clarifai, InvalidOption, type Media, models, sightline, StepFailed } from "../src/index.ts"
import { fakeConnection } from "../src/testing.ts"
import { answerConcepts } from "./run/answers.ts"

const make = () => sightline(fakeConnection(answerConcepts({ train: 0.9 })))
const url = "https://images.test/a.jpg"

describe("an app that is given something else than a connection", () => {
  it("names the function that makes one, for options of a connection", () => {
    for (const options of [{ apiKey: "k-very-secret" }, { pat: "k-very-secret" }, { baseUrl: "http://x.test" }]) {
      const build = () => sightline(options as never) // as JavaScript does
      assert.throws(build, InvalidOption, /is given options of a connection; wrap them: sightline\(clarifai\(\{/)
      assert.notInclude(Effect.runSync(Effect.flip(Effect.try({ try: build, catch: String }))), "k-very-secret")
    }
  })
  it("says what it needs, for anything else", () => {
    for (const nothing of [undefined, null, "https://api.clarifai.com", {}])
      assert.throws(() => sightline(nothing as never), InvalidOption, /needs a connection, such as sightline\(clarifai/)
    assert.throws(
      () => sightline(clarifai as never),
      InvalidOption,
      /is given a function; call it, as in sightline\(clar/
    )
  })
})

describe("one input", () => {
  it("that is a list says where lists go", async () => {
    const problem = /input is given an array; give several media to inputs\(\.\.\)/
    for (const list of [[url, url], new Set([url])]) {
      const result = await make()
        .input(list as unknown as string) // as JavaScript does
        .predict(models.general)
        .result()
      assert(!result.ok)
      assert.match(result.error.message, list instanceof Set ? /input is given an iterable; give several/ : problem)
    }
    // @ts-expect-error an array: the error names inputs(..)
    make().input([url, url])
  })

  it("of the type any is an image, and can be predicted on", async () => {
    // oxlint-disable-next-line typescript/no-explicit-any
    const given: any = url
    const chain = make().input(given)
    expectTypeOf(await chain.run()).toEqualTypeOf<Media<"image">>()
    assert.lengthOf((await chain.predict(models.general).run()).concepts, 1)
  })

  it("has no number in its errors", async () => {
    const missing = new Uint8Array()
    const app = make()
    const results = [
      await app.input(missing).predict(models.general).result(),
      await app.input(missing).all({ a: models.general, b: models.faces }).result(),
      await app
        .input(url)
        .map(() => {
          throw new Error("no")
        })
        .result(),
      await app.input(url).predict("").result()
    ]
    for (const result of results) {
      assert(!result.ok)
      assert.notMatch(result.error.message, /input 0/)
      assert.notProperty(result.error, "index")
    }
    const [outcome] = await app.inputs([missing]).predict(models.general).run()
    assert(outcome?.ok === false)
    assert.match(outcome.error.message, /^input 0: /)
  })

  it("keeps its key in its errors", async () => {
    const result = await make().input(new Uint8Array(), { key: "photo 1" }).predict(models.general).result()
    assert(!result.ok)
    assert.match(result.error.message, /photo 1/)
  })
})

describe("a deadline", () => {
  const stalled = () => sightline(fakeConnection(() => new Promise(() => {})))
  it("of one input is not that of the run", async () => {
    const own = await stalled().input(url).predict(models.general).timeout({ ms: 20 }).result()
    assert(!own.ok)
    assert(own.error._tag === "TimedOut")
    assert.deepStrictEqual([own.error.what, /deadline of the input/.test(own.error.message)], ["input", true])
    const run = await stalled().input(url).predict(models.general).result({ timeoutMs: 20 })
    assert(!run.ok)
    assert(run.error._tag === "TimedOut")
    assert.deepStrictEqual([run.error.what, /deadline of the run/.test(run.error.message)], ["run", true])
  })
  it("of each of several inputs names the input", async () => {
    const outcomes = await stalled().inputs([url, url]).predict(models.general).timeout({ ms: 20 }).run()
    const whats = outcomes.map((one) => !one.ok && one.error._tag === "TimedOut" && [one.error.what, one.error.index])
    assert.deepStrictEqual(whats, [
      ["input", 0],
      ["input", 1]
    ])
  })
})

it("a step of the only input that fails says which step", async () => {
  const result = await make()
    .input(url)
    .tap(() => Promise.reject(new Error("not now")))
    .result()
  assert(!result.ok)
  assert.instanceOf(result.error, StepFailed)
  assert.match(result.error.message, /^the step tap failed: not now/)
})
