import { afterEach, assert, beforeEach, describe, it, vi } from "vitest"
import { models, sightline } from "../../src/index.ts"
import { resources } from "../../src/resources.ts"
import { fakeConnection } from "../../src/testing.ts"

const status = { code: 10000 }
const answer = ({ body }: { readonly body: unknown }) => ({
  status,
  outputs: Object(body).inputs.map(() => ({ status, data: { concepts: [{ id: "c", name: "cat", value: 1 }] } }))
})
const urls = ["https://x.test/a.jpg", "https://x.test/b.jpg"]

describe("with timers that a test has replaced", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it("one prediction comes back, and many, and a stream of them", async () => {
    const app = sightline(fakeConnection(answer))
    const one = await app
      .input(urls[0] ?? "")
      .predict(models.general)
      .run()
    assert.strictEqual(one.concepts[0]?.name, "cat")
    const many = await app.inputs(urls).predict(models.general).run()
    assert.deepStrictEqual(
      many.map(({ ok }) => ok),
      [true, true]
    )
    let streamed = 0
    for await (const { ok } of app.inputs(urls).predict(models.general).stream()) streamed += ok ? 1 : 0
    assert.strictEqual(streamed, 2)
  })
  it("so do predictions that share a call, operations and lists", async () => {
    const app = sightline(fakeConnection(answer))
    const both = await Promise.all(urls.map((url) => app.input(url).predict(models.general).run()))
    assert.strictEqual(both.length, 2)
    const kept = sightline(fakeConnection(() => ({ status, inputs: [{ id: "i" }], input: { id: "i" } }))).use(
      resources()
    )
    assert.strictEqual((await kept.resources.inputs.get("i").run()).id, "i")
    assert.strictEqual((await kept.resources.inputs.list().all()).length, 1)
  })
})
