/** One attempt of one call, on ky over the connection's own `fetch`. Its own retries and deadlines are off: ours apply. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import ky from "ky"
import type { Connection, Settings } from "../connection.ts"
import { MalformedAnswer, TimedOut, Unreachable } from "../errors.ts"
import { redactUrl, scrub } from "../media/redact.ts"
import { parseRetryAfter } from "./retry.ts"

/** A call to make. */
export interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE"
  /** The path with its query, from `/v2`. */
  readonly path: string
  readonly body: Uint8Array<ArrayBuffer> | undefined
  /** The model concerned, for errors. */
  readonly model?: string
  readonly timeoutMs: number
  /** More headers for this call alone. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What came back, not yet understood. */
export interface RawAnswer {
  readonly httpStatus: number
  readonly text: string
  readonly retryAfterMs: number | undefined
}

/** Failures that happen before a connection exists: the request certainly never left. */
const neverSent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT"
])

interface Caused {
  readonly code?: unknown
  readonly message?: unknown
  readonly cause?: unknown
  readonly _tag?: unknown
  readonly name?: unknown
}

/** The innermost cause that says something: a code, or a tagged error of the connection's own. */
const rootOf = (thrown: unknown): Caused => {
  let at: Caused = Object(thrown) as Caused
  for (let depth = 0; depth < 8; depth++) {
    if (typeof at._tag === "string" || typeof at.code === "string") return at
    if (typeof at.cause !== "object" || at.cause === null) return at
    at = at.cause
  }
  return at
}

/** The headers that every call carries. */
export const headersOf = (connection: Connection, settings: Settings): Record<string, string> => ({
  ...connection.headers,
  ...(settings.authorization === undefined ? {} : { authorization: Redacted.value(settings.authorization) }),
  ...(settings.sessionToken === undefined ? {} : { "x-clarifai-session-token": Redacted.value(settings.sessionToken) })
})

/** Texts that must never be shown: the credential, with and without its scheme word. */
export const secretsOf = (settings: Settings): ReadonlyArray<string> =>
  [settings.authorization, settings.sessionToken]
    .filter((secret) => secret !== undefined)
    .flatMap((secret) => {
      const value = Redacted.value(secret)
      return [value, value.replace(/^\S+\s+/, "")]
    })

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

const unreachable = (call: Call, settings: Settings, thrown: unknown): Unreachable => {
  const root = rootOf(thrown)
  const own = typeof root._tag === "string"
  const secrets = secretsOf(settings)
  const reason = scrub(
    own ? String(root.message) : (textOf(root.code) ?? textOf(root.message) ?? "the connection broke"),
    secrets
  )
  const refused = typeof root.code === "string" && neverSent.has(root.code)
  return new Unreachable({
    ...(call.model === undefined ? {} : { model: call.model }),
    origin: redactUrl(settings.baseUrl),
    reason,
    sent: !(own || refused),
    cause: new Error(own ? `${root._tag}: ${reason}` : reason)
  })
}

const tooLong = (call: Call, limit: number, httpStatus: number) =>
  new MalformedAnswer({
    ...(call.model === undefined ? {} : { model: call.model }),
    httpStatus,
    problem: `it is longer than ${limit} bytes`
  })

/** The answer's text, read no further than the limit. */
const readText = async (response: Response, limit: number): Promise<string | undefined> => {
  const told = Number(response.headers.get("content-length") ?? Number.NaN)
  if (told > limit) {
    await response.body?.cancel()
    return undefined
  }
  if (!Number.isNaN(told) || response.body === null) return response.text()
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ""
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    length += value.byteLength
    if (length > limit) {
      await reader.cancel()
      return undefined
    }
    text += decoder.decode(value, { stream: true })
  }
}

/** Opens a call and gives the response's head; the body is the caller's to read or cancel, within `signal`. */
export const open = (connection: Connection, settings: Settings, call: Call, signal: AbortSignal): Promise<Response> =>
  ky(settings.baseUrl + call.path, {
    method: call.method,
    headers: {
      accept: "application/json",
      ...(call.body === undefined ? {} : { "content-type": "application/json" }),
      ...headersOf(connection, settings),
      ...call.headers
    },
    ...(call.body === undefined ? {} : { body: call.body }),
    fetch: connection.fetch,
    retry: 0,
    timeout: false,
    throwHttpErrors: false,
    redirect: "manual",
    signal
  })

/** Makes one attempt. Interruption and the deadline abort the socket. */
export const send = (
  connection: Connection,
  settings: Settings,
  call: Call
): Effect.Effect<RawAnswer, Unreachable | TimedOut | MalformedAnswer> =>
  Effect.gen(function* () {
    const limit = connection.limits.maxAnswerBytes
    const answer = yield* Effect.tryPromise({
      try: async (signal) => {
        const response = await open(connection, settings, call, signal)
        return { response, text: await readText(response, limit) }
      },
      catch: (thrown) => unreachable(call, settings, thrown)
    })
    const { response, text } = answer
    if (text === undefined) return yield* tooLong(call, limit, response.status)
    const now = yield* Clock.currentTimeMillis
    return {
      httpStatus: response.status,
      text,
      retryAfterMs: parseRetryAfter(response.headers.get("retry-after"), now)
    }
  }).pipe(
    Effect.timeoutOrElse({
      duration: call.timeoutMs,
      orElse: () =>
        Effect.fail(
          new TimedOut({
            ...(call.model === undefined ? {} : { model: call.model }),
            what: "attempt",
            timeoutMs: call.timeoutMs
          })
        )
    })
  )
