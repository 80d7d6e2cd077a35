import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { model, models, sightline, type CallEvent } from "../../src/index.ts"
import { definePlugin } from "../../src/plugin.ts"
import { type FakeCall, fakeConnection } from "../../src/testing.ts"
import { answerConcepts, inputsOf } from "../run/answers.ts"
import { watched } from "./watched.ts"

const url = "https://images.test/private-photo.jpg?token=secret"
const chat = model({ id: "chat", task: "text-to-text" })

const answerText = (call: FakeCall) => ({
  status: { code: 10000, description: "Ok", req_id: "req-1" },
  outputs: inputsOf(call).map(() => ({
    status: { code: 10000 },
    model: { id: "chat-v2" },
    data: { text: { raw: "the answer is private" } },
    prompt_tokens: 12,
    completion_tokens: 5
  }))
})

const busy = () => new Response("", { status: 429, headers: { "retry-after": "0" } })

describe("a call", () => {
  it("is a client span with the names of the GenAI conventions", async () => {
    const app = sightline(fakeConnection(answerText))
    const { spans } = await watched(app.text("a private question").predict(chat).asEffect())
    const span = spans.find(({ name }) => name === "predict chat")
    assert.strictEqual(span?.kind, "client")
    assert.deepStrictEqual(Object.fromEntries(span?.attributes ?? []), {
      "gen_ai.operation.name": "predict",
      "gen_ai.provider.name": "clarifai",
      "gen_ai.request.model": "chat",
      "gen_ai.response.model": "chat-v2",
      "gen_ai.response.id": "req-1",
      "gen_ai.usage.input_tokens": 12,
      "gen_ai.usage.output_tokens": 5,
      "http.request.method": "POST",
      "http.request.body.size": span?.attributes.get("http.request.body.size"),
      "http.response.status_code": 200,
      "server.address": "fake.invalid",
      "server.port": 80,
      "sightline.items": 1,
      "sightline.status": 10000
    })
  })

  it("is measured: its duration in seconds, and tokens by their type", async () => {
    const app = sightline(fakeConnection(answerText))
    const { metrics } = await watched(app.text("hello").predict(chat).asEffect())
    const named = (id: string) => metrics.filter((metric) => metric.id === id)
    const [duration] = named("gen_ai.client.operation.duration")
    assert.strictEqual(duration?.type, "Histogram")
    assert.include(duration?.attributes, {
      "gen_ai.operation.name": "predict",
      "gen_ai.request.model": "chat",
      unit: "s"
    })
    const usage = named("gen_ai.client.token.usage").map((metric) => [
      metric.attributes?.["gen_ai.token.type"],
      metric.type === "Histogram" && metric.state.sum
    ])
    assert.deepStrictEqual(Object.fromEntries(usage), { input: 12, output: 5 })
  })

  it("that fails says how in error.type: the class, or the service's number", async () => {
    const refusing = sightline(fakeConnection(() => ({ status: { code: 11102, description: "no" } })))
    const refused = await watched(refusing.input(url).predict(models.general).asEffect())
    const span = refused.spans.find(({ name }) => name.startsWith("predict"))
    assert.strictEqual(span?.attributes.get("error.type"), "11102")
    assert.strictEqual(
      refused.metrics.find(({ id }) => id === "gen_ai.client.operation.duration")?.attributes?.["error.type"],
      "11102"
    )
    const broken = sightline(fakeConnection(() => new Response("<html>", { status: 200 })))
    const malformed = await watched(broken.input(url).predict(models.general).asEffect())
    assert.strictEqual(
      malformed.spans.find(({ name }) => name.startsWith("predict"))?.attributes.get("error.type"),
      "MalformedAnswer"
    )
  })

  it("that fails after repeats counts them", async () => {
    const app = sightline(fakeConnection(busy, { limits: { maxAttempts: 3 } }))
    const { metrics, spans } = await watched(app.input(url).predict(models.general).asEffect())
    const resent = spans.find(({ name }) => name.startsWith("predict"))?.attributes.get("http.request.resend_count")
    assert.strictEqual(resent, 2)
    const counted = metrics.find(({ id }) => id === "sightline.client.repeats")
    assert.strictEqual(counted?.type === "Counter" && counted.state.count, 2)
  })

  it("is measured with few others, whatever names a service answers with", async () => {
    let calls = 0
    const app = sightline(
      fakeConnection(() => ({
        status: { code: 10000 },
        outputs: [{ status: { code: 10000 }, model: { id: `model-${calls++}` }, data: { text: { raw: "hello" } } }]
      }))
    )
    const asking = Effect.forEach(Array.from({ length: 300 }), () => app.text("hello").predict(chat).asEffect())
    const { metrics } = await watched(asking)
    assert.strictEqual(calls, 300)
    assert.isBelow(metrics.length, 300)
  })

  it("writes one line at debug, and no payload, address or key anywhere", async () => {
    const connection = {
      ...fakeConnection(answerConcepts({ train: 0.9 })),
      headers: { authorization: "Key very-secret-key" }
    }
    const { lines, metrics, spans } = await watched(sightline(connection).input(url).predict(models.general).asEffect())
    assert.lengthOf(
      lines.filter((line) => line.includes("POST /v2")),
      1
    )
    const all = JSON.stringify([lines, metrics, spans.map(({ attributes, name }) => [name, [...attributes]])])
    for (const secret of ["very-secret-key", "private-photo", "token=secret", "train"]) assert.notInclude(all, secret)
  })

  it("is told to onEvent: the call and its answer, in ids and counts", async () => {
    const events: Array<CallEvent> = []
    const app = sightline(fakeConnection(answerConcepts({ train: 0.9 })), { onEvent: (event) => events.push(event) })
    await app.inputs([url, url]).predict(models.general).run()
    assert.deepStrictEqual(
      events.map((event) => ("call" in event ? [event.type, event.call.items, event.call.attempt] : event)),
      [
        ["call", 2, 1],
        ["answer", 2, 1]
      ]
    )
    assert.notInclude(JSON.stringify(events), "private-photo")
  })

  it("has one number in all its events, by which lines of JSON are paired: calls at once, repeats, apps of plugins", async () => {
    const lines: Array<string> = []
    let refused = 0
    const connection = fakeConnection(
      (call) =>
        JSON.stringify(call.body).includes("/1.jpg") && refused++ === 0
          ? Response.json({ status: { code: 40031 } }, { status: 503 })
          : answerConcepts({ train: 0.9 })(call),
      { limits: { inputsPerCall: { image: 1, video: 1, audio: 1, text: 1 } } }
    )
    const app = sightline(connection, { onEvent: (event) => lines.push(JSON.stringify(event)) })
    const urls = [0, 1, 2].map((n) => `https://images.test/${n}.jpg`)
    await app.inputs(urls).predict(models.general).run()
    await app
      .use(definePlugin({ name: "other", version: 1 }))
      .input(url)
      .predict(models.general)
      .run()
    const told = new Map<unknown, Array<string>>()
    for (const line of lines) {
      const event = JSON.parse(line) as CallEvent // what was written
      if (!("call" in event)) continue
      const { call, type } = event
      told.set(call.id, [...(told.get(call.id) ?? []), `${type} ${call.attempt}`])
    }
    const once = ["call 1", "answer 1"]
    assert.deepStrictEqual(
      [1, 2, 3, 4].map((id) => told.get(id)),
      [once, ["call 1", "answer 1", "retry 1", "call 2", "answer 2"], once, once]
    )
  })
})
