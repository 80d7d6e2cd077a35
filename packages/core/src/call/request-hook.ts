/** Plugins' hooks around each attempt of a call. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { attach, attachmentsOf, jsonSize } from "../connection/attachments.ts"
import { type CallError, Unreachable } from "../errors/errors.ts"
import { scrubThrown } from "../errors/redact.ts"
import { requireEffect } from "../errors/require-effect.ts"
import type { Secrets } from "../errors/secrets.ts"
import { failWithThrown } from "../errors/test-failure.ts"
import { sha256 } from "../media/sha256.ts"
import { type Call, pathOf, type RawResponse } from "./attempt.ts"
import type { CallInfo } from "./call-info.ts"
import type { CallRuntime } from "./call-runtime.ts"
import { emitStage } from "./stage-timing.ts"

/** What a request hook may change of a request. */
export interface RequestChanges {
  /** From `/v2`, without a query. */
  readonly path?: string
  /** With its question mark; an empty text for none. */
  readonly query?: string
  /** Added to the headers of the request, or instead of those with the same name. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
}

/** One attempt of a call as request hooks see it. It cannot be changed: `with` returns another one. */
export interface CallRequest extends CallInfo {
  /** The query with its question mark; an empty text where there is none. */
  readonly query: string
  /** The headers, without the credential and without those that the connection's options mark as secret. */
  readonly headers: Readonly<Record<string, string>>
  /**
   * A copy of the body; undefined for a request without one. It may contain third parties' keys, which the caller sends
   * to the model. Over a connection that carries bytes as they are, `@0`, `@1` … stand for the bytes.
   */
  readonly body: () => Uint8Array | undefined
  /** SHA-256 of the body in 64 hexadecimal digits: equal for equal bodies, and computed when it is asked for. */
  readonly bodyHash: Effect.Effect<string>
  /** The request with changes, for `next`. */
  readonly with: (changes: RequestChanges) => CallRequest
}

/** Sends a request: the one that the hook was given, or what its `with(..)` returned. */
export type NextRequest = (request: CallRequest) => Effect.Effect<RawResponse, CallError>

/**
 * Wraps each attempt: returns `next(request)`, changed or not, or another response.
 *
 * For a streamed call, `next` returns the response's head as soon as it arrives, with its body as a `stream` of bytes,
 * which a hook may pass on, replace, or pipe through something. A hook that answers without `next` may give the lines as
 * `text`.
 *
 * @example request: (request, next) => next(request.with({ headers: { "x-trace": "1" } }))
 */
export type RequestHook<E = CallError, R = never> = (
  request: CallRequest,
  next: NextRequest
) => Effect.Effect<RawResponse, E, R>

/** A request hook of an app: its plugin, its function. */
export interface AppRequestHook {
  readonly plugin: string
  readonly order?: "pre" | "post" | undefined
  /** True where it looks at no bodies: the fast reading of answers needs that of all hooks. */
  readonly ignoresBody: boolean
  readonly run: RequestHook
}

const encoder = new TextEncoder()

/** The body and the bytes that travel beside it, one after the other. */
const allBytes = (body: Uint8Array | undefined): Uint8Array<ArrayBuffer> => {
  const pieces = body === undefined ? [] : [body, ...attachmentsOf(body)]
  const all = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.byteLength
  }
  return all
}

/** A new body. Bytes that travel beside the old one stay beside it. */
const replaceBody = (before: Call["body"], body: Uint8Array | string): Uint8Array<ArrayBuffer> => {
  const bytes = typeof body === "string" ? encoder.encode(body) : Uint8Array.from(body)
  return before === undefined ? bytes : attach(bytes, attachmentsOf(before))
}

const refuse = (problem: string): never => {
  throw new TypeError(problem)
}

/** The query of a call, with its question mark; empty if it has none. */
const queryOf = (call: Call): string => call.path.slice(pathOf(call).length)

/** The call with changes. What could send the credential elsewhere is refused. */
const changeCall = (call: Call, { body, headers, path, query }: RequestChanges): Call => {
  if (path !== undefined && !/^\/[^?#\s\\]*$/.test(path)) refuse("the path of a request begins with / and has no query")
  if (query !== undefined && !/^(\?[^#\s]*)?$/.test(query)) refuse("the query of a request begins with ?")
  return {
    ...call,
    path: (path ?? pathOf(call)) + (query ?? queryOf(call)),
    ...(headers === undefined ? {} : { headers: { ...call.headers, ...headers } }),
    ...(body === undefined ? {} : { body: replaceBody(call.body, body) })
  }
}

/** What the hooks of one attempt share. */
interface Hooked {
  readonly runtime: CallRuntime
  readonly info: CallInfo
  readonly call: Call
  /** The credential and the call's own secrets. */
  readonly secrets: Secrets
  readonly attempt: (call: Call) => Effect.Effect<RawResponse, CallError>
}

/** The call of each request that hooks were given or made. */
const calls = new WeakMap<CallRequest, Call>()

const toRequest = (hooked: Hooked, call: Call): CallRequest => {
  const { info, runtime, secrets } = hooked
  const { body } = call
  const headers = Object.entries({ ...runtime.connection.headers, ...call.headers })
  const request: CallRequest = Object.freeze({
    ...info,
    path: pathOf(call),
    query: queryOf(call),
    bytes: jsonSize(body),
    headers: Object.freeze(
      Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), secrets.redact(value)]))
    ),
    body: () => body?.slice(),
    bodyHash: Effect.suspend(() => sha256(allBytes(body))),
    with: (changes: RequestChanges) => toRequest(hooked, changeCall(call, changes))
  })
  calls.set(request, call)
  return request
}

/** An exception of a hook fails the attempt. It is no reason to send it again: it may have been answered. */
const hookThrew = ({ info: { model }, secrets }: Hooked, plugin: string, thrown: unknown): Unreachable => {
  const reason = `a plugin's request hook threw: ${scrubThrown(thrown, secrets)}; fix the plugin ${plugin}`
  return new Unreachable({
    ...(model === undefined ? {} : { model }),
    reason,
    sent: true,
    lasting: true,
    refused: true,
    cause: new Error(reason)
  })
}

const isResponse = (value: unknown): value is RawResponse =>
  typeof value === "object" &&
  value !== null &&
  "httpStatus" in value &&
  typeof value.httpStatus === "number" &&
  "text" in value &&
  typeof value.text === "string"

/** One hook, with an event of its time, less what it waited for from `next`. */
const runHook = (hooked: Hooked, { plugin, run }: AppRequestHook, request: CallRequest, next: NextRequest) =>
  Effect.withFiber((fiber): Effect.Effect<RawResponse, CallError> => {
    const clock = fiber.getRef(Clock.Clock)
    let nanos = -clock.monotonicTimeNanosUnsafe()
    const inner: NextRequest = (changed) =>
      Effect.suspend(() => {
        nanos += clock.monotonicTimeNanosUnsafe()
        return Effect.onExit(next(changed), () =>
          Effect.sync(() => {
            nanos -= clock.monotonicTimeNanosUnsafe()
          })
        )
      })
    const answered = Effect.suspend(() => requireEffect("request", run(request, inner))).pipe(
      Effect.flatMap((response) =>
        isResponse(response)
          ? Effect.succeed(response)
          : Effect.die(new TypeError("it returned no response: { httpStatus, text }"))
      ),
      Effect.catchDefect((defect) => failWithThrown(defect, (thrown) => hookThrew(hooked, plugin, thrown)))
    )
    const { runtime } = hooked
    return runtime.watched
      ? Effect.onExit(answered, () =>
          Effect.sync(() =>
            emitStage(runtime, { name: "request", plugin, index: undefined }, nanos + clock.monotonicTimeNanosUnsafe())
          )
        )
      : answered
  })

/** An attempt with the hooks around it, the first outermost. */
export const withHooks = (hooked: Hooked): Effect.Effect<RawResponse, CallError> => {
  const send: NextRequest = (request) => {
    const call = calls.get(request)
    return call === undefined
      ? Effect.die(new TypeError("next takes the request that the hook was given, or what request.with(..) returned"))
      : hooked.attempt(call)
  }
  // a hook is called when it is its turn: one that answers without `next` leaves inner hooks uncalled
  const all = hooked.runtime.hooks.reduceRight<NextRequest>(
    (next, hook) => (request) => runHook(hooked, hook, request, next),
    send
  )
  return all(toRequest(hooked, hooked.call))
}
