// One call about a resource, from its parts to its decoded answer.
import * as Effect from "effect/Effect"
import { type CallError, MalformedAnswer } from "../errors/errors.ts"
import type { CallRuntime } from "../call/call-runtime.ts"
import { type CallResponse, expectSuccess } from "../call/call.ts"
import type { Call } from "../call/attempt.ts"
import { checkIds, toPath } from "../connection/path-segment.ts"
import { appPath } from "../predict/endpoint.ts"
import { decode, type DecodeProblem } from "../wire/codec/decode-json.ts"
import { encode } from "../wire/codec/encode-json.ts"
import type { Message } from "../wire/messages/message.ts"
import { BaseResponseWire } from "../wire/messages/status-messages.ts"

/** The owner of the resources. @default the connection's app */
export interface Owner {
  readonly userId?: string | undefined
  readonly appId?: string | undefined
}

/** The parts of a call. Path segments are percent-encoded: `["models", id, "versions"]`. */
export interface Ask {
  readonly method: Call["method"]
  readonly path: ReadonlyArray<string>
  /** Query parameters. A list repeats its key for each item. */
  readonly query?: Readonly<Record<string, string | number | boolean | ReadonlyArray<string | number> | undefined>>
  /** The body as bytes, or a value that is sent as JSON. */
  readonly body?: Uint8Array<ArrayBuffer> | object
  readonly owner?: Owner | undefined
  /** `read` for a POST that changes nothing, such as a search. @default derived from the method */
  readonly intent?: Call["intent"]
  /** Number of items in the body. */
  readonly items?: number
}

const utf8 = new TextEncoder()

const queryOf = (query: Ask["query"]): string => {
  const entries = Object.entries(query ?? {}).flatMap(([key, value]) =>
    value === undefined ? [] : [value].flat().map((item) => [key, String(item)])
  )
  return entries.length === 0 ? "" : `?${new URLSearchParams(entries).toString()}`
}

/** The call in the form of the transport. */
export const toCall = (
  runtime: CallRuntime,
  { body, intent, method, owner, path, query }: Ask
): Effect.Effect<Call, CallError> =>
  Effect.gen(function* () {
    const app = yield* appPath(yield* runtime.settings, owner)
    const [kind, id] = path
    return {
      method,
      path: `${yield* toPath(app, path)}${queryOf(query)}`,
      body: body === undefined ? undefined : body instanceof Uint8Array ? body : utf8.encode(JSON.stringify(body)),
      timeoutMs: runtime.connection.limits.attemptTimeoutMs,
      ...(intent === undefined ? {} : { intent }),
      ...(kind === "models" && id !== undefined ? { model: id } : {})
    }
  })

/** The error of a response that is not what the protocol defines. */
export const malformed = (answered: CallResponse, { path, problem }: DecodeProblem): MalformedAnswer =>
  new MalformedAnswer({
    httpStatus: answered.httpStatus,
    problem: path === "" ? problem : `${path}: ${problem}`,
    ...(answered.status.req_id === undefined ? {} : { requestId: answered.status.req_id })
  })

/** Decodes a response. */
export const read = <A>(message: Message<A>, answered: CallResponse): Effect.Effect<A, MalformedAnswer> => {
  const decoded = decode(message, answered.json)
  return decoded.ok ? Effect.succeed(decoded.value) : Effect.fail(malformed(answered, decoded.problem))
}

/** Makes a call that must succeed as a whole, and decodes the response. */
export const request = <A>(runtime: CallRuntime, answer: Message<A>, ask: Ask): Effect.Effect<A, CallError> =>
  Effect.gen(function* () {
    return yield* read(answer, yield* expectSuccess(runtime, yield* toCall(runtime, ask), ask.items ?? 1))
  })

/** The JSON body of a message. */
export const bodyOf = <A>(message: Message<A>, value: A): object => encode(message, value)

/** Deletes what a path names, or a body that is sent to it. */
export const remove = (runtime: CallRuntime, ask: Omit<Ask, "method">): Effect.Effect<void, CallError> =>
  Effect.asVoid(request(runtime, BaseResponseWire, { ...ask, method: "DELETE" }))

/**
 * Deletes what the ids in a body name. An empty list sends nothing, since a service may take it for everything; an id
 * that is not a text, or empty, is refused.
 */
export const deleteListed = (
  runtime: CallRuntime,
  path: ReadonlyArray<string>,
  ids: ReadonlyArray<string>,
  body: object
): Effect.Effect<void, CallError> =>
  ids.length === 0 ? Effect.void : Effect.andThen(checkIds(ids), remove(runtime, { path, body }))
