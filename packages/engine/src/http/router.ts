/** From a request to its handler, and from what that gives to an answer. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { checkKey } from "./access.ts"
import { Load } from "./body-budget.ts"
import { httpOf } from "../protocol/codes.ts"
import { newId } from "../protocol/ids.ts"
import { printJson, type WireObject } from "../protocol/json.ts"
import { type Message, parseBody, readMessage, readText } from "../protocol/read.ts"
import type { Answer, Call, WireRequest, WireResponse } from "../protocol/request.ts"
import { requestStatus } from "../protocol/status.ts"
import { WireError, wireError } from "../protocol/wire-error.ts"
import { type Needs, type Route, routes } from "./routes.ts"
import { Settings, type SettingsValue } from "../settings.ts"

/** Answers any request; whatever goes wrong becomes an answer too. */
export const answerRequest = Effect.fn("engine.request")(function* (
  request: WireRequest
): Effect.fn.Return<WireResponse, never, Needs> {
  if (request.method === "OPTIONS") return { status: 204, headers: crossOrigin, body: "" }
  const requestId = requestIdOf(request)
  const settings = yield* Settings
  const place = yield* Effect.result(Effect.try({ try: () => locate(request), catch: asWireError }))
  const empty = place._tag === "Success" ? place.success.route.empty : undefined
  const run = Effect.gen(function* () {
    yield* Effect.fromResult(checkKey(settings.key, request.header))
    const { params, route } = yield* Effect.fromResult(place)
    if (route.writes && settings.readOnly)
      return yield* wireError(11007, "this engine was opened read-only; ask the process that owns the folder")
    if (request.bodyBytes > settings.limits.bodyBytes)
      return yield* wireError(
        40033,
        `the request body has ${request.bodyBytes} bytes; at most ${settings.limits.bodyBytes} are taken`
      )
    const { within } = yield* Load
    const work = Effect.gen(function* () {
      const body = request.method === "GET" ? {} : parseBody(yield* request.body)
      return yield* route.handler(makeCall(request, requestId, params, body, settings))
    })
    return yield* within(request.bodyBytes)(work)
  })
  return yield* run.pipe(
    // Readers of requests throw the WireError they mean; anything else thrown is a defect of ours.
    Effect.catchDefect((defect) => Effect.fail(asWireError(defect))),
    Effect.match({
      onFailure: ({ code, details }) => print({ ...empty }, code, requestId, details),
      onSuccess: (reply) => printAnswer(reply, requestId)
    })
  )
})

/** Browsers are clients too. Source: the service's own headers (2017). */
const crossOrigin = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
  "access-control-allow-headers":
    "authorization, content-type, accept, x-requested-with, x-clarifai-client, x-clarifai-session-token, x-clarifai-request-id-prefix",
  "access-control-max-age": "86400"
}

const json = { ...crossOrigin, "content-type": "application/json; charset=UTF-8" }

const print = (members: WireObject, code: number, requestId: string, details = ""): WireResponse => ({
  status: httpOf(code),
  headers: json,
  body: printJson({ status: requestStatus(code, requestId, details), ...members })
})

const printAnswer = (reply: Answer, requestId: string): WireResponse => {
  if (reply._tag === "message") return print(reply.members, reply.code ?? 10000, requestId, reply.details)
  if (reply._tag === "bytes")
    return {
      status: 200,
      // Hosted media came from strangers: nothing in them may run.
      headers: {
        ...crossOrigin,
        "content-type": reply.type,
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'"
      },
      body: reply.bytes
    }
  return {
    status: 200,
    headers: { ...crossOrigin, "content-type": "application/json" },
    body: Stream.map(reply.lines, (line) => `${printJson(line)}\n`)
  }
}

const asWireError = (cause: unknown): WireError =>
  cause instanceof WireError
    ? cause
    : wireError(98004, `the engine failed: ${cause instanceof Error ? cause.message : String(cause)}`)

const requestIdOf = (request: WireRequest): string => {
  const prefix = request.header("x-clarifai-request-id-prefix") ?? ""
  return /^[\w.-]{1,64}$/.test(prefix) ? `${prefix}-${newId()}` : newId()
}

interface Located {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

/** Finds the route; every path below an app also has a short form without user and app. */
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
    ? wireError(11103, `${method} is not allowed on this path`)
    : wireError(11101, "the path is not known. Check the url of your request.")
}

const decodePart = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    throw wireError(11100, "the path is not validly percent-encoded")
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
  // The path wins over the body, the body over the query; without any, the engine's own user and app.
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
