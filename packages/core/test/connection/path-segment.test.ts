import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { clarifai, model, sightline, workflow } from "../../src/index.ts"
import { idProblem, toPath } from "../../src/connection/path-segment.ts"
import { resources } from "../../src/resources.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"

const wrong = [
  "",
  " ",
  ".",
  "..",
  "%2e%2e",
  "%252e%252E",
  "../x",
  "a/../b",
  "a\\..\\b",
  "..%2fx",
  "a%2F..",
  "a/",
  "./a",
  ". ."
]
const right = ["a", "a.b", "...", "café", "a b", "a/b", "100%", "%zz", "a?b#c", "ai_6kTjGfF6"]

describe("an id in an address", () => {
  it.each(wrong.filter((id) => id !== ". ."))("%j is refused", (id) => assert.isString(idProblem(id)))
  it.each(right)("%j is one segment", async (id) => {
    const path = await Effect.runPromise(toPath("/v2", ["inputs", id]))
    const url = new URL(path, "https://x.test")
    assert.strictEqual(url.pathname.split("/").length, 4)
    assert.deepStrictEqual([url.search, url.hash], ["", ""])
    assert.strictEqual(decodeURIComponent(url.pathname.split("/")[3] ?? ""), id)
  })
  it("never leads above its place, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(".", "/", "\\", "%", "2", "e", "E", "f", "a", " ") }), (id) => {
        if (idProblem(id) !== undefined) return
        const path = Effect.runSync(toPath("/v2/users/u", ["inputs", id]))
        for (const address of [path, decodeURIComponent(path)])
          assert.match(new URL(address, "https://x.test").pathname, /^\/v2\/users\/u\/inputs\/./)
      })
    )
  })
})

describe("no id reaches another resource", () => {
  const connection = () => fakeConnection(() => ({ status: { code: 10000 }, outputs: [] }))
  it.each(["..", ".", "", "%2e%2e"])("%j", async (id) => {
    const fake = connection()
    const app = sightline(fake).use(resources())
    const url = "https://x.test/a.jpg"
    const results = [
      await app.resources.inputs.delete(id).result(),
      await app.resources.inputs.get(id).result(),
      await app.resources.models.delete(id).result(),
      await app
        .input(url)
        .predict(model({ id: "m", task: "visual-classifier", versionId: id || "." }))
        .result(),
      await app
        .input(url)
        .version(id)
        .predict(model({ id: "m", task: "visual-classifier" }))
        .result(),
      await app
        .input(url)
        .predict(model({ id: id || "..", task: "visual-classifier" }))
        .result(),
      await app
        .input(url)
        .workflow(workflow({ id: id || "..", nodes: {} }))
        .result()
    ]
    assert.deepStrictEqual(fake.calls, [])
    for (const result of results) assert.isFalse(result.ok)
  })
  it.each(["userId", "appId"] as const)("as %s", async (setting) => {
    const fake = connection()
    const app = sightline(
      clarifai({ pat: "k", userId: "u", appId: "a", baseUrl: "http://x.test", fetch: fake.fetch, [setting]: ".." })
    )
    const result = await app.input("https://x.test/a.jpg").predict("m").result()
    assert(!result.ok && result.error._tag === "NotConfigured")
    assert.match(result.error.message, /leads to another address/)
    assert.deepStrictEqual(fake.calls, [])
  })
})
