import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Tracer from "effect/Tracer"
import { toTracer } from "../../src/call/opentelemetry.ts"
import { NotFound } from "../../src/errors/errors.ts"

type Calls = Array<ReadonlyArray<unknown>>

/** A tracer that notes what it is asked to start, and what its spans are told. */
const recordingTracer = () => {
  const started: Array<{ readonly name: string; readonly options: unknown; readonly context: unknown }> = []
  const calls: Calls = []
  const spans: Array<object> = []
  const note =
    (method: string) =>
    (...args: ReadonlyArray<unknown>) =>
      void calls.push([method, ...args])
  const tracer = {
    startSpan: (name: string, options?: unknown, context?: unknown) => {
      started.push({ name, options, context })
      const span = {
        spanContext: () => ({ traceId: "trace", spanId: `span ${started.length}` }),
        setAttribute: note("attribute"),
        addEvent: note("event"),
        setStatus: note("status"),
        end: note("end")
      }
      spans.push(span)
      return span
    }
  }
  return { tracer, started, calls, spans }
}

/** A meter that notes its instruments and what they record. */
const recordingMeter = () => {
  const made: Calls = []
  const recorded: Calls = []
  const create = (kind: string) => (name: string, options?: unknown) => {
    made.push([kind, name, options])
    const note = (value: number, attributes?: unknown) =>
      void recorded.push(attributes === undefined ? [name, value] : [name, value, attributes])
    return { record: note, add: note }
  }
  return { meter: { createHistogram: create("histogram"), createCounter: create("counter") }, made, recorded }
}

const startTime = 1_700_000_000_123_456_789n
const spanOf = (tracer: Tracer.Tracer, more: Partial<Parameters<Tracer.Tracer["span"]>[0]> = {}): Tracer.Span =>
  tracer.span({
    name: "predict m",
    parent: Option.none(),
    annotations: Context.empty(),
    links: [],
    startTime,
    kind: "client",
    root: false,
    sampled: true,
    ...more
  })
const ok = Exit.succeed("done")

describe("a span", () => {
  it("is started with the number of its kind, and its time in seconds and nanoseconds", () => {
    const { started, tracer } = recordingTracer()
    spanOf(toTracer({ tracer }))
    const options = { kind: 2, startTime: [1_700_000_000, 123_456_789], root: false }
    assert.deepStrictEqual(started, [{ name: "predict m", options, context: undefined }])
  })
  it.each<[Tracer.SpanKind, number]>([
    ["internal", 0],
    ["server", 1],
    ["client", 2],
    ["producer", 3],
    ["consumer", 4]
  ])("of the kind %s has the number %i of OpenTelemetry", (kind, number) => {
    const { started, tracer } = recordingTracer()
    spanOf(toTracer({ tracer }), { kind })
    assert.deepInclude(started[0]?.options, { kind: number })
  })
  it("has the ids of OpenTelemetry's, and zeros without a tracer", () => {
    const { tracer } = recordingTracer()
    const span = spanOf(toTracer({ tracer }))
    assert.deepStrictEqual([span._tag, span.traceId, span.spanId], ["Span", "trace", "span 1"])
    const none = spanOf(toTracer({}))
    assert.deepStrictEqual([none.traceId, none.spanId], ["0".repeat(32), "0".repeat(16)])
  })
  it("names its parent by the key under which OpenTelemetry keeps the active span", () => {
    const { spans, started, tracer } = recordingTracer()
    const made = toTracer({ tracer })
    spanOf(made, { parent: Option.some(spanOf(made)), name: "inner" })
    const context = started[1]?.context as Map<symbol, unknown> & {
      readonly getValue: (key: symbol) => unknown
      readonly setValue: (key: symbol, value: unknown) => typeof context
      readonly deleteValue: (key: symbol) => typeof context
    }
    const key = Symbol.for("OpenTelemetry Context Key SPAN")
    const other = Symbol("other")
    assert.strictEqual(context.getValue(key), spans[0])
    const more = context.setValue(other, 7)
    assert.deepStrictEqual(
      [more.getValue(other), more.getValue(key), context.getValue(other)],
      [7, spans[0], undefined]
    )
    const fewer = more.deleteValue(key)
    assert.deepStrictEqual([fewer.getValue(key), fewer.getValue(other)], [undefined, 7])
  })
  it("without a tracer is no parent of OpenTelemetry's", () => {
    const { started, tracer } = recordingTracer()
    spanOf(toTracer({ tracer }), { parent: Option.some(spanOf(toTracer({}))) })
    assert.isUndefined(started[0]?.context)
    assert.isUndefined(Option.getOrUndefined(spanOf(toTracer({})).parent))
    const alone = toTracer({})
    assert.strictEqual(spanOf(alone, { parent: Option.some(spanOf(alone)) }).name, "predict m")
  })
  it("passes on text, numbers and booleans as they are, and other values as text", () => {
    const { calls, tracer } = recordingTracer()
    const span = spanOf(toTracer({ tracer }))
    for (const value of ["a", 1, true, 7n]) span.attribute("key", value)
    span.event("retry", 2_000_000_003n, { attempt: 2, more: 7n })
    assert.deepStrictEqual(calls, [
      ["attribute", "key", "a"],
      ["attribute", "key", 1],
      ["attribute", "key", true],
      ["attribute", "key", "7"],
      ["event", "retry", { attempt: 2, more: "7" }, [2, 3]]
    ])
    assert.strictEqual(span.attributes.get("key"), 7n)
  })
  it("works without a tracer", () => {
    const span = spanOf(toTracer({}))
    span.attribute("key", "value")
    span.event("retry", 1n)
    span.end(startTime + 1n, Exit.fail(new NotFound({ model: "m" })))
    assert.strictEqual(span.attributes.get("key"), "value")
  })
  it("keeps its links, and those added later", () => {
    const { tracer } = recordingTracer()
    const made = toTracer({ tracer })
    const link = (name: string) => ({ span: spanOf(made, { name }), attributes: {} })
    const [first, second] = [link("first"), link("second")]
    const span = spanOf(made, { links: [first] })
    span.addLinks([second])
    assert.deepStrictEqual(span.links, [first, second])
  })
  it("has a start, then an end with the exit", () => {
    const { calls, tracer } = recordingTracer()
    const span = spanOf(toTracer({ tracer }))
    assert.deepStrictEqual(span.status, { _tag: "Started", startTime })
    const endTime = startTime + 1_000_000_000n
    span.end(endTime, ok)
    assert.deepStrictEqual(span.status, { _tag: "Ended", startTime, endTime, exit: ok })
    assert.deepStrictEqual(calls, [["end", [1_700_000_001, 123_456_789]]])
  })
  it.each<[string, Exit.Exit<never, unknown>, ReadonlyArray<unknown>]>([
    ["the tag of its error alone", Exit.fail(new NotFound({ details: "private" })), [{ code: 2, message: "NotFound" }]],
    ["no word of an error without a tag", Exit.fail(new Error("private")), [{ code: 2, message: "error" }]],
    ["nothing of an interruption", Exit.failCause(Cause.interrupt(1)), []]
  ])("that fails says %s", (_, exit, expected) => {
    const { calls, tracer } = recordingTracer()
    spanOf(toTracer({ tracer })).end(startTime, exit)
    const statuses = calls.filter(([method]) => method === "status").map(([, status]) => status)
    assert.deepStrictEqual(statuses, expected)
  })
})

describe("the metrics", () => {
  const facts = {
    "gen_ai.operation.name": "predict",
    "gen_ai.provider.name": "clarifai",
    "gen_ai.request.model": "m",
    "gen_ai.response.model": "m",
    "server.address": "api.test",
    "server.port": 443
  }
  const endedWith = (attributes: Readonly<Record<string, unknown>>) => {
    const { made, meter, recorded } = recordingMeter()
    const span = spanOf(toTracer({ meter }))
    for (const [key, value] of Object.entries(attributes)) span.attribute(key, value)
    span.end(startTime + 1_500_000_000n, ok)
    return { made, recorded }
  }
  it("are those of OpenTelemetry's conventions for generative AI, and one of repeats", () => {
    assert.deepStrictEqual(endedWith({}).made, [
      [
        "histogram",
        "gen_ai.client.operation.duration",
        { unit: "s", description: "GenAI operation duration, in seconds" }
      ],
      [
        "histogram",
        "gen_ai.client.token.usage",
        { unit: "{token}", description: "Number of input and output tokens used" }
      ],
      ["counter", "sightline.client.repeats", { description: "Calls that were sent again" }]
    ])
  })
  it("contain the seconds of a prediction, with its low-cardinality attributes alone", () => {
    const { recorded } = endedWith({ ...facts, "http.request.body.size": 9 })
    assert.deepStrictEqual(recorded, [["gen_ai.client.operation.duration", 1.5, facts]])
  })
  it("contain the type of an error", () => {
    const failed = { ...facts, "error.type": "21200" }
    assert.deepStrictEqual(endedWith(failed).recorded, [["gen_ai.client.operation.duration", 1.5, failed]])
  })
  it("contain the tokens of each kind that is known", () => {
    const usage = { "gen_ai.usage.input_tokens": 3, "gen_ai.usage.output_tokens": 5 }
    assert.deepStrictEqual(endedWith({ ...facts, ...usage }).recorded.slice(1), [
      ["gen_ai.client.token.usage", 3, { ...facts, "gen_ai.token.type": "input" }],
      ["gen_ai.client.token.usage", 5, { ...facts, "gen_ai.token.type": "output" }]
    ])
  })
  it("contain nothing of a call that is no prediction, except its repeats", () => {
    const { "gen_ai.request.model": _, ...others } = facts
    const recorded = endedWith({ ...others, "http.request.resend_count": 2 }).recorded
    assert.deepStrictEqual(recorded, [["sightline.client.repeats", 2]])
  })
})
