/**
 * One streamed prediction: a call whose answer arrives in pieces, each passed on at once. Repeated only before its first
 * piece, where the model is not ready or the work was not begun.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { readText } from "../connection/response-body.ts"
import { type CallError, MalformedAnswer, TimedOut } from "../errors/errors.ts"
import type { Secrets } from "../errors/secrets.ts"
import { makeStreamReader, type StreamMessage, type StreamReader } from "../wire/codec/ndjson.ts"
import type { ModelWire } from "../wire/messages/model-messages.ts"
import type { OutputWire } from "../wire/messages/output-messages.ts"
import * as Status from "../wire/messages/status-codes.ts"
import type { StatusWire } from "../wire/messages/status-messages.ts"
import { aroundAttempt } from "./around-attempt.ts"
import { type Call, openResponse, type RawResponse, toRawResponse } from "./attempt.ts"
import { type CallResponse, pausedByService, reportAttempt, toPaced, toRetry } from "./call.ts"
import { type CallInfo, callInfo } from "./call-info.ts"
import { permitted } from "./call-permit.ts"
import type { CallRuntime, CallSettings } from "./call-runtime.ts"
import { Deadline, deadlineIn, type RunDeadline, runTimedOut, timeLeft, withDeadline } from "./deadline.ts"
import { gatewayError } from "./gateway-error.ts"
import { monotonicMs } from "./monotonic-clock.ts"
import { modelOf, networkError, truncatedAnswer } from "./network-error.ts"
import { parseResponse } from "./parse-response.ts"
import { type Attempted, retrying } from "./retry.ts"
import type { RetryCause } from "./retry-budget.ts"
import { isSuccess, statusError } from "./status-error.ts"
import { type CallProgress, observeStream } from "./telemetry.ts"

/** How long a model may take to become ready, in milliseconds: what the platform's own clients wait. */
const readyWithinMs = 600_000

/** Most of a refusal that is read, in bytes. */
const maxRefusalBytes = 1_000_000

/** What all steps of one streamed call share. */
interface StreamedCall {
  readonly runtime: CallRuntime
  readonly settings: CallSettings
  readonly call: Call
  /** Of the whole answer: it may arrive forever, each piece in time. */
  readonly deadline: RunDeadline
  /** The credential and the call's own secrets. */
  readonly secrets: Secrets
}

/** An answer in the middle of being read. */
interface Reading {
  readonly reader: ReadableStreamDefaultReader<Uint8Array>
  readonly lines: StreamReader
  readonly ended: boolean
  /** True once a message has arrived, even one without a piece. */
  readonly started: boolean
  /** Fails the stream after the pieces that arrived before it. */
  readonly failed?: CallError
  readonly facts: AnswerFacts
}

/** The attempt that is being answered, and what its answer contains besides pieces. */
interface AnswerFacts {
  readonly info: CallInfo
  readonly began: number
  status?: StatusWire
  by?: ModelWire
  /** Token counts, of which the last one counts: each is of the whole answer so far. */
  input?: number
  output?: number
}

/** Pieces, and where to read on. */
type Page = readonly [outputs: ReadonlyArray<OutputWire>, reading: Reading]

/** Sends a call and returns the outputs of its answer as they arrive. Leaving the stream early closes the socket. */
export const generate = (runtime: CallRuntime, call: Call): Stream.Stream<OutputWire, CallError> =>
  Stream.suspend(() => {
    const progress: CallProgress = { settings: undefined, attempts: 1 }
    const opening = Effect.gen(function* () {
      const settings = (progress.settings = yield* runtime.settings)
      const streamed: StreamedCall = {
        runtime,
        settings,
        call,
        deadline: yield* answerDeadline(runtime),
        secrets: settings.secrets.with(call.secrets ?? [])
      }
      const first = yield* openStream(streamed)
      const [, { facts }] = first
      const opened: Effect.Effect<Page, CallError> = Effect.succeed(first)
      const pieces = Stream.paginate(opened, (page) =>
        Effect.map(page, ([outputs, at]) => {
          const over = at.ended && at.failed === undefined
          const more = Effect.tapError(nextPage(streamed, at), (error) => report(runtime, facts, error))
          return [outputs, over ? Option.none() : Option.some(more)] as const
        })
      )
      return { pieces, response: () => responseOf(facts) }
    })
    return observeStream(call, progress, opening)
  })

/** The run's deadline, and at the latest that of a whole answer. */
const answerDeadline = ({ connection }: CallRuntime): Effect.Effect<RunDeadline> =>
  Effect.flatMap(Deadline, (run) =>
    Effect.map(deadlineIn(connection.limits.streamTimeoutMs), (own) => (run.atMs <= own.atMs ? run : own))
  )

/** Reports that the answer has begun, or how it failed. */
const report = (runtime: CallRuntime, facts: AnswerFacts, error?: CallError): Effect.Effect<void> =>
  Effect.flatMap(monotonicMs, (now) =>
    reportAttempt(runtime, facts.info, now - facts.began, error === undefined ? responseOf(facts) : undefined, error)
  )

const success: StatusWire = { code: Status.SUCCESS }

/** What is known of an answer without its pieces. */
const responseOf = ({ by, info, input, output, status = success }: AnswerFacts): CallResponse => ({
  status,
  httpStatus: 200,
  retryAfterMs: undefined,
  attempts: info.attempt,
  json: { outputs: [{ model: by, prompt_tokens: input, completion_tokens: output }] }
})

/** How opening an answer ended. */
interface OpenAttempt extends Attempted {
  readonly result: Result.Result<Page, CallError>
}

/** Opens the answer up to its first good piece, repeating where that is safe. */
const openStream = (streamed: StreamedCall): Effect.Effect<Page, CallError, Scope.Scope> =>
  Effect.flatMap(monotonicMs, (began) => {
    const { call, deadline, runtime } = streamed
    const { connection, state } = runtime
    const { maxAttempts, maxRetryWaitMs } = connection.limits
    const id = state.nextId()
    let lastRepeat: RetryCause | undefined
    let info: CallInfo = { ...callInfo(id, call, 1, 1), streamed: true }
    const attempts = retrying<OpenAttempt, never, Scope.Scope>({
      attempt: (attempt) => {
        info = { ...info, attempt }
        return openInTurn(streamed, info)
      },
      policy: {
        maxAttempts,
        maxWaitMs: maxRetryWaitMs,
        budget: state.budget,
        deadline,
        warmUpUntilMs: began + readyWithinMs
      },
      onRetry: ({ result, retry }, waitMs) => {
        lastRepeat = retry?.cause
        if (Result.isFailure(result)) runtime.emit({ type: "retry", call: info, error: result.failure, waitMs })
      }
    })
    return Effect.flatMap(attempts, ({ result }) => {
      if (Result.isSuccess(result)) state.budget.succeed(lastRepeat)
      return Effect.fromResult(result)
    })
  })

const openInTurn = (streamed: StreamedCall, info: CallInfo): Effect.Effect<OpenAttempt, never, Scope.Scope> =>
  Effect.flatMap(monotonicMs, (readyAt) => {
    const { call, deadline, runtime } = streamed
    const patienceMs = Math.min(runtime.connection.limits.maxRetryWaitMs, deadline.atMs - readyAt)
    return Effect.map(
      runtime.state.gate.pass(
        permitted(call, info.items, openOnce(streamed, info, readyAt), (error): OpenAttempt => ({
          result: Result.fail(error),
          retry: undefined
        })),
        (attempt) => toPaced(attempt, Result.isFailure(attempt.result)),
        patienceMs
      ),
      (attempt): OpenAttempt =>
        "shutMs" in attempt ? { result: Result.fail(pausedByService(call, attempt.shutMs)), retry: undefined } : attempt
    )
  })

const openOnce = Effect.fnUntraced(function* (streamed: StreamedCall, info: CallInfo, readyAt: number) {
  const { call, runtime } = streamed
  const facts: AnswerFacts = { info, began: yield* monotonicMs }
  runtime.emit({ type: "call", call: info, rateWaitMs: Math.max(0, facts.began - readyAt) })
  const result = yield* Effect.result(openScoped(streamed, facts))
  const error = Result.isFailure(result) ? result.failure : undefined
  yield* report(runtime, facts, error)
  const attempt: OpenAttempt = { result, retry: yield* toRetry(runtime, call, info.attempt, error) }
  return attempt
})

/** The answer up to its first good piece. The socket closes with the scope, and at once if the attempt fails. */
const openScoped = (streamed: StreamedCall, facts: AnswerFacts): Effect.Effect<Page, CallError, Scope.Scope> =>
  Effect.gen(function* () {
    const controller = yield* Effect.acquireRelease(
      Effect.sync(() => new AbortController()),
      (controller) => Effect.sync(() => controller.abort())
    )
    return yield* Effect.tapError(firstPage(streamed, facts, controller.signal), () =>
      Effect.sync(() => controller.abort())
    )
  })

const firstPage = (streamed: StreamedCall, facts: AnswerFacts, signal: AbortSignal): Effect.Effect<Page, CallError> =>
  Effect.gen(function* () {
    const { call, runtime, secrets } = streamed
    const answer = yield* aroundAttempt(runtime, facts.info, call, secrets, (changed) =>
      responseHead({ ...streamed, call: changed }, signal)
    )
    const body = answer.stream ?? (answer.text === "" ? undefined : new Response(answer.text).body)
    if (answer.httpStatus >= 300 || !body) return yield* Effect.fail(refusal(call, secrets, answer))
    const lines = makeStreamReader()
    let page: Page = [[], { reader: body.getReader(), lines, ended: false, started: false, facts }]
    while (page[0].length === 0 && !page[1].ended) page = yield* nextPage(streamed, page[1])
    if (!page[1].started && page[1].failed === undefined)
      return yield* new MalformedAnswer({ ...modelOf(call), problem: "it ended before its first piece" })
    return page
  })

/** The response's head as soon as it arrives, with its body as a stream; a refusal, with its body read. */
const responseHead = (streamed: StreamedCall, signal: AbortSignal): Effect.Effect<RawResponse, CallError> =>
  Effect.gen(function* () {
    const { call, runtime, settings } = streamed
    const response = yield* inTime(
      streamed,
      Effect.tryPromise({
        try: () => openResponse(runtime, settings, call, signal),
        catch: (thrown) => networkError(call, settings, thrown)
      })
    )
    const { body, status: httpStatus } = response
    const clock = yield* Clock.Clock
    if (httpStatus < 300 && body !== null)
      return { ...toRawResponse({ response, httpStatus, text: "" }, clock), stream: body }
    const text = yield* inTime(
      streamed,
      Effect.tryPromise({
        try: () => readText(response, maxRefusalBytes),
        catch: (thrown) => truncatedAnswer(call, settings, httpStatus, thrown)
      })
    )
    return toRawResponse({ response, httpStatus, text: text ?? "" }, clock)
  })

/** Reads on: the pieces that the next bytes complete, which may be none. */
const nextPage = (streamed: StreamedCall, reading: Reading): Effect.Effect<Page, CallError> =>
  Effect.gen(function* () {
    if (reading.failed !== undefined) return yield* Effect.fail(reading.failed)
    const { call, secrets, settings } = streamed
    const { facts, lines, reader } = reading
    const { done, value } = yield* inTime(
      streamed,
      Effect.tryPromise({ try: () => reader.read(), catch: (thrown) => truncatedAnswer(call, settings, 200, thrown) })
    )
    const outputs: Array<OutputWire> = []
    const messages = value === undefined ? lines.end() : lines.push(value)
    const started = reading.started || messages.length > 0
    for (const message of messages) {
      const error = messageError(message, secrets, call)
      if (error !== undefined) {
        if (outputs.length === 0) return yield* Effect.fail(error)
        return [outputs, { ...reading, ended: done, started, failed: error }] as const
      }
      if (message.type !== "result") continue // malformed messages and errors are failures
      facts.status ??= message.result.status
      for (const output of message.result.outputs) {
        outputs.push(output)
        noteFacts(facts, output)
      }
    }
    return [outputs, { ...reading, ended: done, started }] as const
  })

const noteFacts = (facts: AnswerFacts, { completion_tokens, model, prompt_tokens }: OutputWire): void => {
  if (model) facts.by = model
  if (prompt_tokens !== undefined) facts.input = prompt_tokens
  if (completion_tokens !== undefined) facts.output = completion_tokens
}

/** Each wait for bytes ends, and so does the whole answer. */
const inTime = <A>(
  { call, deadline }: StreamedCall,
  effect: Effect.Effect<A, CallError>
): Effect.Effect<A, CallError> =>
  Effect.flatMap(timeLeft(deadline), (leftMs) =>
    withDeadline(
      leftMs < call.timeoutMs ? deadline : { atMs: Infinity, timeoutMs: Infinity },
      Effect.timeoutOrElse(effect, {
        duration: call.timeoutMs,
        orElse: () => Effect.fail(new TimedOut({ ...modelOf(call), what: "attempt", timeoutMs: call.timeoutMs }))
      }),
      () => Effect.fail(runTimedOut(deadline, call.model))
    )
  )

/** The error that a message of the answer contains, if it contains one. */
export const messageError = (message: StreamMessage, secrets: Secrets, call: Call): CallError | undefined => {
  if (message.type === "malformed") {
    const { path, problem } = message.problem
    return new MalformedAnswer({ ...modelOf(call), problem: path === "" ? problem : `${path}: ${problem}` })
  }
  if (message.type === "error") return gatewayError(message.error, call, secrets)
  const { outputs, status } = message.result
  const context = { model: call.model, requestId: status.req_id, secrets }
  if (!isSuccess(status)) return statusError(status, context)
  const bad = outputs.find((output) => output.status !== undefined && !isSuccess(output.status))
  return bad?.status === undefined ? undefined : statusError(bad.status, context)
}

/** The error of a call that was refused before its answer began: a plain body with a status, or none at all. */
const refusal = (call: Call, secrets: Secrets, answer: RawResponse): CallError => {
  const parsed = parseResponse(answer, call, secrets)
  if ("_tag" in parsed) return parsed
  const { retryAfterMs } = answer
  return statusError(parsed.status, { model: call.model, retryAfterMs, secrets })
}
