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
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Tracer from "effect/Tracer"
import type { Settings } from "../connection/connection.ts"
import type { CallError } from "../errors/errors.ts"
import { succeeded } from "./status-error.ts"
import type { Answered } from "./call.ts"
import { type Call, pathOf } from "./attempt.ts"

/** The attributes of metrics are text. */
type Texts = Readonly<Record<string, string>>

/** Histograms of one name: each makes one for its attributes, which the registry takes for the same where they are. */
const histograms =
  (id: string, unit: string, description: string, boundaries: ReadonlyArray<number>) => (about: Texts) =>
    Metric.histogram(id, { description, attributes: { unit, ...about }, boundaries })

const seconds = Array.from({ length: 14 }, (_, i) => 2 ** i / 100)

/** From the first attempt to the answer, waits included. */
const durations = histograms("gen_ai.client.operation.duration", "s", "GenAI operation duration, in seconds", seconds)

/** From the first attempt to the first piece of a streamed answer. */
const firstPieces = histograms(
  "gen_ai.client.operation.time_to_first_chunk",
  "s",
  "Time to receive the first chunk of a streamed answer, in seconds",
  seconds
)

/** Tokens that models counted, by `gen_ai.token.type`. */
const tokens = histograms(
  "gen_ai.client.token.usage",
  "{token}",
  "Number of input and output tokens used",
  Array.from({ length: 14 }, (_, i) => 4 ** i)
)

/** Attempts that were repeats of one before. */
const repeats = Metric.counter("sightline.client.repeats", {
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

/** `predict general-image-recognition` for a prediction, `GET /v2/concepts` for anything else. */
export const spanName = (call: Call): string =>
  call.model === undefined ? `${call.method} ${pathOf(call)}` : `predict ${call.model}`

/** Who is asked, and for what. */
const genAi = (model: string) => ({
  "gen_ai.operation.name": "predict",
  "gen_ai.provider.name": "clarifai",
  "gen_ai.request.model": model
})

/** What is known of a call before it is made. */
const attributesBefore = (call: Call, items: number, streamed: boolean) => ({
  "http.request.method": call.method,
  "sightline.items": items,
  "http.request.body.size": call.body?.byteLength ?? 0,
  ...(call.model === undefined ? {} : genAi(call.model)),
  ...(streamed ? { "gen_ai.request.stream": true } : {})
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

const attributesAfter = ({ httpStatus, status }: Answered, { input, model, output }: Counted) => ({
  "http.response.status_code": httpStatus,
  "sightline.status": status.code,
  "gen_ai.response.id": status.req_id,
  "gen_ai.response.model": model,
  "gen_ai.usage.input_tokens": input,
  "gen_ai.usage.output_tokens": output
})

/** How a call ended, without what was answered: whoever holds this holds no answer. */
interface Told {
  readonly attributes: Known
  readonly counted: Counted | undefined
  readonly attempts: number
  readonly failure: string | undefined
  readonly exit: Exit.Exit<void, CallError>
}

const failureOf = (exit: Exit.Exit<unknown, CallError>, answered: Answered | undefined): string | undefined => {
  const failed = Exit.isFailure(exit) ? exit.cause.reasons.find((reason) => reason._tag === "Fail") : undefined
  if (failed?._tag === "Fail") return failed.error._tag
  if (Exit.isFailure(exit) || answered === undefined) return "interrupted"
  return succeeded(answered.status) ? undefined : String(answered.status.code)
}

const toldOf = (exit: Exit.Exit<unknown, CallError>, answered: Answered | undefined, made: number): Told => {
  const counted = answered && countedIn(answered)
  const attempts = answered?.attempts ?? made
  return {
    attributes: {
      "http.request.resend_count": attempts > 1 ? attempts - 1 : undefined,
      ...(answered && counted ? attributesAfter(answered, counted) : {})
    },
    counted,
    attempts,
    failure: failureOf(exit, answered),
    exit: Exit.isFailure(exit) ? exit : answered === undefined ? Exit.interrupt() : Exit.void
  }
}

/** What one server's calls to one model, that ended alike, are measured by. */
interface Gauges {
  readonly duration: Metric.Histogram<number>
  readonly first: Metric.Histogram<number>
  readonly tokens: Readonly<Record<"input" | "output", Metric.Histogram<number>>>
}

/** Kept by where calls go; the registry of metrics keeps as many. */
const gauges = new WeakMap<Attributes, Map<string, Gauges>>()

/** A service that names another model in each of its answers is measured as one, since nothing of it is forgotten. */
const mostGauges = 128

const gaugesOf = (
  model: string,
  server: Attributes,
  answeredBy: string | undefined,
  failure: string | undefined
): Gauges => {
  const known = gauges.get(server) ?? new Map<string, Gauges>()
  gauges.set(server, known)
  const key = JSON.stringify([model, answeredBy, failure])
  const found = known.get(key)
  if (found !== undefined) return found
  if (known.size >= mostGauges && answeredBy !== undefined) return gaugesOf(model, server, undefined, failure)
  const about = {
    ...genAi(model),
    ...Object.fromEntries(Object.entries(server).map(([name, value]) => [name, String(value)])),
    ...(answeredBy === undefined ? {} : { "gen_ai.response.model": answeredBy })
  }
  const tokensOf = (type: string) => tokens({ ...about, "gen_ai.token.type": type })
  const made: Gauges = {
    duration: durations(failure === undefined ? about : { ...about, "error.type": failure }),
    first: firstPieces(about),
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
  firstMs: number | undefined,
  context: Context.Context<never>
): void => {
  if (attempts > 1) repeats.updateUnsafe(attempts - 1, context)
  if (call.model === undefined) return
  const { duration: took, first, tokens: used } = gaugesOf(call.model, server, counted?.model, failure)
  took.updateUnsafe(ms / 1000, context)
  if (firstMs !== undefined) first.updateUnsafe(firstMs / 1000, context)
  for (const type of ["input", "output"] as const) {
    const count = counted?.[type]
    if (count !== undefined) used[type].updateUnsafe(count, context)
  }
}

/** Attributes, where they are known. */
type Known = Readonly<Record<string, string | number | undefined>>

const annotate = (span: Tracer.Span, attributes: Known): void => {
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) span.attribute(name, value)
}

const nowhere: Attributes = {}

/** A call that has begun. */
interface Watch {
  /** Without a tracer nobody could see a span, so none is made. */
  readonly span: Tracer.Span | undefined
  /** Notes that the first piece of a streamed answer is there. */
  readonly begin: () => void
  /** Measures the call and ends its span; to be told of a call once, with what is known by then of its answer. */
  readonly end: (exit: Exit.Exit<unknown, CallError>, answered: Answered | undefined) => void
}

/** What is known of a call on its way: where it goes, and how often it was tried. */
export interface Underway {
  settings: Settings | undefined
  attempts: number
}

const watch = (call: Call, items: number, underway: Underway, streamed: boolean): Effect.Effect<Watch> =>
  Effect.withFiber((fiber) => {
    const clock = fiber.getRef(Clock.Clock)
    const began = clock.currentTimeMillisUnsafe()
    const elapsed = () => clock.currentTimeMillisUnsafe() - began
    const watchOf = (span: Tracer.Span | undefined): Watch => {
      let firstMs: number | undefined
      return {
        span,
        begin: () => {
          firstMs = elapsed()
        },
        end: (exit, answered) => {
          const { attempts, settings } = underway
          const told = toldOf(exit, answered, attempts)
          const server = settings === undefined ? nowhere : serverOf(settings)
          measure(call, server, told, elapsed(), firstMs, fiber.context)
          if (span === undefined) return
          annotate(span, {
            ...server,
            ...told.attributes,
            "gen_ai.response.time_to_first_chunk": firstMs === undefined ? undefined : firstMs / 1000,
            "error.type": told.failure
          })
          span.end(clock.currentTimeNanosUnsafe(), told.exit)
        }
      }
    }
    return fiber.cache.tracer === undefined
      ? Effect.succeed(watchOf(undefined))
      : Effect.map(
          Effect.makeSpan(spanName(call), { kind: "client", attributes: attributesBefore(call, items, streamed) }),
          watchOf
        )
  })

const inSpan = <A, E, R>(effect: Effect.Effect<A, E, R>, { span }: Watch): Effect.Effect<A, E, R> =>
  span === undefined ? effect : Effect.withParentSpan(effect, span, { captureStackTrace: false })

/**
 * Puts a call into its span and measures it.
 *
 * The span is told how the call ended, never what was answered: an exporter would keep it, and show what it holds. No
 * generator and no closure here holds an answer either; a third of a bulk prediction's time went into keeping those.
 */
export const observed = <R>(
  call: Call,
  items: number,
  underway: Underway,
  answered: Effect.Effect<Answered, CallError, R>
): Effect.Effect<Answered, CallError, R> =>
  Effect.flatMap(watch(call, items, underway, false), (watch) =>
    Effect.onExit(inSpan(answered, watch), (exit) =>
      Effect.sync(() => watch.end(exit, Exit.isSuccess(exit) ? exit.value : undefined))
    )
  )

/** An answer whose first piece is there. */
interface Opened<A> {
  readonly pieces: Stream.Stream<A, CallError>
  /** What is known by now of the answer besides its pieces. */
  readonly answered: () => Answered
}

/** The same for a call whose answer comes in pieces: measured to the first, and to where they end or the reader leaves. */
export const observedPieces = <A, R>(
  call: Call,
  underway: Underway,
  opening: Effect.Effect<Opened<A>, CallError, R>
): Stream.Stream<A, CallError, Exclude<R, Scope.Scope>> =>
  Stream.unwrap(
    Effect.map(watch(call, 1, underway, true), (watch) => {
      let opened: Opened<A> | undefined
      const pieces = Effect.map(opening, (now) => {
        opened = now
        watch.begin()
        return now.pieces
      })
      return Stream.onExit(Stream.unwrap(inSpan(pieces, watch)), (exit) =>
        Effect.sync(() => watch.end(exit, opened?.answered()))
      )
    })
  )
