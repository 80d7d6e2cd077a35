// One call about a resource, from its parts to its decoded answer; and lists, page after page.
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
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

/** How a list is read. */
export interface PageOptions {
  /** Items asked for at a time, 1 to 1000; 128 when absent. Other numbers are brought into that range. */
  readonly pageSize?: number
}

/** The service gives no page of more than 1000, and one that is not full would end the list. */
export const pageSizeOf = ({ pageSize = 128 }: PageOptions): number =>
  Math.min(1000, Math.max(1, Math.trunc(pageSize) || 128))

/** The same call about one page: a search gives its page in the body, all others in the query. */
const onPage = (ask: Ask, page: number, pageSize: number): Ask =>
  ask.method === "POST"
    ? { ...ask, body: Object.assign({}, ask.body, { pagination: { page, per_page: pageSize } }) }
    : { ...ask, query: { ...ask.query, page, per_page: pageSize } }

/**
 * A list, page after page until one that is not full: the protocol reports no total. Ends also when a page begins as the
 * one before did: that service does not know pages.
 */
export const pages = <A, B>(
  runtime: CallRuntime,
  answer: Message<A>,
  ask: Ask,
  items: (answer: A) => ReadonlyArray<B>,
  options: PageOptions = {}
): Stream.Stream<B, CallError> => {
  const pageSize = pageSizeOf(options)
  return Stream.paginate({ page: 1, before: "" }, ({ before, page }) =>
    Effect.map(
      request(runtime, answer, onPage(ask, page, pageSize)),
      (answered): readonly [ReadonlyArray<B>, Option.Option<{ readonly page: number; readonly before: string }>] => {
        const found = items(answered)
        const first = JSON.stringify(found[0]) ?? ""
        if (page > 1 && first === before) return [[], Option.none()]
        return [found, found.length < pageSize ? Option.none() : Option.some({ page: page + 1, before: first })]
      }
    )
  )
}
