/** One call to the end: paced, attempted, understood, and repeated only where its status says that this is safe. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import type { Connection, Settings } from "../connection.ts"
import { type CallError, MalformedAnswer, type NotConfigured } from "../errors.ts"
import { scrub } from "../media/redact.ts"
import { decode } from "../wire/decode.ts"
import { StatusWire } from "../wire/status.ts"
import { errorOf, errorOfHttp, mayRepeat, succeeded } from "./classify.ts"
import { type Paced, makeRateGate, type RateGate } from "./rate.ts"
import { backoffMs, makeRetryBudget, type RetryBudget } from "./retry.ts"
import { type Call, type RawAnswer, secretsOf, send } from "./send.ts"

/** An answer that says how it went, whether well or not. */
export interface Answered {
  readonly httpStatus: number
  readonly status: StatusWire
  /** The whole body, parsed. */
  readonly json: Readonly<Record<string, unknown>>
  readonly retryAfterMs: number | undefined
  /** Attempts that this call took. */
  readonly attempts: number
}

/** A call as hooks see it: ids and counts, never payloads or keys. */
export interface CallInfo {
  readonly method: string
  readonly path: string
  readonly model: string | undefined
  /** Inputs in the call. */
  readonly items: number
  /** The body's size in bytes. */
  readonly bytes: number
  /** This attempt, from 1. */
  readonly attempt: number
}

/** Something that happened on the wire, for people without OpenTelemetry. */
export type WireEvent =
  | { readonly type: "call"; readonly call: CallInfo }
  | {
      readonly type: "answer"
      readonly call: CallInfo
      readonly httpStatus: number
      readonly code: number
      readonly requestId: string | undefined
      readonly ms: number
    }
  | { readonly type: "failure"; readonly call: CallInfo; readonly error: CallError; readonly ms: number }
  | { readonly type: "retry"; readonly call: CallInfo; readonly error: CallError; readonly waitMs: number }

/** Goes around each attempt: change nothing and call `next`, or answer for it. */
export type RequestHook = (
  call: CallInfo,
  next: Effect.Effect<RawAnswer, CallError>
) => Effect.Effect<RawAnswer, CallError>

/** The wire of one app: its connection with pacing and the repeats it may make. */
export interface Wire {
  readonly connection: Connection
  readonly gate: RateGate
  readonly budget: RetryBudget
  readonly hooks: ReadonlyArray<RequestHook>
  readonly emit: (event: WireEvent) => void
  readonly settings: Effect.Effect<Settings, NotConfigured>
}

/** A wire over a connection. Settings are read once, when first needed; a failure is not kept. */
export const makeWire = (
  connection: Connection,
  hooks: ReadonlyArray<RequestHook>,
  emit: (event: WireEvent) => void
): Wire => {
  let known: Settings | undefined
  return {
    connection,
    hooks,
    emit,
    gate: makeRateGate(connection.rate.perSecond),
    budget: makeRetryBudget(),
    settings: Effect.suspend(() =>
      known === undefined
        ? Effect.tap(connection.settings, (settings) =>
            Effect.sync(() => {
              known = settings
            })
          )
        : Effect.succeed(known)
    )
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const excerpt = (text: string): string =>
  text.trim() === "" ? "the body is empty" : `the body begins with ${JSON.stringify(scrub(text.trim().slice(0, 60)))}`

/** Finds the status in an answer, or the error for one that has none. */
const understand = (
  raw: RawAnswer,
  call: Call,
  settings: Settings
): { readonly status: StatusWire; readonly json: Readonly<Record<string, unknown>> } | CallError => {
  const circumstances = { model: call.model, retryAfterMs: raw.retryAfterMs, secrets: secretsOf(settings) }
  const json = parse(raw.text)
  const malformed = (problem: string) =>
    errorOfHttp(raw.httpStatus, problem, circumstances) ??
    new MalformedAnswer({
      ...(call.model === undefined ? {} : { model: call.model }),
      httpStatus: raw.httpStatus,
      problem
    })
  if (!isRecord(json)) return malformed(`it is not JSON: ${excerpt(raw.text)}`)
  if (!isRecord(json["status"])) {
    const said = typeof json["message"] === "string" ? scrub(json["message"], circumstances.secrets) : "no status in it"
    return malformed(said)
  }
  const status = decode(StatusWire, json["status"])
  if (!status.ok) return malformed(`status.${status.problem.path}: ${status.problem.problem}`)
  return { status: status.value, json }
}

const pacedOf = (error: CallError | undefined, waitMs: number): Paced =>
  error?._tag === "RateLimited" || (error?._tag === "ServiceUnavailable" && error.retryAfterMs !== undefined)
    ? { throttled: true, waitMs }
    : { throttled: false }

const around = (hooks: ReadonlyArray<RequestHook>, info: CallInfo, attempt: Effect.Effect<RawAnswer, CallError>) =>
  hooks.reduceRight((next, hook) => hook(info, next), attempt)

/** Attributes of a call's span, named as the OpenTelemetry conventions do where they apply. */
const attributesOf = (wire: Wire, call: Call, items: number) => ({
  "http.request.method": call.method,
  "server.address": wire.connection.name,
  "sightline.items": items,
  ...(call.model === undefined ? {} : { "gen_ai.operation.name": "predict", "gen_ai.request.model": call.model })
})

/**
 * Makes a call and understands its answer.
 *
 * An answer whose own status is a failure is given back as it is, since it may hold some items' results, unless the
 * status says that the work was not done: then the call is repeated within the deadline, the attempts and the app's
 * budget. Fails with what the last attempt said.
 */
export const exchange = (wire: Wire, call: Call, items: number): Effect.Effect<Answered, CallError> => {
  const { connection, emit } = wire
  const attempt = (number: number, settings: Settings): Effect.Effect<Answered, CallError> =>
    Effect.gen(function* () {
      const info: CallInfo = {
        method: call.method,
        path: call.path,
        model: call.model,
        items,
        bytes: call.body?.byteLength ?? 0,
        attempt: number
      }
      yield* wire.gate.acquire
      emit({ type: "call", call: info })
      const random = yield* Random.next
      const began = yield* Clock.currentTimeMillis
      const done = yield* Effect.result(around(wire.hooks, info, send(connection, settings, call))).pipe(
        Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : wire.gate.report({ throttled: false })))
      )
      const ms = (yield* Clock.currentTimeMillis) - began
      const understood = done._tag === "Failure" ? done.failure : understand(done.success, call, settings)
      const answered =
        "status" in understood && "json" in understood && done._tag === "Success"
          ? {
              ...understood,
              httpStatus: done.success.httpStatus,
              retryAfterMs: done.success.retryAfterMs,
              attempts: number
            }
          : undefined
      const error = failureOf(answered, understood, call, settings)
      const waitMs = backoffMs(number, retryAfterOf(error, answered), random)
      yield* wire.gate.report(pacedOf(error, waitMs))
      if (answered !== undefined)
        emit({
          type: "answer",
          call: info,
          httpStatus: answered.httpStatus,
          code: answered.status.code,
          requestId: answered.status.req_id,
          ms
        })
      else if (error !== undefined) emit({ type: "failure", call: info, error, ms })
      yield* Effect.logDebug(
        `${call.method} ${call.path} attempt ${number}: ${answered === undefined ? error?._tag : answered.status.code}, ${items} items, ${ms} ms`
      )
      if (error !== undefined && mayRepeat(error) && number < connection.limits.maxAttempts && wire.budget.spend()) {
        emit({ type: "retry", call: info, error, waitMs })
        yield* Effect.sleep(waitMs)
        return yield* attempt(number + 1, settings)
      }
      if (answered !== undefined) return answered
      return yield* Effect.fail(error as CallError) // without an answer there is always an error
    })
  return Effect.flatMap(wire.settings, (settings) => {
    wire.budget.earn()
    return attempt(1, settings)
  }).pipe(
    Effect.withSpan(call.model === undefined ? `${call.method} ${call.path.split("?")[0]}` : `predict ${call.model}`, {
      kind: "client",
      attributes: attributesOf(wire, call, items)
    })
  )
}

const retryAfterOf = (error: CallError | undefined, answered: Answered | undefined): number | undefined =>
  error !== undefined && "retryAfterMs" in error ? error.retryAfterMs : answered?.retryAfterMs

const failureOf = (
  answered: Answered | undefined,
  understood: object,
  call: Call,
  settings: Settings
): CallError | undefined => {
  if (answered === undefined) return understood as CallError
  if (succeeded(answered.status)) return undefined
  return errorOf(answered.status, {
    model: call.model,
    retryAfterMs: answered.retryAfterMs,
    secrets: secretsOf(settings)
  })
}

/** Makes a call whose answer must be a success as a whole; 10010 counts as one and is the caller's to look into. */
export const expectSuccess = (wire: Wire, call: Call, items = 1): Effect.Effect<Answered, CallError> =>
  Effect.flatMap(exchange(wire, call, items), (answered) =>
    succeeded(answered.status) || answered.status.code === mixed
      ? Effect.succeed(answered)
      : Effect.flatMap(wire.settings, (settings) =>
          Effect.fail(
            errorOf(answered.status, {
              model: call.model,
              retryAfterMs: answered.retryAfterMs,
              secrets: secretsOf(settings)
            })
          )
        )
  )

/** "Mixed success": read each item's own status. */
export const mixed = 10010
