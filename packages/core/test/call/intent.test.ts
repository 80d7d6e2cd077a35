import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { clarifai, models, type RetryOptions, sightline } from "../../src/index.ts"
import { resources } from "../../src/resources.ts"

const ok = { code: 10000, description: "Ok" }
let calls = 0
/** Resets the first connection after it has read the request, and answers the second. */
const server = createServer((request, response) => {
  request.resume().on("end", () => {
    calls++
    if (calls === 1) return void request.socket.destroy()
    const path = request.url ?? ""
    response.setHeader("content-type", "application/json")
    response.end(
      JSON.stringify(
        path.includes("searches") ? { status: ok, hits: [] } : { status: ok, outputs: [{ status: ok, data: {} }] }
      )
    )
  })
})
beforeAll(() => new Promise<void>((done) => void server.listen(0, "127.0.0.1", done)))
afterAll(() => new Promise<void>((done) => void server.close(() => done())))

const appWith = (retry?: RetryOptions) => {
  calls = 0
  const { port } = server.address() as AddressInfo
  const options = { baseUrl: `http://127.0.0.1:${port}`, pat: "k", userId: "u", appId: "a" }
  return sightline(clarifai(retry === undefined ? options : { ...options, retry })).use(resources())
}
const predict = (retry?: RetryOptions) =>
  appWith(retry).input("https://example.com/a.jpg").predict(models.general).result()

describe("a connection that is reset after the request was sent", () => {
  it("is not repeated for a prediction, which may have been paid for", async () => {
    const result = await predict()
    assert.strictEqual(result.ok ? "ok" : result.error._tag, "Unreachable")
    assert.strictEqual(calls, 1)
  })
  it("is repeated for a prediction where the policy says always", async () => {
    assert.isTrue((await predict({ predictions: "always" })).ok)
    assert.strictEqual(calls, 2)
  })
  it("is repeated for a search, which changes nothing", async () => {
    const hits: Array<unknown> = []
    for await (const hit of appWith().resources.search.inputs({ concept: { name: "cat" } })) hits.push(hit)
    assert.deepStrictEqual(hits, [])
    assert.strictEqual(calls, 2)
  })
})
