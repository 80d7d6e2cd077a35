// One call about a resource, from its parts to its decoded answer.
import * as Effect from "effect/Effect"
import { type CallError, MalformedAnswer } from "../errors/errors.ts"
import type { CallRuntime } from "../call/call-runtime.ts"
import { type CallResponse, expectSuccess } from "../call/call.ts"
import type { Call } from "../call/attempt.ts"
import { toPath } from "../connection/path-segment.ts"
import { appPath } from "../predict/endpoint.ts"
import { decode, type DecodeProblem } from "../wire/codec/decode-json.ts"
import { encode } from "../wire/codec/encode-json.ts"
import type { Message } from "../wire/messages/message.ts"

/** Whose resources: the connection's own app unless it says otherwise. */
export interface Owner {
  readonly userId?: string | undefined
  readonly appId?: string | undefined
}

/** A call's parts. Path parts are written into the path safely: `["models", id, "versions"]`. */
export interface Ask {
  readonly method: Call["method"]
  readonly path: ReadonlyArray<string>
  /** A list gives its key once for each item. */
  readonly query?: Readonly<Record<string, string | number | boolean | ReadonlyArray<string | number> | undefined>>
  /** The body's bytes, or JSON of it. */
  readonly body?: Uint8Array<ArrayBuffer> | object
  readonly owner?: Owner | undefined
  /** `read` for a search, which is a POST that changes nothing. @default by the method */
  readonly intent?: Call["intent"]
  /** How many items the body carries. */
  readonly items?: number
}

const utf8 = new TextEncoder()

const queryOf = (query: Ask["query"]): string => {
  const entries = Object.entries(query ?? {}).flatMap(([key, value]) =>
    value === undefined ? [] : [value].flat().map((item) => [key, String(item)])
  )
  return entries.length === 0 ? "" : `?${new URLSearchParams(entries).toString()}`
}

/** The call as the transport makes it. */
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

/** An answer that is not what the protocol promises. */
export const malformed = (answered: CallResponse, { path, problem }: DecodeProblem): MalformedAnswer =>
  new MalformedAnswer({
    httpStatus: answered.httpStatus,
    problem: path === "" ? problem : `${path}: ${problem}`,
    ...(answered.status.req_id === undefined ? {} : { requestId: answered.status.req_id })
  })

/** Reads an answer. */
export const read = <A>(message: Message<A>, answered: CallResponse): Effect.Effect<A, MalformedAnswer> => {
  const decoded = decode(message, answered.json)
  return decoded.ok ? Effect.succeed(decoded.value) : Effect.fail(malformed(answered, decoded.problem))
}

/** Makes a call that must succeed as a whole, and reads its answer. */
export const request = <A>(runtime: CallRuntime, answer: Message<A>, ask: Ask): Effect.Effect<A, CallError> =>
  Effect.gen(function* () {
    return yield* read(answer, yield* expectSuccess(runtime, yield* toCall(runtime, ask), ask.items ?? 1))
  })

/** A body of a message of the protocol. */
export const bodyOf = <A>(message: Message<A>, value: A): object => encode(message, value)
