/** From an HTTP request to its handler, and from the handler's result to a response. */
import { StatusCode } from "@sightline/core/status"
import { BaseResponseWire, encode, type JsonObject, type Message } from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { checkCaller, checkContentType, checkKey } from "./access.ts"
import { BodyBudget } from "./body-budget.ts"
import { printWithoutPaths } from "./hide-paths.ts"
import { makeCall, makeRequestId, readOnlyError, toWireError } from "./make-call.ts"
import { decodeHttp, parseBody } from "./read-request.ts"
import { locate, type Needs } from "./routes.ts"
import type { HostedFile } from "../handlers/media.ts"
import { nextTurn } from "../yield-to-event-loop.ts"
import { httpOf } from "../protocol/codes.ts"
import { printJson } from "../protocol/json.ts"
import type { Replies, Reply, WireRequest, WireResponse } from "../protocol/request.ts"
import { requestStatus } from "../protocol/status.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import { Settings } from "../settings.ts"

/** Answers any request; every failure becomes an answer. */
export const answerRequest = Effect.fn("engine.request")(function* (
  request: WireRequest
): Effect.fn.Return<WireResponse, never, Needs> {
  const requestId = makeRequestId(request.header)
  const settings = yield* Settings
  const headers = corsHeaders(request, settings.key)
  const isOpen = request.overNetwork && settings.key === undefined
  const caller = isOpen ? checkCaller(request.header) : Result.succeed(undefined)
  if (Result.isSuccess(caller) && request.method === "OPTIONS") return { status: 204, headers, body: "" }
  if (Result.isSuccess(caller) && isHealthCheck(request))
    return { status: 200, headers: health, body: '{"status":"ok"}' }
  const located = yield* Effect.result(
    Effect.try({ try: () => locate(request.method, request.path), catch: toWireError })
  )
  const run = Effect.gen(function* () {
    yield* Effect.fromResult(caller)
    yield* Effect.fromResult(checkKey(settings.key, request.header))
    const { fields, route } = yield* Effect.fromResult(located)
    const from = { origin: request.origin, requestId }
    if (!("service" in route))
      return yield* route.handler(makeCall({ request: fields, malformed: new Map() }, settings, from))
    const { handler, method, writes } = route.service
    if (isOpen) yield* Effect.fromResult(checkContentType(request.method, writes, request.header))
    if (writes && settings.readOnly) return yield* readOnlyError()
    if (request.bodyBytes > settings.limits.bodyBytes)
      return yield* wireError(
        StatusCode.RPC_MAX_MESSAGE_SIZE_EXCEEDED,
        `the request body has ${request.bodyBytes} bytes; at most ${settings.limits.bodyBytes} are accepted`
      )
    const body = request.method === "GET" ? {} : yield* readMessageBody(request)
    const decoded = decodeHttp(method, { path: fields, body, query: request.query })
    return yield* handler(makeCall(decoded, settings, from))
  })
  const response =
    Result.isSuccess(located) && "service" in located.success.route
      ? located.success.route.service.method.response
      : BaseResponseWire
  const writer: Writer = {
    headers,
    response,
    requestId,
    print: request.overNetwork ? (json) => printWithoutPaths(json, settings) : printJson
  }
  return yield* Effect.scoped(run).pipe(
    Effect.catchDefect((defect) => Effect.fail(toWireError(defect))),
    Effect.match({
      onFailure: ({ code, details }) => writeReply(writer, { _tag: "message", message: {}, code, details }),
      onSuccess: (reply) =>
        "bytes" in reply
          ? writeFile(writer, reply)
          : "message" in reply
            ? writeReply(writer, reply)
            : writeReplies(writer, reply)
    })
  )
})

/** How the responses to one request are written. */
interface Writer {
  readonly headers: Readonly<Record<string, string>>
  readonly response: Message<unknown>
  readonly requestId: string
  readonly print: (json: JsonObject) => string
}

/** The JSON of a response as the service writes it, for today's clients and for old ones. */
const toJson = ({ response }: Writer, message: unknown): JsonObject => encode(response, message, { legacy: true })

const writeReply = (writer: Writer, { code, details, message }: Reply<unknown>): WireResponse => ({
  status: httpOf(code),
  headers: { ...writer.headers, "content-type": "application/json; charset=UTF-8" },
  body: writer.print(toJson(writer, { status: requestStatus(code, writer.requestId, details), ...message }))
})

/** One line for each message, as grpc-gateway writes them. */
const writeReplies = (writer: Writer, { messages }: Replies<unknown>): WireResponse => ({
  status: 200,
  headers: { ...writer.headers, "content-type": "application/json" },
  body: Stream.map(messages, (message) => `${writer.print({ result: toJson(writer, message) })}\n`)
})

/** Hosted media are untrusted: nothing in them may run. */
const writeFile = ({ headers }: Writer, { bytes, type }: HostedFile): WireResponse => ({
  status: 200,
  headers: {
    ...headers,
    "content-type": type,
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'"
  },
  body: bytes
})

const largeText = 1 << 20

/** Reads and parses the body. Its memory is held until the request ends. */
const readMessageBody = Effect.fnUntraced(function* (
  request: WireRequest
): Effect.fn.Return<JsonObject, WireError, BodyBudget | Scope.Scope> {
  const { lease } = yield* BodyBudget
  const text = yield* request.readBody(yield* lease)
  // A large body is joined, parsed and handled in separate turns.
  const isLarge = text.length > largeText
  if (isLarge) yield* Effect.promise(nextTurn)
  const message = parseBody(text)
  if (isLarge) yield* Effect.promise(nextTurn)
  return message
})

const isHealthCheck = ({ method, path }: WireRequest): boolean =>
  path === "/healthz" && (method === "GET" || method === "HEAD")

const health = { "content-type": "application/json", "cache-control": "no-store" }

/** Headers for pages of other sites. Source: the service's own (2017). Without a key, only the caller's own loopback page. */
const corsHeaders = (request: WireRequest, key: string | undefined): Readonly<Record<string, string>> => {
  const origin = request.header("origin")
  const open = key !== undefined || !request.overNetwork
  if (!open && (origin === undefined || Result.isFailure(checkCaller(request.header)))) return {}
  return {
    "access-control-allow-origin": open ? "*" : (origin ?? ""),
    ...(open ? {} : { vary: "origin" }),
    "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
    "access-control-allow-headers":
      "authorization, content-type, accept, x-requested-with, x-clarifai-client, x-clarifai-session-token, x-clarifai-request-id-prefix",
    "access-control-max-age": "86400"
  }
}
