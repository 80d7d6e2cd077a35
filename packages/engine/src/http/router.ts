/** From a request to its handler, and from the handler's result to a response. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { checkCaller, checkContentType, checkKey } from "./access.ts"
import { BodyBudget } from "./body-budget.ts"
import { printWithoutPaths } from "./hide-paths.ts"
import { nextTurn } from "../next-turn.ts"
import { httpOf } from "../protocol/codes.ts"
import { newId } from "../protocol/ids.ts"
import { printJson, type WireObject } from "../protocol/json.ts"
import { type Message, parseBody, readMessage, readText } from "../protocol/read.ts"
import type { Answer, Call, WireRequest, WireResponse } from "../protocol/request.ts"
import { requestStatus } from "../protocol/status.ts"
import { WireError, wireError } from "../protocol/wire-error.ts"
import { type Needs, type Route, routes } from "./routes.ts"
import { Settings, type SettingsValue } from "../settings.ts"

/** Answers any request; every failure becomes an answer. */
export const answerRequest = Effect.fn("engine.request")(function* (
  request: WireRequest
): Effect.fn.Return<WireResponse, never, Needs> {
  const requestId = requestIdOf(request)
  const settings = yield* Settings
  const headers = corsHeaders(request, settings.key)
  const printed = request.overNetwork ? (message: WireObject) => printWithoutPaths(message, settings) : printJson
  const print = (members: WireObject, code: number, details = ""): WireResponse => ({
    status: httpOf(code),
    headers: { ...headers, "content-type": "application/json; charset=UTF-8" },
    body: printed({ status: requestStatus(code, requestId, details), ...members })
  })
  const isOpen = request.overNetwork && settings.key === undefined
  const caller = isOpen ? checkCaller(request.header) : Result.succeed(undefined)
  if (Result.isSuccess(caller) && request.method === "OPTIONS") return { status: 204, headers, body: "" }
  if (Result.isSuccess(caller) && isHealthCheck(request))
    return { status: 200, headers: health, body: '{"status":"ok"}' }
  const place = yield* Effect.result(Effect.try({ try: () => locate(request), catch: asWireError }))
  const empty = Result.isSuccess(place) ? place.success.route.empty : undefined
  const run = Effect.gen(function* () {
    yield* Effect.fromResult(caller)
    yield* Effect.fromResult(checkKey(settings.key, request.header))
    const { params, route } = yield* Effect.fromResult(place)
    if (isOpen) yield* Effect.fromResult(checkContentType(request.method, route.writes, request.header))
    if (route.writes && settings.readOnly)
      return yield* wireError(
        StatusCode.CONN_INSUFFICIENT_SCOPES,
        "this engine was opened read-only; ask the process that owns the folder"
      )
    if (request.bodyBytes > settings.limits.bodyBytes)
      return yield* wireError(
        StatusCode.RPC_MAX_MESSAGE_SIZE_EXCEEDED,
        `the request body has ${request.bodyBytes} bytes; at most ${settings.limits.bodyBytes} are accepted`
      )
    const body = request.method === "GET" ? {} : yield* readMessageBody(request)
    checkLists(body, settings.limits.itemsPerCall)
    return yield* route.handler(makeCall(request, requestId, params, body, settings))
  })
  return yield* Effect.scoped(run).pipe(
    // Readers of requests throw the WireError that they mean; anything else thrown is a defect of the engine.
    Effect.catchDefect((defect) => Effect.fail(asWireError(defect))),
    Effect.match({
      onFailure: ({ code, details }) => print({ ...empty }, code, details),
      onSuccess: (reply) =>
        reply._tag === "message"
          ? print(reply.members, reply.code ?? StatusCode.SUCCESS, reply.details)
          : toWire(reply, headers, printed)
    })
  )
})

/** Every handler works through the lists of a body in one turn; ids are the exception, because they are deleted in parts. */
const checkLists = (body: Message, most: number): void => {
  for (const [name, value] of Object.entries(body))
    if (Array.isArray(value) && name !== "ids" && value.length > most)
      throw wireError(
        StatusCode.CONN_INVALID_REQUEST,
        `${name} has ${value.length} items; at most ${most} are accepted in one call`
      )
}

const largeText = 1 << 20

/** Reads and parses the body. Its memory is held until the request ends. */
const readMessageBody = Effect.fnUntraced(function* (
  request: WireRequest
): Effect.fn.Return<Message, WireError, BodyBudget | Scope.Scope> {
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

const toWire = (
  reply: Exclude<Answer, { readonly _tag: "message" }>,
  cors: Readonly<Record<string, string>>,
  printed: (message: WireObject) => string
): WireResponse =>
  reply._tag === "bytes"
    ? {
        status: 200,
        // Hosted media are untrusted: nothing in them may run.
        headers: {
          ...cors,
          "content-type": reply.type,
          "x-content-type-options": "nosniff",
          "content-security-policy": "sandbox; default-src 'none'"
        },
        body: reply.bytes
      }
    : {
        status: 200,
        headers: { ...cors, "content-type": "application/json" },
        body: Stream.map(reply.lines, (line) => `${printed(line)}\n`)
      }

const asWireError = (cause: unknown): WireError =>
  cause instanceof WireError
    ? cause
    : wireError(
        StatusCode.INTERNAL_SERVER_ISSUE,
        `the engine failed: ${cause instanceof Error ? cause.message : String(cause)}`
      )

const requestIdOf = (request: WireRequest): string => {
  const prefix = request.header("x-clarifai-request-id-prefix") ?? ""
  return /^[\w.-]{1,64}$/.test(prefix) ? `${prefix}-${newId()}` : newId()
}

interface Located {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

/** Finds the route. Every path below an app also has a short form without user and app. */
const locate = ({ method, path }: WireRequest): Located => {
  const parts = path
    .split("/")
    .filter((part) => part !== "")
    .map(decodePart)
  const inApp = parts[0] === "v2" && parts[1] === "users" && parts[3] === "apps" && parts.length > 5
  const place = inApp ? { user: parts[2] ?? "", app: parts[4] ?? "" } : {}
  const short = inApp ? ["v2", ...parts.slice(5)] : parts
  let known = false
  for (const route of routes) {
    const params = matchRoute(route.path, short)
    if (params === undefined) continue
    if (route.method === method) return { route, params: { ...params, ...place } }
    known = true
  }
  throw known
    ? wireError(StatusCode.CONN_METHOD_NOT_ALLOWED, `${method} is not allowed on this path`)
    : wireError(StatusCode.CONN_DOES_NOT_EXIST, "the path is not known. Check the url of your request.")
}

const decodePart = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    throw wireError(StatusCode.CONN_BAD_REQUEST_FORMAT, "the path is not validly percent-encoded")
  }
}

const matchRoute = (
  pattern: ReadonlyArray<string>,
  parts: ReadonlyArray<string>
): Readonly<Record<string, string>> | undefined => {
  if (pattern.length !== parts.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, expected] of pattern.entries()) {
    const part = parts[index] ?? ""
    if (expected.startsWith(":")) params[expected.slice(1)] = part
    else if (expected !== part) return undefined
  }
  return params
}

const makeCall = (
  request: WireRequest,
  requestId: string,
  params: Readonly<Record<string, string>>,
  body: Message,
  settings: SettingsValue
): Call => {
  const query = readQuery(request.query)
  const inBody = readMessage(body, "user_app_id")
  // The path takes precedence over the body, the body over the query; otherwise the engine's own user and app.
  const user =
    params["user"] || readText(inBody, "user_id") || readText(query, "user_app_id.user_id") || settings.userId
  const appId = params["app"] || readText(inBody, "app_id") || readText(query, "user_app_id.app_id") || settings.appId
  const userId = user === "me" ? settings.userId : user
  const scope = userId === settings.userId ? appId : `${userId}/${appId}`
  return { scope, appId, userId, params, query, body, origin: request.origin, requestId }
}

const readQuery = (query: URLSearchParams): Message => {
  const names = new Set(query.keys())
  return Object.fromEntries(
    [...names].map((name) => {
      const all = query.getAll(name)
      return [name, all.length === 1 ? all[0] : all]
    })
  )
}
