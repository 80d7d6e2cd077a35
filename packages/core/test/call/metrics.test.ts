import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { genAiAttributes, makeServerMetrics, type MeasuredCall } from "../../src/call/metrics.ts"

const settings = (baseUrl: string) => ({
  baseUrl,
  authorization: undefined,
  sessionToken: undefined,
  userId: undefined,
  appId: undefined,
  keyIsAppBound: true
})
const measured = (more: Partial<MeasuredCall> = {}): MeasuredCall => ({
  model: "m",
  answeredBy: undefined,
  failure: undefined,
  attempts: 1,
  ms: 500,
  firstChunkMs: undefined,
  tokens: { input: undefined, output: undefined },
  ...more
})
/** The metrics of these calls, in a registry of their own. */
const recorded = (calls: ReadonlyArray<MeasuredCall>, baseUrl = "https://x.test") =>
  Effect.gen(function* () {
    const context = yield* Effect.context<never>()
    const metrics = makeServerMetrics(settings(baseUrl))
    for (const call of calls) metrics.record(call, context)
    return yield* Metric.snapshot
  }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
const named = (snapshot: ReadonlyArray<Metric.Metric.Snapshot>, id: string) => snapshot.filter((one) => one.id === id)
const duration = "gen_ai.client.operation.duration"

describe("the server of a connection", () => {
  it.each([
    ["https://api.x.test", "api.x.test", 443],
    ["http://api.x.test/proxy", "api.x.test", 80],
    ["http://127.0.0.1:8080", "127.0.0.1", 8080],
    ["other://x.test", "x.test", 443]
  ])("has the address and port of %s", (baseUrl, address, port) => {
    assert.deepStrictEqual(makeServerMetrics(settings(baseUrl)).attributes, {
      "server.address": address,
      "server.port": port
    })
  })
  it("has none where its address is none", () => {
    assert.deepStrictEqual(makeServerMetrics(settings("nowhere")).attributes, {})
  })
})

describe("a measured call", () => {
  it.effect("is in a histogram of its model and server, in seconds", () =>
    Effect.gen(function* () {
      const [histogram, ...others] = yield* recorded([measured(), measured({ ms: 1500 })])
      assert(histogram?.type === "Histogram")
      assert.strictEqual(histogram.id, duration)
      assert.deepInclude(histogram.attributes, {
        ...genAiAttributes("m"),
        unit: "s",
        "server.address": "x.test",
        "server.port": "443"
      })
      assert.deepInclude(histogram.state, { count: 2, sum: 2, min: 0.5, max: 1.5 })
      assert.lengthOf(others, 0)
    })
  )
  it.effect("is apart by how it failed and by what answered", () =>
    Effect.gen(function* () {
      const all = named(
        yield* recorded([measured(), measured({ failure: "NotFound" }), measured({ answeredBy: "other" })]),
        duration
      )
      assert.sameDeepMembers(
        all.map(({ attributes }) => [attributes?.["error.type"], attributes?.["gen_ai.response.model"]]),
        [
          [undefined, undefined],
          ["NotFound", undefined],
          [undefined, "other"]
        ]
      )
    })
  )
  it.effect("counts tokens by their type, and the time to the first piece", () =>
    Effect.gen(function* () {
      const snapshot = yield* recorded([measured({ tokens: { input: 0, output: 7 }, firstChunkMs: 250 })])
      const tokens = named(snapshot, "gen_ai.client.token.usage")
      assert.sameDeepMembers(
        tokens.map(({ attributes, state }) => [
          attributes?.["gen_ai.token.type"],
          (state as { readonly sum: number }).sum
        ]),
        [
          ["input", 0],
          ["output", 7]
        ]
      )
      const [first] = named(snapshot, "gen_ai.client.operation.time_to_first_chunk")
      assert.deepInclude(first?.state, { count: 1, sum: 0.25 })
    })
  )
  it.effect("counts its repeats, also where it is no prediction, which is in no histogram", () =>
    Effect.gen(function* () {
      const snapshot = yield* recorded([measured({ model: undefined, attempts: 3 }), measured({ model: undefined })])
      assert.deepStrictEqual(
        snapshot.map(({ id }) => id),
        ["sightline.client.repeats"]
      )
      assert.deepInclude(snapshot[0]?.state, { count: 2 })
    })
  )
  it.effect("of a service that names ever new models does not fill the registry", () =>
    Effect.gen(function* () {
      const calls = Array.from({ length: 300 }, (_, i) => measured({ answeredBy: `answered ${i}` }))
      const all = named(yield* recorded(calls), duration)
      assert.lengthOf(all, 129)
      const rest = all.find(({ attributes }) => attributes?.["gen_ai.response.model"] === undefined)
      assert.deepInclude(rest?.state, { count: 172 })
    })
  )
})

it("a context without services is enough", () => {
  makeServerMetrics(settings("https://x.test")).record(measured(), Context.empty())
})
