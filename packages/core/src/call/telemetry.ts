/**
 * The span of each call, and its metrics: ids and counts, never payloads or keys. Named as OpenTelemetry's conventions
 * for generative AI are.
 *
 * Source: OpenTelemetry semantic conventions, "GenAI client spans" (as of 2026-11).
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Tracer from "effect/Tracer"
import type { CallError } from "../errors/errors.ts"
import { jsonSize } from "../connection/attachments.ts"
import { type Call, pathOf } from "./attempt.ts"
import type { CallResponse } from "./call.ts"
import type { CallSettings } from "./call-runtime.ts"
import { genAiAttributes } from "./metrics.ts"
import { monotonicMsUnsafe } from "./monotonic-clock.ts"
import { isSuccess } from "./status-error.ts"

/** `predict general-image-recognition` for a prediction, `GET /v2/concepts` for any other call. */
export const spanName = (call: Call): string =>
  call.model === undefined ? `${call.method} ${pathOf(call)}` : `predict ${call.model}`

const attributesBefore = (call: Call, items: number, streamed: boolean) => ({
  "http.request.method": call.method,
  "sightline.items": items,
  "http.request.body.size": jsonSize(call.body),
  ...(call.model === undefined ? {} : genAiAttributes(call.model)),
  ...(streamed ? { "gen_ai.request.stream": true } : {})
})

/** The model that an answer names, and its tokens. */
interface Usage {
  readonly answeredBy: string | undefined
  readonly input: number | undefined
  readonly output: number | undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

/** The model of the first output that names one, and the tokens of all outputs together where any were counted. */
const usageOf = ({ json }: CallResponse): Usage => {
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
  return { answeredBy: typeof model === "string" && model !== "" ? model : undefined, input, output }
}

/** How a call ended, without its answer: an object that contains this keeps no answer alive. */
interface CallEnd {
  readonly attributes: MaybeAttributes
  readonly usage: Usage | undefined
  readonly attempts: number
  readonly failure: string | undefined
  readonly exit: Exit.Exit<void, CallError>
}

const failureOf = (exit: Exit.Exit<unknown, CallError>, response: CallResponse | undefined): string | undefined => {
  const failed = Exit.isFailure(exit) ? exit.cause.reasons.find((reason) => reason._tag === "Fail") : undefined
  if (failed?._tag === "Fail") return failed.error._tag
  if (Exit.isFailure(exit) || response === undefined) return "interrupted"
  return isSuccess(response.status) ? undefined : String(response.status.code)
}

const endOf = (exit: Exit.Exit<unknown, CallError>, response: CallResponse | undefined, made: number): CallEnd => {
  const usage = response && usageOf(response)
  const attempts = response?.attempts ?? made
  return {
    attributes: {
      "http.request.resend_count": attempts > 1 ? attempts - 1 : undefined,
      "http.response.status_code": response?.httpStatus,
      "sightline.status": response?.status.code,
      "gen_ai.response.id": response?.status.req_id,
      "gen_ai.response.model": usage?.answeredBy,
      "gen_ai.usage.input_tokens": usage?.input,
      "gen_ai.usage.output_tokens": usage?.output
    },
    usage,
    attempts,
    failure: failureOf(exit, response),
    exit: Exit.isFailure(exit) ? exit : response === undefined ? Exit.interrupt() : Exit.void
  }
}

/** Attributes, where they are known. */
type MaybeAttributes = Readonly<Record<string, string | number | undefined>>

const annotate = (span: Tracer.Span, attributes: MaybeAttributes): void => {
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) span.attribute(name, value)
}

/** An observed call that has begun. */
interface Observation {
  /** Undefined without a tracer. */
  readonly span: Tracer.Span | undefined
  /** Notes that the first piece of a streamed answer has arrived. */
  readonly begin: () => void
  /** Records the metrics and ends the span. To be called once, with what is known by then of the answer. */
  readonly end: (exit: Exit.Exit<unknown, CallError>, response: CallResponse | undefined) => void
}

/** What is known of a call while it is made: its settings, and how many attempts there were. */
export interface CallProgress {
  settings: CallSettings | undefined
  attempts: number
}

const observe = (call: Call, items: number, progress: CallProgress, streamed: boolean): Effect.Effect<Observation> =>
  Effect.withFiber((fiber) => {
    const clock = fiber.getRef(Clock.Clock)
    const began = monotonicMsUnsafe(clock)
    const elapsed = () => monotonicMsUnsafe(clock) - began
    const observationOf = (span: Tracer.Span | undefined): Observation => {
      let firstChunkMs: number | undefined
      return {
        span,
        begin: () => {
          firstChunkMs = elapsed()
        },
        end: (exit, response) => {
          const { attempts, attributes, exit: ended, failure, usage } = endOf(exit, response, progress.attempts)
          const metrics = progress.settings?.metrics
          const measured = {
            model: call.model,
            answeredBy: usage?.answeredBy,
            failure,
            attempts,
            ms: elapsed(),
            firstChunkMs,
            tokens: { input: usage?.input, output: usage?.output }
          }
          metrics?.record(measured, fiber.context)
          if (span === undefined) return
          annotate(span, {
            ...metrics?.attributes,
            ...attributes,
            "gen_ai.response.time_to_first_chunk": firstChunkMs === undefined ? undefined : firstChunkMs / 1000,
            "error.type": failure
          })
          span.end(clock.currentTimeNanosUnsafe(), ended)
        }
      }
    }
    return fiber.cache.tracer === undefined
      ? Effect.succeed(observationOf(undefined))
      : Effect.map(
          Effect.makeSpan(spanName(call), { kind: "client", attributes: attributesBefore(call, items, streamed) }),
          observationOf
        )
  })

const inSpan = <A, E, R>(effect: Effect.Effect<A, E, R>, { span }: Observation): Effect.Effect<A, E, R> =>
  span === undefined ? effect : Effect.withParentSpan(effect, span, { captureStackTrace: false })

/**
 * Puts a call into its span and measures it.
 *
 * The span records how the call ended, never its answer: an exporter would keep it. No generator and no closure here
 * holds an answer either; keeping those took a third of a bulk prediction's time.
 */
export const observeCall = <R>(
  call: Call,
  items: number,
  progress: CallProgress,
  response: Effect.Effect<CallResponse, CallError, R>
): Effect.Effect<CallResponse, CallError, R> =>
  Effect.flatMap(observe(call, items, progress, false), (observation) =>
    Effect.onExit(inSpan(response, observation), (exit) =>
      Effect.sync(() => observation.end(exit, Exit.isSuccess(exit) ? exit.value : undefined))
    )
  )

/** A streamed answer whose first piece has arrived. */
interface OpenedStream<A> {
  readonly pieces: Stream.Stream<A, CallError>
  /** What is known by now of the answer besides its pieces. */
  readonly response: () => CallResponse
}

/** The same for a streamed answer: measured to its first piece, and to its end or to where the reader leaves. */
export const observeStream = <A, R>(
  call: Call,
  progress: CallProgress,
  opening: Effect.Effect<OpenedStream<A>, CallError, R>
): Stream.Stream<A, CallError, Exclude<R, Scope.Scope>> =>
  Stream.unwrap(
    Effect.map(observe(call, 1, progress, true), (observation) => {
      let opened: OpenedStream<A> | undefined
      const pieces = Effect.map(opening, (now) => {
        opened = now
        observation.begin()
        return now.pieces
      })
      return Stream.onExit(Stream.unwrap(inSpan(pieces, observation)), (exit) =>
        Effect.sync(() => observation.end(exit, opened?.response()))
      )
    })
  )
