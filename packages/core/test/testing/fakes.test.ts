import { assert, describe, it } from "@effect/vitest"
import { expectTypeOf } from "vitest"
import { models, sightline, textMedia } from "../../src/index.ts"
import { type FakeFailure, failWith, fakeConnection, fakeModel } from "../../src/testing.ts"

const url = "https://x.test/a.jpg"
const box = { top: 0.1, left: 0.2, bottom: 0.3, right: 0.4 }
const once = { limits: { maxAttempts: 1, attemptTimeoutMs: 200 } }

describe("a fake of a model", () => {
  it("answers with what its task gives", async () => {
    const app = sightline(
      fakeConnection([
        fakeModel(models.faces, { regions: [{ box, concepts: ["face"], score: 0.5 }] }),
        fakeModel(models.general, { concepts: ["train", { name: "rail", score: 0.25 }] }),
        fakeModel(models.generalEmbedding, { embedding: [0.5, 1] })
      ])
    )
    const { regions } = await app.input(url).predict(models.faces).run()
    assert.deepStrictEqual([regions[0]?.box, regions[0]?.score, regions[0]?.concepts[0]?.name], [box, 0.5, "face"])
    const { concepts } = await app.input(url).predict(models.general).run()
    assert.deepStrictEqual(
      concepts.map(({ name, score }) => [name, score]),
      [
        ["train", 1],
        ["rail", 0.25]
      ]
    )
    const { embedding } = await app.input(url).predict(models.generalEmbedding).run()
    assert.deepStrictEqual([...embedding.vector], [0.5, 1])
  })
  it("answers each input by itself", async () => {
    const byUrl = fakeModel(models.general, ({ index, url }) => ({ concepts: [`${index} ${url}`] }))
    const many = await sightline(fakeConnection(byUrl))
      .inputs([url, "https://x.test/b.jpg"])
      .predict(models.general)
      .run()
    assert.deepStrictEqual(
      many.map((outcome) => outcome.ok && outcome.value.concepts[0]?.name),
      ["0 https://x.test/a.jpg", "1 https://x.test/b.jpg"]
    )
  })
  it("may hold only what its task gives", () => {
    // @ts-expect-error a detector has regions
    fakeModel(models.faces, { concepts: ["face"] })
    // @ts-expect-error a classifier has no embedding
    fakeModel(models.general, { embedding: [1] })
    expectTypeOf(fakeModel(models.general, { frames: [{ timeMs: 0, concepts: ["a"] }] })).toBeFunction()
  })
})

describe("a fake that fails", () => {
  const tags: ReadonlyArray<FakeFailure> = [
    "Unauthorized",
    "Forbidden",
    "QuotaExceeded",
    "RateLimited",
    "NotFound",
    "ModelNotReady",
    "InputRejected",
    "InvalidRequest",
    "Conflict",
    "StillPending",
    "TrainingFailed",
    "ServiceUnavailable",
    "ServiceFailed",
    "UnknownStatus",
    "Unreachable",
    "TimedOut",
    "MalformedAnswer"
  ]
  it.each(tags)("gives %s", async (tag) => {
    const result = await sightline(fakeConnection(failWith(tag), once))
      .input(url)
      .predict(models.general)
      .result()
    assert.strictEqual(result.ok ? "" : result.error._tag, tag)
  })
  it("says how long to wait", async () => {
    const connection = fakeConnection(failWith("RateLimited", { retryAfterMs: 2000 }), once)
    const result = await sightline(connection).input(url).predict(models.general).result()
    assert.strictEqual(!result.ok && result.error._tag === "RateLimited" && result.error.retryAfterMs, 2000)
  })
})

describe("a throw in a fake", () => {
  const mistake = new TypeError("the test's own mistake")
  const app = sightline(
    fakeConnection(() => {
      throw mistake
    })
  )
  const rejected = (running: Promise<unknown>) => running.then(() => "came back").catch((thrown: unknown) => thrown)

  it("is what the run of one input rejects with, and its result too", async () => {
    const chain = app.input(url).predict(models.general)
    assert.strictEqual(await rejected(chain.run()), mistake)
    assert.strictEqual(await rejected(chain.result()), mistake)
  })
  it("is what the run of many inputs rejects with, and their stream", async () => {
    const chain = app.inputs([url, url]).predict(models.general)
    assert.strictEqual(await rejected(chain.run()), mistake)
    assert.strictEqual(await rejected(Array.fromAsync(chain.stream())), mistake)
  })
  it("is not repeated, as a failed assertion that compares", async () => {
    let calls = 0
    const connection = fakeConnection(() => assert.strictEqual(++calls, 7))
    const thrown = await rejected(
      sightline(connection)
        .input(textMedia("a"))
        .predict(models.general as never)
        .run()
    )
    assert.include(String(thrown), "to equal 7")
    assert.strictEqual(calls, 1)
  })
  it("names a call that no fake answers", async () => {
    const connection = fakeConnection([fakeModel(models.faces, { regions: [] })])
    const thrown = await rejected(sightline(connection).input(url).predict(models.general).run())
    assert.match(String(thrown), /no fake answers POST \/v2\/.*general-image-recognition\/outputs/)
  })
})
