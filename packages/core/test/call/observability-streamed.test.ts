import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, Stream, Tracer } from "effect"
import { TestClock } from "effect/testing"
import { model, sightline, type CallEvent } from "../../src/index.ts"
import { fakeConnection } from "../../src/testing.ts"
import { spansOf, tracerInto, watched } from "./watched.ts"

const llm = model({ id: "llm", task: "text-to-text" })
const encoder = new TextEncoder()
const lineOf = (raw: string, more = {}, code = 10000) => {
  const output = { status: { code }, model: { id: "llm-v2" }, data: { text: { raw } }, ...more }
  return `${JSON.stringify({ result: { status: { code, req_id: "req-7" }, outputs: code === 10000 ? [output] : [] } })}\n`
}
const first = lineOf("a private answer", { prompt_tokens: 12 })
const last = lineOf(" in pieces", { prompt_tokens: 12, completion_tokens: 5 })

/** A body that waits so long before each of its pieces, by the test's clock. */
const paused = (pieces: ReadonlyArray<string>, ms: number, sleep: (ms: number) => Promise<void>) => {
  let at = 0
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      await sleep(ms)
      const piece = pieces[at++]
      if (piece === undefined) controller.close()
      else controller.enqueue(encoder.encode(piece))
    }
  })
}
const appOf = (body: () => BodyInit, onEvent: (event: CallEvent) => void = () => {}) =>
  sightline(
    fakeConnection(() => new Response(body())),
    { onEvent }
  )
const generation = (body: () => BodyInit, onEvent?: (event: CallEvent) => void) =>
  appOf(body, onEvent).text("a private question").generate(llm).toStream()
const isLlm = ({ name }: { readonly name: string }) => name === "predict llm"

describe("a streamed call", () => {
  it("is one client span with the names of the GenAI conventions, tokens included", async () => {
    const { spans } = await watched(Stream.runDrain(generation(() => first + last)))
    assert.lengthOf(spans.filter(isLlm), 1)
    const span = spans.find(isLlm)
    assert.strictEqual(span?.kind, "client")
    assert.strictEqual(span?.status._tag, "Ended")
    const { attributes } = span ?? { attributes: new Map<string, unknown>() }
    assert.isAtLeast(Number(attributes.get("gen_ai.response.time_to_first_chunk")), 0)
    assert.deepStrictEqual(Object.fromEntries(attributes), {
      "gen_ai.operation.name": "predict",
      "gen_ai.provider.name": "clarifai",
      "gen_ai.request.model": "llm",
      "gen_ai.request.stream": true,
      "gen_ai.response.id": "req-7",
      "gen_ai.response.model": "llm-v2",
      "gen_ai.response.time_to_first_chunk": attributes.get("gen_ai.response.time_to_first_chunk"),
      "gen_ai.usage.input_tokens": 12,
      "gen_ai.usage.output_tokens": 5,
      "http.request.method": "POST",
      "http.request.body.size": attributes.get("http.request.body.size"),
      "http.response.status_code": 200,
      "server.address": "fake.invalid",
      "server.port": 80,
      "sightline.items": 1,
      "sightline.status": 10000
    })
  })

  it("is measured: to the first piece, to the end, and in tokens, each counted once", async () => {
    const { metrics } = await watched(Stream.runDrain(generation(() => first + first + last)))
    const named = (id: string) => metrics.filter((metric) => metric.id === id)
    for (const id of ["gen_ai.client.operation.duration", "gen_ai.client.operation.time_to_first_chunk"]) {
      const [metric] = named(id)
      assert(metric?.type === "Histogram", id)
      assert.strictEqual(metric.state.count, 1)
      assert.include(metric.attributes, { "gen_ai.request.model": "llm", "gen_ai.response.model": "llm-v2", unit: "s" })
    }
    const usage = named("gen_ai.client.token.usage").map((metric) => [
      metric.attributes?.["gen_ai.token.type"],
      metric.type === "Histogram" && metric.state.sum
    ])
    assert.deepStrictEqual(Object.fromEntries(usage), { input: 12, output: 5 })
  })

  it.effect("that pauses tells both times, in seconds", () =>
    Effect.gen(function* () {
      const run = Effect.runPromiseWith(yield* Effect.context<never>())
      const body = () => paused([first, last], 2000, (ms) => run(Effect.sleep(ms)))
      const spans = yield* Effect.forkChild(spansOf(Stream.runDrain(generation(body))))
      for (let i = 0; i < 20; i++) {
        yield* TestClock.adjust("500 millis")
        yield* Effect.promise(() => new Promise((done) => void setImmediate(done)))
      }
      const span = (yield* Fiber.join(spans)).find(isLlm)
      const seconds = Number(span?.attributes.get("gen_ai.response.time_to_first_chunk"))
      assert.isAtLeast(seconds, 2)
      assert(span?.status._tag === "Ended")
      assert.isAtLeast(Number(span.status.endTime - span.status.startTime) / 1e9, seconds + 2)
    })
  )

  it("that is repeated is one span, which says how often", async () => {
    let calls = 0
    const body = () => (calls++ === 0 ? lineOf("", {}, 21355) : first + last)
    const { metrics, spans } = await watched(Stream.runDrain(generation(body)))
    assert.deepStrictEqual(
      spans.filter(isLlm).map(({ attributes }) => attributes.get("http.request.resend_count")),
      [1]
    )
    assert.lengthOf(
      metrics.filter(({ id }) => id === "sightline.client.repeats"),
      1
    )
  })

  it("that fails says how, before its first piece or after it", async () => {
    const events: Array<CallEvent> = []
    const refused = await watched(Stream.runDrain(generation(() => lineOf("", {}, 11102))))
    assert.strictEqual(refused.spans.find(isLlm)?.attributes.get("error.type"), "InvalidRequest")
    assert.isFalse(refused.metrics.some(({ id }) => id === "gen_ai.client.operation.time_to_first_chunk"))
    const late = await watched(
      Stream.runDrain(
        generation(
          () => first + lineOf("", {}, 21354),
          (event) => events.push(event)
        )
      )
    )
    const span = late.spans.find(isLlm)
    assert.strictEqual(span?.attributes.get("error.type"), "ModelNotReady")
    assert.strictEqual(span?.attributes.get("gen_ai.response.id"), "req-7")
    assert.strictEqual(span?.attributes.get("gen_ai.usage.input_tokens"), 12)
    assert.isAtLeast(Number(span?.attributes.get("gen_ai.response.time_to_first_chunk")), 0)
    assert.strictEqual(
      late.metrics.find(({ id }) => id === "gen_ai.client.operation.duration")?.attributes?.["error.type"],
      "ModelNotReady"
    )
    assert.deepStrictEqual(
      events.map(({ type }) => type),
      ["call", "answer", "failure"]
    )
  })

  it("whose reader leaves is ended, and no failure", async () => {
    const { spans } = await watched(
      Stream.runDrain(
        Stream.take(
          generation(() => first + last),
          1
        )
      )
    )
    const span = spans.find(isLlm)
    assert.strictEqual(span?.status._tag, "Ended")
    assert.isFalse(span?.attributes.has("error.type"))
  })

  it("that is given up before its first piece is interrupted", async () => {
    const silent = () => new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) })
    const leaving = Effect.timeout(Stream.runDrain(generation(silent)), 50)
    const { spans } = await watched(leaving)
    const span = spans.find(isLlm)
    assert.strictEqual(span?.status._tag, "Ended")
    assert.strictEqual(span?.attributes.get("error.type"), "interrupted")
    const context = Context.make(Tracer.Tracer, tracerInto(spans))
    const reading = Stream.toAsyncIterableWith(generation(silent), context)[Symbol.asyncIterator]()
    const next = reading.next()
    await new Promise((done) => void setTimeout(done, 50))
    await Promise.all([reading.return?.(), next])
    assert.lengthOf(spans.filter(isLlm), 2)
    assert.strictEqual(spans.findLast(isLlm)?.attributes.get("error.type"), "interrupted")
  })

  it("is told to onEvent with the service's id, and to the log in one line, without its words", async () => {
    const events: Array<CallEvent> = []
    const { lines, metrics, spans } = await watched(
      Stream.runDrain(
        generation(
          () => first + last,
          (event) => events.push(event)
        )
      )
    )
    assert.deepStrictEqual(
      events.map((event) => [event.type, "requestId" in event ? event.requestId : undefined]),
      [
        ["call", undefined],
        ["answer", "req-7"]
      ]
    )
    assert.lengthOf(
      lines.filter((line) => line.includes("POST /v2/models/llm/outputs/generate attempt 1: 10000")),
      1
    )
    const all = JSON.stringify([events, lines, metrics, spans.map(({ attributes, name }) => [name, [...attributes]])])
    assert.notInclude(all, "private")
  })
})
