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
import type { Settings } from "../connection/connection.ts"
import {
  type CallError,
  Forbidden,
  InvalidRequest,
  MalformedAnswer,
  NotFound,
  ServiceFailed,
  ServiceUnavailable,
  TimedOut,
  Unauthorized
} from "../errors/errors.ts"
import { scrub } from "../errors/redact.ts"
import { makeStreamReader, type StreamErrorWire, type StreamMessage, type StreamReader } from "../wire/codec/ndjson.ts"
import type { ModelWire } from "../wire/messages/model-messages.ts"
import type { OutputWire } from "../wire/messages/output-messages.ts"
import type { StatusWire } from "../wire/messages/status-messages.ts"
import { observedPieces, type Underway } from "./telemetry.ts"
import { errorOf, mayRepeat, succeeded } from "./status-error.ts"
import { Deadline } from "./deadline.ts"
import { type Answered, around, type CallInfo, infoOf, paused, retryAfterOf, tell, type Wire } from "./call.ts"
import { cutShort, secretsOf, unreachable } from "./network-error.ts"
import type { Paced } from "./rate.ts"
import { backoffMs } from "./retry.ts"
import { type Call, modelOf, open, type RawAnswer, rawOf } from "./attempt.ts"
import { readText } from "../connection/response-body.ts"
import { understand } from "./parse-response.ts"

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
  readonly seen: Seen
}

/** The attempt that is being answered, and what its answer tells besides pieces. */
interface Seen {
  readonly info: CallInfo
  readonly began: number
  status?: StatusWire
  by?: ModelWire
  /** Tokens, as they were told last: each count is of the whole answer so far. */
  input?: number
  output?: number
}

/** Pieces, and where to read on. */
type Page = readonly [outputs: ReadonlyArray<OutputWire>, reading: Reading]

/** Sends a call and gives the outputs of its answer as they arrive. Ending the stream early closes the socket. */
export const generate = (wire: Wire, call: Call): Stream.Stream<OutputWire, CallError> =>
  Stream.suspend(() => {
    const underway: Underway = { settings: undefined, attempts: 1 }
    const opening = Effect.gen(function* () {
      const settings = (underway.settings = yield* wire.settings)
      const first = yield* begin(wire, settings, call)
      const [, { seen }] = first
      const opened: Effect.Effect<Page, CallError> = Effect.succeed(first)
      const pieces = Stream.paginate(opened, (page) =>
        Effect.map(page, ([outputs, at]) => {
          const over = at.ended && at.failed === undefined
          const more = Effect.tapError(next(settings, call, at), (error) => told(wire, seen, error))
          return [outputs, over ? Option.none() : Option.some(more)] as const
        })
      )
      return { pieces, answered: () => answeredBy(seen) }
    })
    return observedPieces(call, underway, opening)
  })

/** That the answer has begun, or how it failed. */
const told = (wire: Wire, seen: Seen, error?: CallError): Effect.Effect<void> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    tell(wire, seen.info, now - seen.began, error === undefined ? answeredBy(seen) : undefined, error)
  )

/** What a call without pieces tells of its answer. */
const answeredBy = ({ by, info, input, output, status = good }: Seen): Answered => ({
  status,
  httpStatus: 200,
  retryAfterMs: undefined,
  attempts: info.attempt,
  json: { outputs: [{ model: by, prompt_tokens: input, completion_tokens: output }] }
})

const good: StatusWire = { code: 10000 }

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

/** Opens the answer up to its first good piece, repeating where that is safe. */
const begin = Effect.fnUntraced(function* (wire: Wire, settings: Settings, call: Call) {
  const { budget, connection, emit, gate } = wire
  const { maxAttempts, maxRetryWaitMs } = connection.limits
  const deadline = yield* Deadline
  const began = yield* Clock.currentTimeMillis
  budget.earn()
  const id = wire.nextId()
  for (let attempt = 1; ; attempt++) {
    const info: CallInfo = { ...infoOf(id, call, 1, attempt), streamed: true }
    const readyAt = yield* Clock.currentTimeMillis
    const leftMs = deadline.atMs - readyAt
    const tried = yield* gate.pass(
      tryOnce(wire, settings, call, info, readyAt),
      pacedOf,
      Math.min(maxRetryWaitMs, leftMs)
    )
    if ("shutMs" in tried) return yield* paused(call, tried.shutMs)
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

const tryOnce = Effect.fnUntraced(function* (
  wire: Wire,
  settings: Settings,
  call: Call,
  info: CallInfo,
  readyAt: number
) {
  const seen: Seen = { info, began: yield* Clock.currentTimeMillis }
  wire.emit({ type: "call", call: info, rateWaitMs: seen.began - readyAt })
  const result = yield* Effect.result(openTo(wire, settings, call, seen))
  const error = Result.isFailure(result) ? result.failure : undefined
  yield* told(wire, seen, error)
  const tried: Tried = { result, waitMs: backoffMs(info.attempt, retryAfterOf(error), yield* Random.next) }
  return tried
})

/** The answer up to its first good piece; the socket closes with the scope, and at once where the attempt fails. */
const openTo = (wire: Wire, settings: Settings, call: Call, seen: Seen): Effect.Effect<Page, CallError, Scope.Scope> =>
  Effect.gen(function* () {
    const controller = yield* Effect.acquireRelease(
      Effect.sync(() => new AbortController()),
      (controller) => Effect.sync(() => controller.abort())
    )
    return yield* Effect.tapError(firstOf(wire, settings, call, seen, controller.signal), () =>
      Effect.sync(() => controller.abort())
    )
  })

const firstOf = (
  wire: Wire,
  settings: Settings,
  call: Call,
  seen: Seen,
  signal: AbortSignal
): Effect.Effect<Page, CallError> =>
  Effect.gen(function* () {
    const answer = yield* around(wire.hooks, seen.info, headOf(wire, settings, call, signal))
    const body = answer.stream ?? (answer.text === "" ? undefined : new Response(answer.text).body)
    if (answer.httpStatus >= 300 || !body) return yield* refused(settings, call, answer)
    let page: Page = [[], { reader: body.getReader(), lines: makeStreamReader(), ended: false, told: false, seen }]
    while (page[0].length === 0 && !page[1].ended) page = yield* next(settings, call, page[1])
    if (!page[1].told && page[1].failed === undefined)
      return yield* new MalformedAnswer({ ...modelOf(call), problem: "it ended before its first piece" })
    return page
  })

/** The answer's head as soon as it is there, with its body as a stream; a refusal, with its body read. */
const headOf = (wire: Wire, settings: Settings, call: Call, signal: AbortSignal): Effect.Effect<RawAnswer, CallError> =>
  Effect.gen(function* () {
    const response = yield* within(
      call,
      Effect.tryPromise({
        try: () => open(wire, settings, call, signal),
        catch: (thrown) => unreachable(call, settings, thrown)
      })
    )
    const { body, status: httpStatus } = response
    const clock = yield* Clock.Clock
    if (httpStatus < 300 && body !== null) return { ...rawOf({ response, httpStatus, text: "" }, clock), stream: body }
    const text = yield* within(
      call,
      Effect.tryPromise({
        try: () => readText(response, refusalLimit),
        catch: (thrown) => cutShort(call, settings, httpStatus, thrown)
      })
    )
    return rawOf({ response, httpStatus, text: text ?? "" }, clock)
  })

/** Reads on: the pieces that the next bytes complete, which may be none. */
const next = (settings: Settings, call: Call, reading: Reading): Effect.Effect<Page, CallError> =>
  Effect.gen(function* () {
    if (reading.failed !== undefined) return yield* Effect.fail(reading.failed)
    const { lines, reader, seen } = reading
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
        return [outputs, { ...reading, ended: done, told, failed: error }] as const
      }
      if (message.type !== "result") continue // malformed and errors are failures
      seen.status ??= message.result.status
      for (const output of message.result.outputs) {
        outputs.push(output)
        note(seen, output)
      }
    }
    return [outputs, { ...reading, ended: done, told }] as const
  })

const note = (seen: Seen, { completion_tokens, model, prompt_tokens }: OutputWire): void => {
  if (model) seen.by = model
  if (prompt_tokens !== undefined) seen.input = prompt_tokens
  if (completion_tokens !== undefined) seen.output = completion_tokens
}

/** Each wait for bytes ends. */
const within = <A>(call: Call, effect: Effect.Effect<A, CallError>): Effect.Effect<A, CallError> =>
  Effect.timeoutOrElse(effect, {
    duration: call.timeoutMs,
    orElse: () => Effect.fail(new TimedOut({ ...modelOf(call), what: "attempt", timeoutMs: call.timeoutMs }))
  })

/** The failure that a piece of the answer tells, if it tells one. */
export const errorIn = (message: StreamMessage, settings: Settings, call: Call): CallError | undefined => {
  const secrets = secretsOf(settings, call.secrets)
  if (message.type === "malformed") {
    const { path, problem } = message.problem
    return new MalformedAnswer({ ...modelOf(call), problem: path === "" ? problem : `${path}: ${problem}` })
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
  const about = { ...modelOf(call), details: scrub(error.message ?? "the stream broke", secrets) }
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
