/**
 * Spans and metrics of calls, named as OpenTelemetry's conventions for generative AI do where they apply: ids and
 * counts, never payloads or keys.
 *
 * Source: OpenTelemetry semantic conventions, "GenAI client spans" and "GenAI client metrics", with their advised
 * bucket boundaries (as of 2026-11).
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
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

/** Where a call goes. */
export const serverOf = ({ baseUrl }: Settings): Readonly<Record<string, string | number>> => {
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
  const outputs = Array.isArray(json["outputs"]) ? json["outputs"].filter(isRecord) : []
  const sum = (key: string): number | undefined => {
    const counts = outputs.flatMap((output) => (typeof output[key] === "number" ? [output[key]] : []))
    return counts.length === 0 ? undefined : counts.reduce((all, count) => all + count, 0)
  }
  const model = isRecord(outputs[0]?.["model"]) ? outputs[0]["model"]["id"] : undefined
  return {
    model: typeof model === "string" && model !== "" ? model : undefined,
    input: sum("prompt_tokens"),
    output: sum("completion_tokens")
  }
}

const attributesAfter = (answered: Answered, counted: Counted): Readonly<Record<string, string | number>> => ({
  "http.response.status_code": answered.httpStatus,
  "sightline.status": answered.status.code,
  ...(answered.attempts > 1 ? { "http.request.resend_count": answered.attempts - 1 } : {}),
  ...(answered.status.req_id === undefined ? {} : { "gen_ai.response.id": answered.status.req_id }),
  ...(counted.model === undefined ? {} : { "gen_ai.response.model": counted.model }),
  ...(counted.input === undefined ? {} : { "gen_ai.usage.input_tokens": counted.input }),
  ...(counted.output === undefined ? {} : { "gen_ai.usage.output_tokens": counted.output }),
  ...(succeeded(answered.status) ? {} : { "error.type": String(answered.status.code) })
})

const failureIn = (exit: Exit.Exit<Answered, CallError>): string | undefined => {
  if (Exit.isSuccess(exit)) return succeeded(exit.value.status) ? undefined : String(exit.value.status.code)
  const failed = exit.cause.reasons.find((reason) => reason._tag === "Fail")
  return failed?._tag === "Fail" ? failed.error._tag : "interrupted"
}

const measure = (
  call: Call,
  server: Readonly<Record<string, string | number>>,
  exit: Exit.Exit<Answered, CallError>,
  ms: number
) =>
  Effect.gen(function* () {
    const counted = Exit.isSuccess(exit) ? countedIn(exit.value) : undefined
    const failure = failureIn(exit)
    if (Exit.isSuccess(exit) && counted !== undefined)
      yield* Effect.annotateCurrentSpan(attributesAfter(exit.value, counted))
    else if (failure !== undefined) yield* Effect.annotateCurrentSpan("error.type", failure)
    if (Exit.isSuccess(exit) && exit.value.attempts > 1) yield* Metric.update(repeats, exit.value.attempts - 1)
    if (call.model === undefined) return
    const about = {
      "gen_ai.operation.name": "predict",
      "gen_ai.provider.name": "clarifai",
      "gen_ai.request.model": call.model,
      ...Object.fromEntries(Object.entries(server).map(([key, value]) => [key, String(value)])),
      ...(counted?.model === undefined ? {} : { "gen_ai.response.model": counted.model })
    }
    const ended = failure === undefined ? about : { ...about, "error.type": failure }
    yield* Metric.update(Metric.withAttributes(duration, ended), ms / 1000)
    for (const type of ["input", "output"] as const) {
      const count = counted?.[type]
      if (count !== undefined)
        yield* Metric.update(Metric.withAttributes(tokens, { ...about, "gen_ai.token.type": type }), count)
    }
  })

/** Puts a call into its span and measures it. `settings`: where it goes, once that is known. */
export const observed = <R>(
  call: Call,
  items: number,
  settings: () => Settings | undefined,
  answered: Effect.Effect<Answered, CallError, R>
): Effect.Effect<Answered, CallError, R> =>
  spanned(
    call,
    items,
    Effect.flatMap(Clock.currentTimeMillis, (began) =>
      Effect.onExit(answered, (exit) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const known = settings()
          const server = known === undefined ? {} : serverOf(known)
          return Effect.andThen(Effect.annotateCurrentSpan(server), measure(call, server, exit, now - began))
        })
      )
    )
  )

/** The span is told how the call ended, never what was answered: an exporter would keep it, and show what it holds. */
const spanned = <R>(
  call: Call,
  items: number,
  effect: Effect.Effect<Answered, CallError, R>
): Effect.Effect<Answered, CallError, R> =>
  Effect.flatMap(
    Effect.makeSpan(spanName(call), { kind: "client", attributes: attributesBefore(call, items) }),
    (span) =>
      Effect.onExit(Effect.withParentSpan(effect, span, { captureStackTrace: false }), (exit) =>
        Effect.clockWith((clock) => Effect.sync(() => span.end(clock.currentTimeNanosUnsafe(), Exit.asVoid(exit))))
      )
  )
