import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { model, ServiceUnavailable, sightline, type CallEvent } from "../../src/index.ts"
import { type CallInfo, definePlugin, type RequestHook } from "../../src/plugin.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"

const llm = model({ id: "llm", task: "text-to-text" })
const lineOf = (raw: string) =>
  `${JSON.stringify({ result: { status: { code: 10000 }, outputs: [{ status: { code: 10000 }, data: { text: { raw } } }] } })}\n`
const answer = () => new Response(["a", "b"].map(lineOf).join(""))
const withHook = (name: string, request: RequestHook) => definePlugin({ name, version: 1, hooks: { request } })

describe("a request hook around a streamed call", () => {
  it("sees the call, and the answer's head before its pieces; the plugin added first is outermost", async () => {
    const seen: Array<string> = []
    const calls: Array<CallInfo> = []
    const note = (name: string) =>
      withHook(name, (call, next) => {
        seen.push(`${name} before`)
        calls.push(call)
        return Effect.tap(next(call), ({ httpStatus, stream, text }) =>
          Effect.sync(() => seen.push(`${name} after ${httpStatus} ${stream !== undefined} ${JSON.stringify(text)}`))
        )
      })
    const app = sightline(fakeConnection(answer)).use(note("outer")).use(note("inner"))
    assert.strictEqual(await app.text("q").generate(llm).text(), "ab")
    assert.deepStrictEqual(seen, ["outer before", "inner before", 'inner after 200 true ""', 'outer after 200 true ""'])
    assert.deepStrictEqual(
      calls.map(({ attempt, model, path, streamed }) => [attempt, model, path, streamed]),
      calls.map(() => [1, "llm", "/v2/models/llm/outputs/generate", true as const])
    )
    assert.strictEqual(calls.length, 2)
  })
  it("may answer by itself, and pipe the pieces through something", async () => {
    const connection = fakeConnection(answer)
    const own = withHook("own", () =>
      Effect.succeed({ httpStatus: 200, text: lineOf("mine"), retryAfterMs: undefined, location: undefined })
    )
    assert.strictEqual(await sightline(connection).use(own).text("q").generate(llm).text(), "mine")
    assert.strictEqual(connection.calls.length, 0)
    const shout = withHook("shout", (request, next) =>
      Effect.map(next(request), (raw) => ({
        ...raw,
        stream: raw.stream
          ?.pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>)
          .pipeThrough(
            new TransformStream<string, string>({
              transform: (text, controller) => controller.enqueue(text.replaceAll(`"raw":"`, `"raw":"!`))
            })
          )
          .pipeThrough(new TextEncoderStream())
      }))
    )
    assert.strictEqual(await sightline(connection).use(shout).text("q").generate(llm).text(), "!a!b")
  })
  it("is around each attempt, and its failure is the attempt's", async () => {
    const attempts: Array<number> = []
    const events: Array<CallEvent["type"]> = []
    const ids = new Set<number>()
    const flaky = withHook("flaky", (request, next) => {
      const { attempt } = request
      attempts.push(attempt)
      return attempt < 3 ? Effect.fail(new ServiceUnavailable({ details: "not yet", retryAfterMs: 1 })) : next(request)
    })
    const connection = fakeConnection(answer)
    const onEvent = (event: CallEvent) => {
      if (event.type === "stage") return // the hook's own time, of each attempt
      events.push(event.type)
      if ("call" in event) ids.add(event.call.id)
    }
    const app = sightline(connection, { onEvent }).use(flaky)
    assert.strictEqual(await app.text("q").generate(llm).text(), "ab")
    assert.deepStrictEqual([attempts, connection.calls.length], [[1, 2, 3], 1])
    assert.deepStrictEqual(events, ["call", "failure", "retry", "call", "failure", "retry", "call", "answer"])
    assert.deepStrictEqual([...ids], [1])
  })
  it("sees a refusal with its body", async () => {
    const bodies: Array<string> = []
    const watch = withHook("watch", (request, next) =>
      Effect.tap(next(request), ({ httpStatus, text }) => Effect.sync(() => bodies.push(`${httpStatus} ${text}`)))
    )
    const refused = fakeConnection(() => Response.json({ status: { code: 21200 } }, { status: 404 }))
    const error: unknown = await sightline(refused)
      .use(watch)
      .text("q")
      .generate(llm)
      .text()
      .catch((thrown: unknown) => thrown)
    assert.strictEqual(Object(error)._tag, "NotFound")
    assert.deepStrictEqual(bodies, ['404 {"status":{"code":21200}}'])
  })
})

describe("other hooks and a streamed call", () => {
  it("prepare changes what is sent, and what it refuses is not sent", async () => {
    const connection = fakeConnection(answer)
    const louder = definePlugin({
      name: "louder",
      version: 1,
      hooks: {
        prepare: (media) =>
          Effect.succeed(
            media.source.from === "text" ? media.with({}, { from: "text", text: `${media.source.text}!` }) : media
          )
      }
    })
    await sightline(connection).use(louder).text("q").generate(llm).text()
    assert.deepStrictEqual(connection.calls[0]?.body, { inputs: [{ data: { text: { raw: "q!" } } }] })
  })
})
