/**
 * One streamed prediction: a call whose answer comes in pieces, each given on as it arrives.
 * Repeated only before the first piece, where the service says that the model is not ready or the work was not begun.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Settings } from "../connection.ts"
import {
  type CallError,
  Forbidden,
  InvalidRequest,
  MalformedAnswer,
  NotFound,
  RateLimited,
  ServiceFailed,
  ServiceUnavailable,
  TimedOut,
  Unauthorized
} from "../errors.ts"
import { redactUrl, scrub } from "../media/redact.ts"
import { makeStreamReader, type StreamErrorWire, type StreamMessage, type StreamReader } from "../wire/ndjson.ts"
import type { OutputWire } from "../wire/output.ts"
import { errorOf, mayRepeat, succeeded } from "./classify.ts"
import { Deadline } from "./deadline.ts"
import { around, type CallInfo, type Wire } from "./exchange.ts"
import { cutShort, secretsOf, unreachable } from "./failure.ts"
import type { Paced } from "./rate.ts"
import { backoffMs, parseRetryAfter } from "./retry.ts"
import { type Call, open, type RawAnswer } from "./send.ts"
import { readText } from "./text.ts"
import { understand } from "./understand.ts"

/** How long a model may take to become ready, in milliseconds: what the platform's own clients wait. */
const readyWithinMs = 600_000

/** An answer in the middle of being read. */
interface Reading {
  readonly reader: ReadableStreamDefaultReader<Uint8Array>
  readonly lines: StreamReader
  readonly ended: boolean
  /** True once a message has come, even one without a piece. */
  readonly told: boolean
  /** Comes after the pieces that arrived before it. */
  readonly failed?: CallError
}

/** Pieces, and where to read on. */
type Page = readonly [outputs: ReadonlyArray<OutputWire>, reading: Reading]

/** Sends a call and gives the outputs of its answer as they arrive. Ending the stream early closes the socket. */
export const generate = (wire: Wire, call: Call): Stream.Stream<OutputWire, CallError> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const settings = yield* wire.settings
      const opened: Effect.Effect<Page, CallError> = Effect.succeed(yield* begin(wire, settings, call))
      return Stream.paginate(opened, (page) =>
        Effect.map(page, ([outputs, at]) => {
          const over = at.ended && at.failed === undefined
          return [outputs, over ? Option.none() : Option.some(next(settings, call, at))] as const
        })
      )
    })
  )

/** How opening an answer ended. */
interface Tried {
  readonly result: Result.Result<Page, CallError>
  readonly waitMs: number
}

const pacedOf = ({ result, waitMs }: Tried): Paced =>
  Result.isSuccess(result)
    ? { type: "well" }
    : result.failure._tag === "RateLimited"
      ? { type: "throttled", waitMs }
      : { type: "other" }

const aboutOf = (call: Call) => (call.model === undefined ? {} : { model: call.model })

/** Opens the answer up to its first good piece, repeating where that is safe. */
const begin = Effect.fnUntraced(function* (wire: Wire, settings: Settings, call: Call) {
  const { budget, connection, emit, gate } = wire
  const { maxAttempts, maxRetryWaitMs } = connection.limits
  const deadline = yield* Deadline
  const began = yield* Clock.currentTimeMillis
  budget.earn()
  for (let attempt = 1; ; attempt++) {
    const info: CallInfo = {
      method: call.method,
      path: call.path.split("?")[0] ?? call.path,
      model: call.model,
      items: 1,
      bytes: call.body?.byteLength ?? 0,
      attempt,
      streamed: true
    }
    const leftMs = deadline.atMs - (yield* Clock.currentTimeMillis)
    const tried = yield* gate.pass(tryOnce(wire, settings, call, info), pacedOf, Math.min(maxRetryWaitMs, leftMs))
    if ("shutMs" in tried) return yield* new RateLimited({ ...aboutOf(call), retryAfterMs: tried.shutMs })
    if (Result.isSuccess(tried.result)) return tried.result.success
    const error = tried.result.failure
    const now = yield* Clock.currentTimeMillis
    const patient = error._tag === "ModelNotReady" && now - began < readyWithinMs
    const inTime = tried.waitMs <= Math.min(maxRetryWaitMs, deadline.atMs - now)
    if (!mayRepeat(error) || !inTime || !(patient || (attempt < maxAttempts && budget.spend())))
      return yield* Effect.fail(error)
    emit({ type: "retry", call: info, error, waitMs: tried.waitMs })
    yield* Effect.sleep(tried.waitMs)
  }
})

const tryOnce = Effect.fnUntraced(function* (wire: Wire, settings: Settings, call: Call, info: CallInfo) {
  wire.emit({ type: "call", call: info })
  const began = yield* Clock.currentTimeMillis
  const result = yield* Effect.result(openTo(wire, settings, call, info))
  const ms = (yield* Clock.currentTimeMillis) - began
  const error = Result.isFailure(result) ? result.failure : undefined
  const waitMs = backoffMs(
    info.attempt,
    error !== undefined && "retryAfterMs" in error ? error.retryAfterMs : undefined,
    yield* Random.next
  )
  wire.emit(
    error === undefined
      ? { type: "answer", call: info, httpStatus: 200, code: 10000, requestId: undefined, ms }
      : { type: "failure", call: info, error, ms }
  )
  const tried: Tried = { result, waitMs }
  return tried
})

/** The answer up to its first good piece; the socket closes with the scope. */
const openTo = (
  wire: Wire,
  settings: Settings,
  call: Call,
  info: CallInfo
): Effect.Effect<Page, CallError, Scope.Scope> =>
  Effect.gen(function* () {
    const controller = yield* Effect.acquireRelease(
      Effect.sync(() => new AbortController()),
      (controller) => Effect.sync(() => controller.abort())
    )
    const answer = yield* around(wire.hooks, info, headOf(wire, settings, call, controller.signal))
    const body = answer.stream ?? (answer.text === "" ? undefined : new Response(answer.text).body)
    if (answer.httpStatus >= 300 || !body) return yield* refused(settings, call, answer)
    let page: Page = [[], { reader: body.getReader(), lines: makeStreamReader(), ended: false, told: false }]
    while (page[0].length === 0 && !page[1].ended) page = yield* next(settings, call, page[1])
    if (!page[1].told && page[1].failed === undefined)
      return yield* new MalformedAnswer({ ...aboutOf(call), problem: "it ended before its first piece" })
    return page
  })

/** The answer's head as soon as it is there, with its body as a stream; a refusal, with its body read. */
const headOf = (wire: Wire, settings: Settings, call: Call, signal: AbortSignal): Effect.Effect<RawAnswer, CallError> =>
  Effect.gen(function* () {
    const response = yield* within(
      call,
      Effect.tryPromise({
        try: () => open(wire.connection, settings, call, signal),
        catch: (thrown) => unreachable(call, settings, thrown)
      })
    )
    const location = response.headers.get("location")
    const head = {
      httpStatus: response.status,
      retryAfterMs: parseRetryAfter(response.headers.get("retry-after"), yield* Clock.currentTimeMillis),
      location: location === null ? undefined : redactUrl(location)
    }
    if (response.status < 300 && response.body !== null) return { ...head, text: "", stream: response.body }
    const text = yield* within(
      call,
      Effect.tryPromise({
        try: () => readText(response, refusalLimit),
        catch: (thrown) => cutShort(call, settings, response.status, thrown)
      })
    )
    return { ...head, text: text ?? "" }
  })

/** Reads on: the pieces that the next bytes complete, which may be none. */
const next = (settings: Settings, call: Call, reading: Reading): Effect.Effect<Page, CallError> =>
  Effect.gen(function* () {
    if (reading.failed !== undefined) return yield* Effect.fail(reading.failed)
    const { lines, reader } = reading
    const { done, value } = yield* within(
      call,
      Effect.tryPromise({ try: () => reader.read(), catch: (thrown) => cutShort(call, settings, 200, thrown) })
    )
    const outputs: Array<OutputWire> = []
    const messages = value === undefined ? lines.end() : lines.push(value)
    const told = reading.told || messages.length > 0
    for (const message of messages) {
      const error = errorIn(message, settings, call)
      if (error !== undefined) {
        if (outputs.length === 0) return yield* Effect.fail(error)
        return [outputs, { reader, lines, ended: done, told, failed: error }] as const
      }
      if (message.type === "result") outputs.push(...message.result.outputs)
    }
    return [outputs, { reader, lines, ended: done, told }] as const
  })

/** Each wait for bytes ends. */
const within = <A>(call: Call, effect: Effect.Effect<A, CallError>): Effect.Effect<A, CallError> =>
  Effect.timeoutOrElse(effect, {
    duration: call.timeoutMs,
    orElse: () => Effect.fail(new TimedOut({ ...aboutOf(call), what: "attempt", timeoutMs: call.timeoutMs }))
  })

/** The failure that a piece of the answer tells, if it tells one. */
export const errorIn = (message: StreamMessage, settings: Settings, call: Call): CallError | undefined => {
  const secrets = secretsOf(settings, call.secrets)
  if (message.type === "malformed") {
    const { path, problem } = message.problem
    return new MalformedAnswer({ ...aboutOf(call), problem: path === "" ? problem : `${path}: ${problem}` })
  }
  if (message.type === "error") return gatewayError(message.error, call, secrets)
  const { outputs, status } = message.result
  const circumstances = { model: call.model, requestId: status.req_id, secrets }
  if (!succeeded(status)) return errorOf(status, circumstances)
  const bad = outputs.find((output) => output.status !== undefined && !succeeded(output.status))
  return bad?.status === undefined ? undefined : errorOf(bad.status, circumstances)
}

/** The gateway's own failure, by its gRPC status number: https://grpc.io/docs/guides/status-codes/ */
const gatewayError = (error: StreamErrorWire, call: Call, secrets: ReadonlyArray<string>): CallError => {
  const about = { ...aboutOf(call), details: scrub(error.message ?? "the stream broke", secrets) }
  switch (error.code ?? error.grpc_code) {
    case 3:
      return new InvalidRequest(about)
    case 5:
      return new NotFound(about)
    case 7:
      return new Forbidden(about)
    case 8:
    case 14:
      return new ServiceUnavailable(about)
    case 16:
      return new Unauthorized(about)
    default:
      return new ServiceFailed(about)
  }
}

/** Most of a refusal that is read, in bytes. */
const refusalLimit = 1_000_000

/** The failure of a call that was refused before its answer began: a plain body with a status, or none at all. */
const refused = (settings: Settings, call: Call, answer: RawAnswer): Effect.Effect<never, CallError> => {
  const understood = understand(answer, call, settings)
  if ("_tag" in understood) return Effect.fail(understood)
  const { retryAfterMs } = answer
  return Effect.fail(
    errorOf(understood.status, { model: call.model, retryAfterMs, secrets: secretsOf(settings, call.secrets) })
  )
}
