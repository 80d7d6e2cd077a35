/** Executes one call: paced, attempted, parsed, and repeated where that is safe. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type CallError, RateLimited } from "../errors/errors.ts"
import * as Status from "../wire/messages/status-codes.ts"
import { aroundAttempt } from "./around-attempt.ts"
import { type Call, send } from "./attempt.ts"
import { modelOf } from "./network-error.ts"
import { type CallInfo, callInfo } from "./call-info.ts"
import { permitted } from "./call-permit.ts"
import type { CallRuntime, CallSettings } from "./call-runtime.ts"
import { Deadline, type RunDeadline, runTimedOut, withDeadline } from "./deadline.ts"
import { monotonicMs } from "./monotonic-clock.ts"
import { type ParsedResponse, parseResponse } from "./parse-response.ts"
import type { Paced } from "./rate.ts"
import { type Attempted, nextWait, retrying } from "./retry.ts"
import type { RetryCause } from "./retry-budget.ts"
import { retryRequest } from "./retry-decision.ts"
import { isSuccess, statusError } from "./status-error.ts"
import { type CallProgress, observeCall } from "./telemetry.ts"

/** A response with a status, a success or not. */
export interface CallResponse extends ParsedResponse {
  readonly httpStatus: number
  readonly retryAfterMs: number | undefined
  /** Attempts that this call took. */
  readonly attempts: number
}

/** How a call ended, and how often it was attempted; 0 attempts if nothing was sent. */
export interface CallResult {
  /** The call's number; 0 if it got none. */
  readonly id: number
  readonly attempts: number
  readonly result: Result.Result<CallResponse, CallError>
}

/** One attempt: its response, and the error in it or instead of it. One of the two is always there. */
interface Attempt extends Attempted {
  readonly response: CallResponse | undefined
  readonly error: CallError | undefined
}

/** What the attempts of one call share. */
interface CallState {
  readonly runtime: CallRuntime
  readonly id: number
  readonly call: Call
  readonly items: number
  readonly settings: CallSettings
  readonly deadline: RunDeadline
  readonly after: number | undefined
  /** Attempts that were sent. */
  made: number
}

/** The error of a response whose status is no success. */
const responseError = (response: CallResponse, call: Call, { secrets }: CallSettings): CallError | undefined =>
  isSuccess(response.status)
    ? undefined
    : statusError(response.status, {
        model: call.model,
        retryAfterMs: response.retryAfterMs,
        secrets: secrets.with(call.secrets ?? [])
      })

/** Emits how an attempt ended, and logs it: ids and counts only. */
export const reportAttempt = (
  runtime: CallRuntime,
  call: CallInfo,
  ms: number,
  response: Pick<CallResponse, "httpStatus" | "status"> | undefined,
  error: CallError | undefined
): Effect.Effect<void> => {
  if (response !== undefined) {
    const { httpStatus, status } = response
    runtime.emit({ type: "answer", call, httpStatus, code: status.code, requestId: status.req_id, ms })
  } else if (error !== undefined) runtime.emit({ type: "failure", call, error, ms })
  const { attempt, items, method, path } = call
  const how = response?.status.code ?? error?._tag
  return Effect.logDebug(`${method} ${path} attempt ${attempt}: ${how}, ${items} items, ${Math.round(ms)} ms`)
}

/** What pacing learns from an attempt. */
export const toPaced = ({ retry }: Attempted, failed: boolean): Paced =>
  retry !== undefined && retry.cause !== "failure"
    ? { type: "throttled", waitMs: retry.waitMs }
    : { type: failed ? "other" : "well" }

/** The repeat that an error asks for, with its wait. */
export const toRetry = (
  { connection }: CallRuntime,
  call: Call,
  attempt: number,
  error: CallError | undefined
): Effect.Effect<Attempted["retry"]> => {
  const request = error && retryRequest(error, call, connection.retry?.predictions)
  return request === undefined
    ? Effect.succeed(undefined)
    : Effect.map(nextWait(attempt, request), (waitMs) => ({ cause: request.cause, waitMs }))
}

/** Sends one attempt and parses what came back. `readyAt`: when it could have been sent, but for the rate. */
const attemptOnce = Effect.fnUntraced(function* (
  { call, runtime, settings }: CallState,
  info: CallInfo,
  readyAt: number
) {
  const began = yield* monotonicMs
  runtime.emit({ type: "call", call: info, rateWaitMs: Math.max(0, began - readyAt) })
  const secrets = settings.secrets.with(call.secrets ?? [])
  const attempted = aroundAttempt(runtime, info, call, secrets, (changed) => send(runtime, settings, changed))
  const raw = yield* Effect.result(attempted)
  const ms = (yield* monotonicMs) - began
  const parsed = Result.isFailure(raw) ? raw.failure : parseResponse(raw.success, call, secrets)
  const response: CallResponse | undefined =
    Result.isFailure(raw) || "_tag" in parsed
      ? undefined
      : {
          ...parsed,
          httpStatus: raw.success.httpStatus,
          retryAfterMs: raw.success.retryAfterMs,
          attempts: info.attempt
        }
  const error = "_tag" in parsed ? parsed : response && responseError(response, call, settings)
  yield* reportAttempt(runtime, info, ms, response, error)
  const attempt: Attempt = { response, error, retry: yield* toRetry(runtime, call, info.attempt, error) }
  return attempt
})

/** The service asked for a pause longer than the caller's patience: nothing is sent until it is over. */
export const pausedByService = (call: Call, shutMs: number) =>
  new RateLimited({
    ...modelOf(call),
    retryAfterMs: Math.ceil(shutMs),
    details: "the service asked for a pause that is not over"
  })

/** One attempt when its turn comes. `before` is how the one before ended, which stands if no turn comes in time. */
const attemptInTurn = (state: CallState, number: number, before: Attempt | undefined): Effect.Effect<Attempt> => {
  const { after, call, deadline, id, items, runtime } = state
  const info = callInfo(id, call, items, number, after)
  return Effect.flatMap(monotonicMs, (now) => {
    const counted = Effect.suspend(() => {
      state.made++
      return attemptOnce(state, info, now)
    })
    const allowed = permitted(call, items, counted, (error) => ({ response: undefined, error, retry: undefined }))
    const patienceMs = Math.min(runtime.connection.limits.maxRetryWaitMs, deadline.atMs - now)
    return Effect.map(
      runtime.state.gate.pass(allowed, (attempt) => toPaced(attempt, attempt.error !== undefined), patienceMs),
      (attempt): Attempt =>
        "shutMs" in attempt
          ? { ...(before ?? { response: undefined, error: pausedByService(call, attempt.shutMs) }), retry: undefined }
          : attempt
    )
  })
}

const toResult = ({ id, made }: CallState, { error, response }: Omit<Attempt, "retry">): CallResult => ({
  id,
  attempts: made,
  // without a response there is always an error
  result: response === undefined ? Result.fail(error as CallError) : Result.succeed(response)
})

const executeAttempts = (state: CallState): Effect.Effect<CallResult> => {
  const { call, deadline, runtime } = state
  const { maxAttempts, maxRetryWaitMs } = runtime.connection.limits
  const { budget } = runtime.state
  let lastRepeat: RetryCause | undefined
  const attempts = retrying<Attempt, never, never>({
    attempt: (number, before) => attemptInTurn(state, number, before),
    policy: { maxAttempts, maxWaitMs: maxRetryWaitMs, budget, deadline },
    onRetry: ({ error, retry }, waitMs) => {
      lastRepeat = retry?.cause
      if (error !== undefined)
        runtime.emit({
          type: "retry",
          call: callInfo(state.id, call, state.items, state.made, state.after),
          error,
          waitMs
        })
    }
  })
  const ended = Effect.map(attempts, (attempt) => {
    if (attempt.error === undefined) budget.succeed(lastRepeat)
    return toResult(state, attempt)
  })
  return withDeadline(deadline, ended, () =>
    Effect.sync(() => toResult(state, { response: undefined, error: runTimedOut(deadline, call.model) }))
  )
}

/**
 * Executes a call and returns how it ended and how often it was attempted. Never fails: an error is in the result.
 *
 * A response whose status is a failure is a success here, since it may contain some items' results, unless the status
 * allows a repeat: then the call is repeated within its deadline, attempts and the connection's budget. `after` is the
 * number of the call whose refusal led to this one.
 */
export const execute = (runtime: CallRuntime, call: Call, items: number, after?: number): Effect.Effect<CallResult> =>
  Effect.suspend(() => {
    let id = 0
    const progress: CallProgress = { settings: undefined, attempts: 0 }
    const response = Effect.flatMap(runtime.settings, (settings) => {
      progress.settings = settings
      return Effect.flatMap(Deadline, (deadline) => {
        const state: CallState = {
          runtime,
          id: runtime.state.nextId(),
          call,
          items,
          settings,
          deadline,
          after,
          made: 0
        }
        return Effect.flatMap(executeAttempts(state), (all) => {
          id = all.id
          progress.attempts = all.attempts
          return Effect.fromResult(all.result)
        })
      })
    })
    const observed = observeCall(call, items, progress, response)
    return Effect.map(Effect.result(observed), (result) => ({ id, attempts: progress.attempts, result }))
  })

/** The same as {@link execute}, failing with the error of the last attempt. */
export const executeOrFail = (
  runtime: CallRuntime,
  call: Call,
  items: number
): Effect.Effect<CallResponse, CallError> =>
  Effect.flatMap(execute(runtime, call, items), ({ result }) => Effect.fromResult(result))

/** Executes a call whose response must be a success as a whole, or a mixed one, whose items the caller checks. */
export const expectSuccess = (runtime: CallRuntime, call: Call, items = 1): Effect.Effect<CallResponse, CallError> =>
  Effect.flatMap(executeOrFail(runtime, call, items), (response) =>
    response.status.code === Status.MIXED_STATUS
      ? Effect.succeed(response)
      : Effect.flatMap(runtime.settings, (settings) => {
          const error = responseError(response, call, settings)
          return error === undefined ? Effect.succeed(response) : Effect.fail(error)
        })
  )
