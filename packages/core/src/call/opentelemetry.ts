/**
 * Spans and metrics of calls through OpenTelemetry's API, for programs that do not use Effect. Loaded where an app is given
 * a tracer or a meter. The forms below are those of `@opentelemetry/api` 1.x, which is not imported: a program without it
 * must bundle.
 */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import type { OpenTelemetry, OpenTelemetryMeter, OpenTelemetrySpan } from "./opentelemetry-types.ts"

/** The key of the active span in a context: the API makes it by `Symbol.for`, so that its versions understand each other. */
const spanKey = Symbol.for("OpenTelemetry Context Key SPAN")

/** A context of OpenTelemetry that holds values: enough to name the parent of a span. */
const contextOf = (values: ReadonlyMap<symbol, unknown>): object => ({
  getValue: (key: symbol) => values.get(key),
  setValue: (key: symbol, value: unknown) => contextOf(new Map([...values, [key, value]])),
  deleteValue: (key: symbol) => contextOf(new Map([...values].filter(([other]) => other !== key)))
})

/** Numbers of `SpanKind`. */
const kinds: Readonly<Record<Tracer.SpanKind, number>> = { internal: 0, server: 1, client: 2, producer: 3, consumer: 4 }
/** Number of `SpanStatusCode.ERROR`. */
const failed = 2

/** Nanoseconds since 1970 as OpenTelemetry has them: seconds and nanoseconds. */
const toTime = (nanos: bigint): readonly [number, number] => [
  Number(nanos / 1_000_000_000n),
  Number(nanos % 1_000_000_000n)
]

const attributeOf = (value: unknown): unknown =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : String(value)

const tagOf = (cause: Cause.Cause<unknown>): string => {
  const error: unknown = Cause.squash(cause)
  const tag: unknown = Object(error)._tag
  return typeof tag === "string" ? tag : "error"
}

/** One span: OpenTelemetry's, where there is a tracer, and what the metrics need of it. */
class CallSpan implements Tracer.Span {
  readonly _tag = "Span"
  readonly name: string
  readonly spanId: string
  readonly traceId: string
  readonly parent: Option.Option<Tracer.AnySpan>
  readonly annotations: Context.Context<never>
  readonly attributes = new Map<string, unknown>()
  readonly links: Array<Tracer.SpanLink>
  readonly sampled: boolean
  readonly kind: Tracer.SpanKind
  readonly inner: OpenTelemetrySpan | undefined
  readonly #ended: (span: CallSpan, seconds: number) => void
  status: Tracer.SpanStatus

  constructor(
    options: Parameters<Tracer.Tracer["span"]>[0],
    inner: OpenTelemetrySpan | undefined,
    ended: (span: CallSpan, seconds: number) => void
  ) {
    const about = inner?.spanContext()
    this.name = options.name
    this.spanId = about?.spanId ?? "0000000000000000"
    this.traceId = about?.traceId ?? "00000000000000000000000000000000"
    this.parent = options.parent
    this.annotations = options.annotations
    this.links = [...options.links]
    this.sampled = options.sampled
    this.kind = options.kind
    this.inner = inner
    this.#ended = ended
    this.status = { _tag: "Started", startTime: options.startTime }
  }

  attribute(key: string, value: unknown): void {
    this.attributes.set(key, value)
    this.inner?.setAttribute(key, attributeOf(value))
  }

  event(name: string, startTime: bigint, attributes: Record<string, unknown> = {}): void {
    const plain = Object.entries(attributes).map(([key, value]) => [key, attributeOf(value)])
    this.inner?.addEvent(name, Object.fromEntries(plain), toTime(startTime))
  }

  addLinks(links: ReadonlyArray<Tracer.SpanLink>): void {
    this.links.push(...links)
  }

  end(endTime: bigint, exit: Exit.Exit<unknown, unknown>): void {
    const { startTime } = this.status
    this.status = { _tag: "Ended", startTime, endTime, exit }
    // the tag alone: a message may quote what the service said
    if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause))
      this.inner?.setStatus({ code: failed, message: tagOf(exit.cause) })
    this.inner?.end(toTime(endTime))
    this.#ended(this, Number(endTime - startTime) / 1e9)
  }
}

const measured = ["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.model"]
const places = ["server.address", "server.port", "error.type"]

/** Records the metrics of a prediction when its span ends. */
const recorder = (meter: OpenTelemetryMeter): ((span: CallSpan, seconds: number) => void) => {
  const duration = meter.createHistogram("gen_ai.client.operation.duration", {
    unit: "s",
    description: "GenAI operation duration, in seconds"
  })
  const tokens = meter.createHistogram("gen_ai.client.token.usage", {
    unit: "{token}",
    description: "Number of input and output tokens used"
  })
  const repeats = meter.createCounter("sightline.client.repeats", { description: "Calls that were sent again" })
  return ({ attributes }, seconds) => {
    const again = attributes.get("http.request.resend_count")
    if (typeof again === "number") repeats.add(again)
    if (!attributes.has("gen_ai.request.model")) return
    const about: Record<string, unknown> = {}
    for (const name of [...measured, ...places]) if (attributes.has(name)) about[name] = attributes.get(name)
    duration.record(seconds, about)
    for (const type of ["input", "output"]) {
      const count = attributes.get(`gen_ai.usage.${type}_tokens`)
      if (typeof count === "number") tokens.record(count, { ...about, "gen_ai.token.type": type })
    }
  }
}

/**
 * Effect's tracer over a tracer and a meter of OpenTelemetry. A span without a parent of ours is started without a context,
 * so that OpenTelemetry takes the active one: that of the program that runs the chain.
 */
export const toTracer = ({ meter, tracer }: OpenTelemetry): Tracer.Tracer => {
  const record = meter === undefined ? () => {} : recorder(meter)
  return Tracer.make({
    span: (options) => {
      const parent = Option.getOrUndefined(options.parent)
      const settings = { kind: kinds[options.kind], startTime: toTime(options.startTime), root: options.root }
      const inner =
        parent instanceof CallSpan && parent.inner !== undefined
          ? tracer?.startSpan(options.name, settings, contextOf(new Map([[spanKey, parent.inner]])))
          : tracer?.startSpan(options.name, settings)
      return new CallSpan(options, inner, record)
    }
  })
}
