/**
 * Spans and metrics of calls, named as OpenTelemetry's conventions for generative AI do where they apply: ids and
 * counts, never payloads or keys.
 *
 * Source: OpenTelemetry semantic conventions, "GenAI client spans" and "GenAI client metrics", with their advised
 * bucket boundaries (as of 2026-11).
 */
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import type * as Tracer from "effect/Tracer"
import type { Settings } from "../connection.ts"
import type { CallError } from "../errors.ts"
import { succeeded } from "../transport/classify.ts"
import type { Answered } from "../transport/exchange.ts"
import type { Call } from "../transport/send.ts"

/** Seconds from the first attempt to the answer, waits included. */
export const duration = Metric.histogram("gen_ai.client.operation.duration", {
  description: "GenAI operation duration, in seconds",
  attributes: { unit: "s" },
  boundaries: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]
})

/** Tokens that models counted, by `gen_ai.token.type`. */
export const tokens = Metric.histogram("gen_ai.client.token.usage", {
  description: "Number of input and output tokens used",
  attributes: { unit: "{token}" },
  boundaries: Array.from({ length: 14 }, (_, i) => 4 ** i)
})

/** Attempts that were repeats of one before. */
export const repeats = Metric.counter("sightline.client.repeats", {
  description: "Calls that were sent again",
  incremental: true
})

const ports: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 }

type Attributes = Readonly<Record<string, string | number>>

/** Those of a connection are found once: every call tells them. */
const servers = new WeakMap<Settings, Attributes>()

/** Where a call goes. */
export const serverOf = (settings: Settings): Attributes => {
  const known = servers.get(settings)
  if (known !== undefined) return known
  const found = partsOf(settings)
  servers.set(settings, found)
  return found
}

const partsOf = ({ baseUrl }: Settings): Attributes => {
  if (!URL.canParse(baseUrl)) return {}
  const { hostname, port, protocol } = new URL(baseUrl)
  return { "server.address": hostname, "server.port": port === "" ? (ports[protocol] ?? 443) : Number(port) }
}

const pathOf = (call: Call): string => call.path.split("?")[0] ?? call.path

/** `predict general-image-recognition` for a prediction, `GET /v2/concepts` for anything else. */
export const spanName = (call: Call): string =>
  call.model === undefined ? `${call.method} ${pathOf(call)}` : `predict ${call.model}`

/** What is known of a call before it is made. */
export const attributesBefore = (call: Call, items: number): Readonly<Record<string, string | number>> => ({
  "http.request.method": call.method,
  "sightline.items": items,
  "http.request.body.size": call.body?.byteLength ?? 0,
  ...(call.model === undefined
    ? {}
    : {
        "gen_ai.operation.name": "predict",
        "gen_ai.provider.name": "clarifai",
        "gen_ai.request.model": call.model
      })
})

interface Counted {
  readonly model: string | undefined
  readonly input: number | undefined
  readonly output: number | undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

/** The model that answered, and the tokens of all outputs together where any were counted. */
const countedIn = ({ json }: Answered): Counted => {
  const outputs: unknown = json["outputs"]
  let model: unknown
  let [input, output]: [number | undefined, number | undefined] = [undefined, undefined]
  if (Array.isArray(outputs))
    for (const one of outputs) {
      if (!isRecord(one)) continue
      const { completion_tokens, model: by, prompt_tokens } = one
      if (model === undefined && isRecord(by)) model = by["id"]
      if (typeof prompt_tokens === "number") input = (input ?? 0) + prompt_tokens
      if (typeof completion_tokens === "number") output = (output ?? 0) + completion_tokens
    }
  return { model: typeof model === "string" && model !== "" ? model : undefined, input, output }
}

const attributesAfter = (answered: Answered, counted: Counted): Readonly<Record<string, string | number>> => ({
  "http.response.status_code": answered.httpStatus,
  "sightline.status": answered.status.code,
  ...(answered.attempts > 1 ? { "http.request.resend_count": answered.attempts - 1 } : {}),
  ...(answered.status.req_id === undefined ? {} : { "gen_ai.response.id": answered.status.req_id }),
  ...(counted.model === undefined ? {} : { "gen_ai.response.model": counted.model }),
  ...(counted.input === undefined ? {} : { "gen_ai.usage.input_tokens": counted.input }),
  ...(counted.output === undefined ? {} : { "gen_ai.usage.output_tokens": counted.output })
})

/** How a call ended, without what was answered: whoever holds this holds no answer. */
interface Told {
  readonly attributes: Readonly<Record<string, string | number>>
  readonly counted: Counted | undefined
  readonly attempts: number
  readonly failure: string | undefined
  readonly exit: Exit.Exit<void, CallError>
}

const toldOf = (exit: Exit.Exit<Answered, CallError>): Told => {
  if (Exit.isFailure(exit)) {
    const failed = exit.cause.reasons.find((reason) => reason._tag === "Fail")
    const failure = failed?._tag === "Fail" ? failed.error._tag : "interrupted"
    return { attributes: {}, counted: undefined, attempts: 1, failure, exit }
  }
  const { attempts, status } = exit.value
  const counted = countedIn(exit.value)
  return {
    attributes: attributesAfter(exit.value, counted),
    counted,
    attempts,
    failure: succeeded(status) ? undefined : String(status.code),
    exit: Exit.void
  }
}

/** What one server's calls to one model, that ended alike, are measured by. */
interface Gauges {
  readonly duration: typeof duration
  readonly tokens: Readonly<Record<"input" | "output", typeof tokens>>
}

/** Kept by where calls go; the registry of metrics keeps as many. */
const gauges = new WeakMap<Attributes, Map<string, Gauges>>()

/** The attributes of metrics are text. */
const gaugesOf = (model: string, server: Attributes, answeredBy: string | undefined, failure: string | undefined) => {
  const known = gauges.get(server) ?? new Map<string, Gauges>()
  gauges.set(server, known)
  const key = JSON.stringify([model, answeredBy, failure])
  const found = known.get(key)
  if (found !== undefined) return found
  const about = {
    "gen_ai.operation.name": "predict",
    "gen_ai.provider.name": "clarifai",
    "gen_ai.request.model": model,
    ...Object.fromEntries(Object.entries(server).map(([name, value]) => [name, String(value)])),
    ...(answeredBy === undefined ? {} : { "gen_ai.response.model": answeredBy })
  }
  const tokensOf = (type: string) => Metric.withAttributes(tokens, { ...about, "gen_ai.token.type": type })
  const made: Gauges = {
    duration: Metric.withAttributes(duration, failure === undefined ? about : { ...about, "error.type": failure }),
    tokens: { input: tokensOf("input"), output: tokensOf("output") }
  }
  known.set(key, made)
  return made
}

/** Updates the metrics. */
const measure = (
  call: Call,
  server: Attributes,
  { attempts, counted, failure }: Told,
  ms: number,
  context: Context.Context<never>
): void => {
  if (attempts > 1) repeats.updateUnsafe(attempts - 1, context)
  if (call.model === undefined) return
  const { duration: took, tokens: used } = gaugesOf(call.model, server, counted?.model, failure)
  took.updateUnsafe(ms / 1000, context)
  for (const type of ["input", "output"] as const) {
    const count = counted?.[type]
    if (count !== undefined) used[type].updateUnsafe(count, context)
  }
}

const annotate = (span: Tracer.Span, attributes: Attributes): void => {
  for (const [name, value] of Object.entries(attributes)) span.attribute(name, value)
}

/** How long calls take goes to metrics always; `tell` puts it on a span, where there is one. */
const timed = <R>(
  call: Call,
  settings: () => Settings | undefined,
  answered: Effect.Effect<Answered, CallError, R>,
  tell: (told: Told, server: Attributes, clock: Clock.Clock) => void
): Effect.Effect<Answered, CallError, R> =>
  Effect.withFiber((fiber) => {
    const clock = fiber.getRef(Clock.Clock)
    const began = clock.currentTimeMillisUnsafe()
    return Effect.onExit(answered, (exit) => {
      const told = toldOf(exit)
      const known = settings()
      const server = known === undefined ? nowhere : serverOf(known)
      measure(call, server, told, clock.currentTimeMillisUnsafe() - began, fiber.context)
      tell(told, server, clock)
      return Effect.void
    })
  })

const nowhere: Attributes = {}

/**
 * Puts a call into its span and measures it. `settings`: where it goes, once that is known.
 *
 * The span is told how the call ended, never what was answered: an exporter would keep it, and show what it holds. No
 * generator and no closure here holds an answer either; a third of a bulk prediction's time went into keeping those.
 * Without a tracer nobody could see a span, so none is made.
 */
export const observed = <R>(
  call: Call,
  items: number,
  settings: () => Settings | undefined,
  answered: Effect.Effect<Answered, CallError, R>
): Effect.Effect<Answered, CallError, R> =>
  Effect.withFiber((fiber) =>
    fiber.cache.tracer === undefined
      ? timed(call, settings, answered, () => {})
      : Effect.flatMap(
          Effect.makeSpan(spanName(call), { kind: "client", attributes: attributesBefore(call, items) }),
          (span) =>
            timed(
              call,
              settings,
              Effect.withParentSpan(answered, span, { captureStackTrace: false }),
              (told, server, clock) => {
                annotate(span, { ...server, ...told.attributes })
                if (told.failure !== undefined) span.attribute("error.type", told.failure)
                span.end(clock.currentTimeNanosUnsafe(), told.exit)
              }
            )
        )
  )
