import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { createHash } from "node:crypto"
import { clarifai, models, sightline } from "../../src/index.ts"
import { type CallRequest, definePlugin, type RequestChanges, type RequestHook } from "../../src/plugin.ts"
import { fakeConnection } from "../../src/testing.ts"
import { answerConcepts, inputsOf } from "../run/answers.ts"

const url = "https://images.test/a.jpg"
const withHook = (request: RequestHook) => definePlugin({ name: "hooked", version: 1, hooks: { request } })
const connect = () => fakeConnection(answerConcepts({ train: 0.9 }))

/** The requests that a hook sees, and the answer. */
const seenBy = async (connection: Parameters<typeof sightline>[0]) => {
  const seen: Array<CallRequest> = []
  const app = sightline(connection).use(withHook((request, next) => (seen.push(request), next(request))))
  await app.input(url).predict(models.general).run()
  const [request] = seen
  assert(request !== undefined)
  return request
}

describe("a request hook", () => {
  it("sees the method, path, size, a hash of the body, and the body on demand", async () => {
    const connection = connect()
    const request = await seenBy(connection)
    const body = request.body()
    assert(body !== undefined)
    assert.deepStrictEqual([request.method, request.path, request.query], ["POST", connection.calls[0]?.path ?? "", ""])
    assert.deepStrictEqual(JSON.parse(new TextDecoder().decode(body)), connection.calls[0]?.body)
    assert.strictEqual(request.bytes, body.byteLength)
    assert.strictEqual(await Effect.runPromise(request.bodyHash), createHash("sha256").update(body).digest("hex"))
  })

  it("sees no credential and no header that is secret", async () => {
    const headers = { "x-team": "blue", "x-api-key": "another secret" }
    const sent: Array<Headers> = []
    const connection = clarifai({
      pat: "a-very-secret-key",
      userId: "me",
      appId: "mine",
      baseUrl: "http://127.0.0.1:9",
      allowInsecure: true,
      headers,
      fetch: async (input, init) => {
        const asked = new Request(input, init)
        sent.push(asked.headers)
        const inputs = ((await asked.json()) as { readonly inputs: ReadonlyArray<object> }).inputs
        return Response.json({
          status: { code: 10000 },
          outputs: inputs.map(() => ({ status: { code: 10000 }, data: {} }))
        })
      }
    } as Parameters<typeof clarifai>[0])
    const request = await seenBy(connection)
    assert.match(sent[0]?.get("authorization") ?? "", /very-secret-key/)
    assert.strictEqual(sent[0]?.get("x-api-key"), "another secret")
    assert.strictEqual(request.headers["x-team"], "blue")
    assert.notMatch(JSON.stringify([request, request.headers]), /secret/)
  })

  it("cannot change what it was given", async () => {
    const request = await seenBy(connect())
    const first = request.body()
    first?.fill(0)
    assert.notDeepEqual(request.body(), first)
    assert.throws(() => Object.assign(request, { path: "/elsewhere" }), TypeError)
    assert.throws(() => Object.assign(request.headers, { a: "b" }), TypeError)
  })

  it("passes a changed one on, which later hooks see", async () => {
    const connection = connect()
    const seen: Array<string | undefined> = []
    const app = sightline(connection)
      .use(
        definePlugin({
          name: "first",
          version: 1,
          hooks: {
            request: (request, next) => {
              const { inputs } = JSON.parse(new TextDecoder().decode(request.body())) as { readonly inputs: object }
              const body = JSON.stringify({ inputs, note: "added" })
              return next(request.with({ headers: { "X-Trace": "7" }, query: "?a=1", body }))
            }
          }
        })
      )
      .use(withHook((request, next) => (seen.push(request.headers["x-trace"], request.query), next(request))))
    await app.input(url).predict(models.general).run()
    const [call] = connection.calls
    assert.deepStrictEqual(seen, ["7", "?a=1"])
    assert.deepStrictEqual([call?.headers.get("x-trace"), call?.path.split("?")[1]], ["7", "a=1"])
    assert.strictEqual((call?.body as { readonly note: string } | undefined)?.note, "added")
    assert.lengthOf(inputsOf(call), 1)
  })

  it("may answer, without what a response need not have", async () => {
    const connection = connect()
    const text = JSON.stringify({ status: { code: 10000 }, outputs: [{ status: { code: 10000 }, data: {} }] })
    const app = sightline(connection).use(withHook(() => Effect.succeed({ httpStatus: 200, text })))
    const { concepts } = await app.input(url).predict(models.general).run()
    assert.deepStrictEqual([concepts, connection.calls], [[], []])
  })

  const wrong: Readonly<Record<string, readonly [hook: (...args: ReadonlyArray<never>) => unknown, says: RegExp]>> = {
    "returns a Promise": [() => Promise.resolve({}), /gave no Effect/],
    "returns no response": [() => Effect.succeed("answer"), /returned no response/],
    "passes something else on": [
      (request: CallRequest, next: (request: CallRequest) => unknown) => next({ ...request }),
      /next takes the request/
    ]
  }
  for (const [name, [hook, says]] of Object.entries(wrong))
    it(`that ${name} fails the call with an error that names the plugin`, async () => {
      const app = sightline(connect()).use(withHook(hook as never))
      const result = await app.input(url).predict(models.general).result()
      assert.match(String(!result.ok && result.error), says)
      assert.match(String(!result.ok && result.error), /fix the plugin hooked/)
    })

  it("cannot send the credential elsewhere", async () => {
    const changes: ReadonlyArray<RequestChanges> = [
      { path: "@elsewhere.test/" },
      { path: ".elsewhere.test/" },
      { query: "@elsewhere.test" },
      { path: "/v2?a=b" }
    ]
    for (const change of changes) {
      const connection = connect()
      const app = sightline(connection).use(withHook((request, next) => next(request.with(change))))
      const result = await app.input(url).predict(models.general).result()
      assert.match(String(!result.ok && result.error), /of a request begins with/)
      assert.deepStrictEqual(connection.calls, [])
    }
  })

  it("has its own time in the events, without that of the attempt", async () => {
    const times: Array<readonly [string, string | undefined, number | undefined]> = []
    const app = sightline(connect(), {
      onEvent: (event) => event.type === "stage" && times.push([event.name, event.plugin, event.index])
    }).use(withHook((request, next) => next(request)))
    await app.input(url).predict(models.general).run()
    assert.deepStrictEqual(times, [["request", "hooked", undefined]])
  })
})
