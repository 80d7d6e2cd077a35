import { models, sightline } from "@sightline/core"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { expect, it } from "vitest"
import { inProcess, submit, work } from "../../src/index.ts"
import { addresses, countingService } from "../service/counting-service.ts"

/** The key of the span in a context of OpenTelemetry, as its API makes it. */
const spanKey = Symbol.for("OpenTelemetry Context Key SPAN")

interface Span {
  readonly name: string
  readonly parent: string | undefined
  readonly attributes: Record<string, unknown>
  ended: number
}

/** A tracer and a meter that remember. */
const recorder = () => {
  const spans: Array<Span> = []
  const counted: Array<readonly [name: string, value: number, attributes: unknown]> = []
  const tracer = {
    startSpan: (name: string, _: unknown, context?: unknown) => {
      const given = context as { readonly getValue: (key: symbol) => { readonly label: string } } | undefined
      const span: Span = { name, parent: given?.getValue(spanKey).label, attributes: {}, ended: 0 }
      spans.push(span)
      return {
        label: name,
        spanContext: () => ({ traceId: "1".repeat(32), spanId: String(spans.length).padStart(16, "0") }),
        setAttribute: (key: string, value: unknown) => (span.attributes[key] = value),
        addEvent: () => undefined,
        setStatus: () => undefined,
        end: () => span.ended++
      }
    }
  }
  const meter = {
    createHistogram: () => ({ record: () => undefined }),
    createCounter: (name: string) => ({
      add: (value: number, attributes: unknown) => void counted.push([name, value, attributes])
    })
  }
  return { counted, meter, spans, tracer }
}

it("a unit has a span above those of its calls, and settled inputs are counted by their outcome", async () => {
  const { counted, meter, spans, tracer } = recorder()
  await using executor = inProcess()
  const { connection } = countingService({ behave: (url) => (url.endsWith("/2.jpg") ? "refuse" : "answer") })
  const app = sightline(connection, { meter, tracer })
  const job = await submit(app.inputs([]).predict(models.general), { source: addresses(5), executor })
  await work({ app, executor, until: "idle" }).finished
  const [unit, ...calls] = spans
  expect(unit).toMatchObject({
    name: "job unit",
    ended: 1,
    attributes: {
      "sightline.job.id": job.id,
      "sightline.job.unit": 0,
      "sightline.job.attempt": 1,
      "sightline.items": 5
    }
  })
  expect(calls.length).toBeGreaterThan(0)
  expect(calls.map(({ name, parent }) => [name, parent])).toEqual(
    calls.map(() => [`predict ${models.general.id}`, "job unit"])
  )
  expect(counted.filter(([name]) => name === "sightline.job.settled")).toEqual([
    ["sightline.job.settled", 4, { "sightline.job.outcome": "succeeded" }],
    ["sightline.job.settled", 1, { "sightline.job.outcome": "failed" }]
  ])
  // users of Effect read the same from its registry
  const own = Effect.runSync(Metric.snapshot).filter(({ id }) => id === "sightline.job.settled")
  expect(own.length).toBe(2)
})
