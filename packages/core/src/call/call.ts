/** One call to the end: paced, attempted, understood, and repeated only where its status says that this is safe. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import type { Connection, Settings } from "../connection/connection.ts"
import { type Http, makeHttp } from "../connection/http.ts"
import { type CallError, type NotConfigured, RateLimited, Unreachable } from "../errors/errors.ts"
import { scrubThrown } from "../errors/redact.ts"
import { observed, type Underway } from "./telemetry.ts"
import { errorOf, mayRepeat, succeeded } from "./status-error.ts"
import { before, Deadline, ranOut, type RunDeadline } from "./deadline.ts"
import { secretsOf } from "./network-error.ts"
import { type Paced, makeRateGate, type RateGate } from "./rate.ts"
import { backoffMs, makeRetryBudget, type RetryBudget } from "./retry.ts"
import { type Call, modelOf, pathOf, type RawAnswer, send } from "./attempt.ts"
import { understand, type Understood } from "./parse-response.ts"

/** An answer that says how it went, whether well or not. */
export interface Answered extends Understood {
  readonly httpStatus: number
  readonly retryAfterMs: number | undefined
  /** Attempts that this call took. */
  readonly attempts: number
}

/** A call as hooks see it: ids and counts, never payloads or keys. */
export interface CallInfo {
  /** The call's number among those over its connection, from 1: all attempts of a call, and all its events, have it. */
  readonly id: number
  readonly method: string
  /** The path without its query. */
  readonly path: string
  readonly model: string | undefined
  /** Inputs in the call. */
  readonly items: number
  /** The body's size in bytes. */
  readonly bytes: number
  /** This attempt, from 1. */
  readonly attempt: number
  /** True where the answer comes in pieces: `.generate(model)`. */
  readonly streamed?: true
  /** The call that this one divides or repeats in part: inputs of a call that was refused, or whose items failed. */
  readonly after?: number
}

/** Something that happened during a run, for people without OpenTelemetry. */
export type WireEvent =
  /** An attempt is sent; `rateWaitMs`: how long it waited for its turn at the connection's rate. */
  | { readonly type: "call"; readonly call: CallInfo; readonly rateWaitMs: number }
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
  /**
   * A step or a hook of a plugin ended, well or not, for the input at `index`. `name` is the stage's, or `prepare`;
   * `ms` is the time from its start to its end, waits included.
   */
  | {
      readonly type: "stage"
      readonly name: string
      readonly plugin: string | undefined
      readonly index: number
      readonly ms: number
    }

/**
 * Goes around each attempt: change nothing and call `next`, or answer for it.
 *
 * Of a streamed call, `next` gives the answer's head as soon as it is there, and its body as a `stream` of bytes, which
 * a hook may pass on, replace, or pipe through something; one that answers by itself may give the lines as `text`.
 */
export type RequestHook = (
  call: CallInfo,
  next: Effect.Effect<RawAnswer, CallError>
) => Effect.Effect<RawAnswer, CallError>

/** The wire of one app: its connection with pacing and the repeats it may make. */
export interface Wire {
  readonly connection: Connection
  readonly http: Http
  readonly gate: RateGate
  readonly budget: RetryBudget
  /** The number of one more call. */
  readonly nextId: () => number
  readonly hooks: ReadonlyArray<RequestHook>
  readonly emit: (event: WireEvent) => void
  /** True where somebody listens: work that only events need is not done otherwise. */
  readonly watched: boolean
  readonly settings: Effect.Effect<Settings, NotConfigured>
}

/** Apps over one connection share its pace, its repeats and its numbers: `app.use(plugin)` gives another over the same. */
const shared = new WeakMap<Connection, Pick<Wire, "http" | "gate" | "budget" | "nextId">>()

const sharedOf = (connection: Connection) => {
  const known = shared.get(connection)
  if (known !== undefined) return known
  let last = 0
  const made = {
    http: makeHttp(connection),
    gate: makeRateGate(connection.rate.perSecond),
    budget: makeRetryBudget(),
    nextId: () => ++last
  }
  shared.set(connection, made)
  return made
}

/** A wire over a connection. Settings are read once, when first needed; a failure is not kept. */
export const makeWire = (
  connection: Connection,
  hooks: ReadonlyArray<RequestHook>,
  emit: (event: WireEvent) => void,
  watched = true
): Wire => {
  let known: Settings | undefined
  return {
    connection,
    hooks,
    emit,
    watched,
    ...sharedOf(connection),
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

/** How a call ended, and how often it was tried; 0 attempts when nothing was sent. */
export interface Ended {
  /** The call's number; 0 when it got none. */
  readonly id: number
  readonly attempts: number
  readonly result: Result.Result<Answered, CallError>
}

/** One attempt: what came back, and the failure in it if there is one. */
interface Tried {
  readonly answered: Answered | undefined
  readonly error: CallError | undefined
  readonly waitMs: number
}

/** An attempt with the hooks around it, the first outermost. */
export const around = (
  hooks: ReadonlyArray<RequestHook>,
  info: CallInfo,
  attempt: Effect.Effect<RawAnswer, CallError>
) =>
  // called when it is its turn: one that answers by itself leaves those within uncalled
  hooks.reduceRight(
    (next, hook) =>
      Effect.catchDefect(
        Effect.suspend(() => hook(info, next)),
        (thrown) => Effect.fail(brokenHook(info, thrown))
      ),
    attempt
  )

/** What a hook throws is a failure of the attempt, and never a reason to send it again: it may have been answered. */
const brokenHook = ({ model }: CallInfo, thrown: unknown): Unreachable => {
  const problem = scrubThrown(thrown)
  const reason = `a plugin's request hook threw: ${problem}; mend the plugin`
  return new Unreachable({
    ...(model === undefined ? {} : { model }),
    reason,
    sent: true,
    lasting: true,
    refused: true,
    cause: new Error(reason)
  })
}

/** An attempt of a call, as hooks see it. */
export const infoOf = (id: number, call: Call, items: number, attempt: number, after?: number): CallInfo => ({
  id,
  method: call.method,
  path: pathOf(call),
  model: call.model,
  items,
  bytes: call.body?.byteLength ?? 0,
  attempt,
  ...(after === undefined ? {} : { after })
})

/** How long a failure asks to wait, in milliseconds. */
export const retryAfterOf = (error: CallError | undefined): number | undefined =>
  error !== undefined && "retryAfterMs" in error ? error.retryAfterMs : undefined

const pacedOf = ({ error, waitMs }: Tried): Paced =>
  error === undefined
    ? { type: "well" }
    : error._tag === "RateLimited" || (error._tag === "ServiceUnavailable" && error.retryAfterMs !== undefined)
      ? { type: "throttled", waitMs }
      : { type: "other" }

const failureOf = (answered: Answered, call: Call, settings: Settings): CallError | undefined =>
  succeeded(answered.status)
    ? undefined
    : errorOf(answered.status, {
        model: call.model,
        retryAfterMs: answered.retryAfterMs,
        secrets: secretsOf(settings, call.secrets)
      })

/** Tells those who watch how an attempt ended, of what is no secret. */
export const tell = (
  wire: Wire,
  call: CallInfo,
  ms: number,
  answered: Pick<Answered, "httpStatus" | "status"> | undefined,
  error: CallError | undefined
): Effect.Effect<void> => {
  if (answered !== undefined) {
    const { httpStatus, status } = answered
    wire.emit({ type: "answer", call, httpStatus, code: status.code, requestId: status.req_id, ms })
  } else if (error !== undefined) wire.emit({ type: "failure", call, error, ms })
  const { attempt, items, method, path } = call
  const how = answered?.status.code ?? error?._tag
  return Effect.logDebug(`${method} ${path} attempt ${attempt}: ${how}, ${items} items, ${ms} ms`)
}

const tryOnce = Effect.fnUntraced(function* (
  wire: Wire,
  call: Call,
  info: CallInfo,
  settings: Settings,
  readyAt: number
) {
  const began = yield* Clock.currentTimeMillis
  wire.emit({ type: "call", call: info, rateWaitMs: began - readyAt })
  const done = yield* Effect.result(around(wire.hooks, info, send(wire, settings, call, wire.hooks.length > 0)))
  const ms = (yield* Clock.currentTimeMillis) - began
  const understood = Result.isFailure(done) ? done.failure : understand(done.success, call, settings)
  const answered: Answered | undefined =
    Result.isFailure(done) || "_tag" in understood
      ? undefined
      : {
          ...understood,
          httpStatus: done.success.httpStatus,
          retryAfterMs: done.success.retryAfterMs,
          attempts: info.attempt
        }
  const error =
    answered === undefined ? ("_tag" in understood ? understood : undefined) : failureOf(answered, call, settings)
  const waitMs = backoffMs(info.attempt, retryAfterOf(error), yield* Random.next)
  yield* tell(wire, info, ms, answered, error)
  const tried: Tried = { answered, error, waitMs }
  return tried
})

const ended = ({ id, made }: Course, { answered, error }: Pick<Tried, "answered" | "error">): Ended => ({
  id,
  attempts: made,
  // without an answer there is always an error
  result: answered === undefined ? Result.fail(error as CallError) : Result.succeed(answered)
})

/** The service asked for a longer wait than we have patience for: nothing is sent until it is over. */
export const paused = (call: Call, shutMs: number) =>
  new RateLimited({
    ...modelOf(call),
    retryAfterMs: shutMs,
    details: "the service asked for a pause that is not over"
  })

/** What the attempts of one call share. No generator waits for an answer: it would keep it long after. */
interface Course {
  readonly wire: Wire
  readonly id: number
  readonly call: Call
  readonly items: number
  readonly settings: Settings
  readonly deadline: RunDeadline
  readonly after: number | undefined
  made: number
}

/** One attempt, and those after it. `last` is how the one before ended, where it failed. */
const attempt = (course: Course, last: Tried | undefined): Effect.Effect<Ended> => {
  const { after, call, deadline, id, items, settings, wire } = course
  const info = infoOf(id, call, items, course.made + 1, after)
  return Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const counted = Effect.suspend(() => {
      course.made++
      return tryOnce(wire, call, info, settings, now)
    })
    const patienceMs = Math.min(wire.connection.limits.maxRetryWaitMs, deadline.atMs - now)
    return Effect.flatMap(wire.gate.pass(counted, pacedOf, patienceMs), (tried) => {
      if ("shutMs" in tried)
        return Effect.succeed(ended(course, last ?? { answered: undefined, error: paused(call, tried.shutMs) }))
      const { error } = tried
      return error === undefined || !mayRepeat(error)
        ? Effect.succeed(ended(course, tried))
        : again(course, info, tried, error)
    })
  })
}

/** Repeats a call that may be repeated, where its deadlines, its attempts and the app's budget allow. */
const again = Effect.fnUntraced(function* (course: Course, info: CallInfo, tried: Tried, error: CallError) {
  const { budget, connection, emit } = course.wire
  const { maxAttempts, maxRetryWaitMs } = connection.limits
  const { waitMs } = tried
  const leftMs = course.deadline.atMs - (yield* Clock.currentTimeMillis)
  if (course.made >= maxAttempts || waitMs > Math.min(maxRetryWaitMs, leftMs) || !budget.spend())
    return ended(course, tried)
  emit({ type: "retry", call: info, error, waitMs })
  yield* Effect.sleep(waitMs)
  return yield* attempt(course, tried)
})

const attempts = (
  wire: Wire,
  call: Call,
  items: number,
  settings: Settings,
  deadline: RunDeadline,
  after: number | undefined
): Effect.Effect<Ended> =>
  Effect.suspend(() => {
    wire.budget.earn()
    const course: Course = { wire, id: wire.nextId(), call, items, settings, deadline, after, made: 0 }
    return before(deadline, attempt(course, undefined), () =>
      Effect.sync(() => ended(course, { answered: undefined, error: ranOut(deadline, call.model) }))
    )
  })

/**
 * Makes a call, understands its answer, and tells how often it was tried. Never fails: a failure is in the result.
 *
 * An answer whose own status is a failure is given back as it is, since it may hold some items' results, unless the
 * status says that the work was not done: then the call is repeated within the deadlines, the attempts and the app's
 * budget. `after` is the number of the call whose refusal led to this one.
 */
export const conclude = (wire: Wire, call: Call, items: number, after?: number): Effect.Effect<Ended> =>
  Effect.suspend(() => {
    let id = 0
    const underway: Underway = { settings: undefined, attempts: 0 }
    const answered = Effect.flatMap(wire.settings, (settings) => {
      underway.settings = settings
      return Effect.flatMap(Deadline, (deadline) =>
        Effect.flatMap(attempts(wire, call, items, settings, deadline, after), (all) => {
          id = all.id
          underway.attempts = all.attempts
          return Effect.fromResult(all.result)
        })
      )
    })
    const told = observed(call, items, underway, answered)
    return Effect.map(Effect.result(told), (result) => ({ id, attempts: underway.attempts, result }))
  })

/** The same as {@link conclude}, failing with what the last attempt said. */
export const exchange = (wire: Wire, call: Call, items: number): Effect.Effect<Answered, CallError> =>
  Effect.flatMap(conclude(wire, call, items), ({ result }) => Effect.fromResult(result))

/** Makes a call whose answer must be a success as a whole; 10010 counts as one and is the caller's to look into. */
export const expectSuccess = (wire: Wire, call: Call, items = 1): Effect.Effect<Answered, CallError> =>
  Effect.flatMap(exchange(wire, call, items), (answered) =>
    answered.status.code === mixed
      ? Effect.succeed(answered)
      : Effect.flatMap(wire.settings, (settings) => {
          const error = failureOf(answered, call, settings)
          return error === undefined ? Effect.succeed(answered) : Effect.fail(error)
        })
  )

/** "Mixed success": read each item's own status. */
export const mixed = 10010
