import { AsyncLocalStorage } from "node:async_hooks"
import { assert, describe, it } from "@effect/vitest"
import { models, sightline } from "../../src/index.ts"
import { failWith, fakeConnection, fakeModel } from "../../src/testing.ts"

interface Recorded {
  readonly name: string
  /** The span that was active when this one was started. */
  readonly parent: string | undefined
  readonly attributes: Record<string, unknown>
  status?: unknown
  ended: number
}

/** A tracer and a meter that remember; the active span is a name, as OpenTelemetry keeps it for asynchronous calls. */
const recorder = () => {
  const active = new AsyncLocalStorage<string>()
  const spans: Array<Recorded> = []
  const measured: Array<readonly [name: string, value: number, attributes: unknown]> = []
  const instrument = (name: string) => {
    const note = (value: number, attributes?: unknown) => void measured.push([name, value, attributes])
    return { record: note, add: note }
  }
  const tracer = {
    startSpan: (name: string) => {
      const span: Recorded = { name, parent: active.getStore(), attributes: {}, ended: 0 }
      spans.push(span)
      return {
        spanContext: () => ({ traceId: "1".repeat(32), spanId: String(spans.length).padStart(16, "0") }),
        setAttribute: (key: string, value: unknown) => (span.attributes[key] = value),
        addEvent: () => undefined,
        setStatus: (status: unknown) => (span.status = status),
        end: () => span.ended++
      }
    }
  }
  return { active, measured, meter: { createHistogram: instrument, createCounter: instrument }, spans, tracer }
}
const url = "https://x.test/a.jpg"
const general = fakeModel(models.general, { concepts: ["train"] })

describe("an app with a tracer and a meter of OpenTelemetry", () => {
  it("has a span for each call, under the caller's", async () => {
    const { active, meter, spans, tracer } = recorder()
    const app = sightline(fakeConnection(general), { meter, tracer })
    await active.run("request 1", () => app.input(url).predict(models.general).run())
    await active.run("request 2", () => Array.fromAsync(app.inputs([url]).predict(models.general).stream()))
    assert.deepStrictEqual(
      spans.map(({ ended, name, parent }) => [name, parent, ended]),
      [
        [`predict ${models.general.id}`, "request 1", 1],
        [`predict ${models.general.id}`, "request 2", 1]
      ]
    )
    assert.strictEqual(spans[0]?.attributes["gen_ai.request.model"], models.general.id)
    assert.isUndefined(spans[0]?.status)
  })
  it("keeps the spans of runs at the same time apart", async () => {
    const { active, spans, tracer } = recorder()
    const app = sightline(fakeConnection([general, fakeModel(models.faces, { regions: [] })]), { tracer })
    await Promise.all([
      active.run("one", () => app.input(url).predict(models.general).run()),
      active.run("two", () => app.input(url).predict(models.faces).run())
    ])
    assert.deepStrictEqual(
      new Set(spans.map(({ name, parent }) => `${parent}: ${name}`)),
      new Set([`two: predict ${models.faces.id}`, `one: predict ${models.general.id}`])
    )
  })
  it("marks a span that failed with the error's tag alone", async () => {
    const { meter, measured, spans, tracer } = recorder()
    const connection = fakeConnection(failWith("NotFound", { details: "private" }))
    await sightline(connection, { meter, tracer }).input(url).predict(models.general).result()
    assert.strictEqual(spans[0]?.attributes["error.type"], "21200")
    assert.notInclude(JSON.stringify(spans), "private")
    assert.include(JSON.stringify(measured), "21200")
  })
  it("measures how long predictions take, with or without a tracer", async () => {
    const { measured, meter } = recorder()
    await sightline(fakeConnection(general), { meter }).input(url).predict(models.general).run()
    const [duration] = measured
    assert.strictEqual(duration?.[0], "gen_ai.client.operation.duration")
    assert.deepInclude(duration?.[2], { "gen_ai.request.model": models.general.id, "gen_ai.operation.name": "predict" })
  })
  it("makes its instruments once, however many runs there are", async () => {
    const { meter } = recorder()
    const made: Array<string> = []
    const counting = {
      createHistogram: (name: string) => (made.push(name), meter.createHistogram(name)),
      createCounter: (name: string) => (made.push(name), meter.createCounter(name))
    }
    const app = sightline(fakeConnection(general), { meter: counting })
    await Promise.all([1, 2, 3].map(() => app.input(url).predict(models.general).run()))
    await Array.fromAsync(app.inputs([url]).predict(models.general).stream())
    assert.lengthOf(made, 3)
  })
})
