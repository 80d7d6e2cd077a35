/** One attempt of one call. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Connection, Settings } from "../connection/connection.ts"
import { type CallError, MalformedAnswer, TimedOut } from "../errors/errors.ts"
import { redactUrl } from "../errors/redact.ts"
import { failWithThrown } from "../errors/test-failure.ts"
import type { ReadJson } from "../wire/codec/parse-json.ts"
import type { CallRuntime, CallSettings } from "./call-runtime.ts"
import { modelOf, networkError, truncatedAnswer } from "./network-error.ts"
import { parseRetryAfter } from "./retry.ts"
import { BodyTooLarge, headerOf, readBody, readBodyText } from "../connection/response-body.ts"

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
  /** Texts in the body that must never be shown, such as third parties' keys. */
  readonly secrets?: ReadonlyArray<string>
  /**
   * Decides which failures are repeated: a read changes nothing, a prediction changes nothing but may be paid.
   *
   * @default "read" for GET, else "write"
   */
  readonly intent?: "read" | "prediction" | "write"
}

/** The path without its query. */
export const pathOf = (call: Call): string => call.path.split("?")[0] ?? call.path

/** A response, not yet parsed. */
export interface RawResponse {
  readonly httpStatus: number
  /** The body; empty where it comes as a `stream`. */
  readonly text: string
  /** The body of an answer that arrives in pieces, not read yet: lines of JSON in UTF-8. */
  readonly stream?: ReadableStream<Uint8Array> | undefined
  readonly retryAfterMs?: number | undefined
  /** Where a redirect points, without its query. */
  readonly location?: string | undefined
}

/** The headers that every call carries. */
const headersOf = (connection: Connection, settings: Settings): Record<string, string> => ({
  ...connection.headers,
  ...Object.fromEntries(
    Object.entries(settings.secretHeaders ?? {}).map(([name, value]) => [name, Redacted.value(value)])
  ),
  ...(settings.authorization === undefined ? {} : { authorization: Redacted.value(settings.authorization) }),
  ...(settings.sessionToken === undefined ? {} : { "x-clarifai-session-token": Redacted.value(settings.sessionToken) })
})

/**
 * Sends a request and returns the response's head. The caller reads or cancels its body, within `signal`.
 *
 * Redirects are not followed: the credential belongs to the address that was configured.
 */
export const openResponse = (
  { connection, state }: CallRuntime,
  settings: Settings,
  call: Call,
  signal: AbortSignal
): Promise<Response> =>
  state.http({
    url: settings.baseUrl + call.path,
    method: call.method,
    headers: {
      accept: "application/json",
      ...(call.body === undefined ? {} : { "content-type": "application/json" }),
      ...headersOf(connection, settings),
      ...call.headers
    },
    body: call.body,
    signal
  })

/** A redirect that a browser hides has no status. */
const statusOf = (response: Response): number => (response.type === "opaqueredirect" ? 307 : response.status)

/**
 * The effect that a promise resolves with, or `late` after `ms`. Interruption and lateness abort its signal.
 *
 * Effect's own timeout runs both sides as fibers that race, which was a tenth of a small call; here only the clock is one.
 */
const withTimeout = <A, E, E2>(
  ms: number,
  late: () => Effect.Effect<never, E2>,
  start: (signal: AbortSignal) => Promise<Effect.Effect<A, E>>
): Effect.Effect<A, E | E2> =>
  Effect.suspend(() => {
    let ring: (() => void) | undefined
    const clock = Effect.flatMap(Effect.sleep(ms), () => Effect.sync(() => ring?.()))
    return Effect.flatMap(Effect.forkChild(clock, { startImmediately: true }), (ticking) =>
      Effect.callback<A, E | E2>((resume) => {
        const controller = new AbortController()
        ring = () => {
          resume(late())
          controller.abort()
        }
        start(controller.signal).then(
          (ended) => {
            ticking.interruptUnsafe()
            resume(ended)
          },
          (thrown: unknown) => {
            ticking.interruptUnsafe()
            resume(Effect.die(thrown))
          }
        )
        return Effect.sync(() => {
          ticking.interruptUnsafe()
          controller.abort()
        })
      })
    )
  })

/** A response whose body was parsed from its bytes where no hook can see it; its text is then empty. */
export interface ParsedBody extends RawResponse {
  readonly read?: ReadJson
}

/**
 * Makes one attempt. Interruption and the deadline, which covers reading the body, abort the socket. With hooks, the
 * body is kept as text, which they may look at, unless all of them ignore it.
 */
export const send = (
  runtime: CallRuntime,
  settings: CallSettings,
  call: Call
): Effect.Effect<ParsedBody, CallError> => {
  const readBytes = runtime.hooks.every((hook) => hook.ignoresBody) ? readBody : readBodyText
  const late = () => Effect.fail(new TimedOut({ ...modelOf(call), what: "attempt", timeoutMs: call.timeoutMs }))
  return Effect.withFiber((fiber) => {
    const clock = fiber.getRef(Clock.Clock)
    return withTimeout(call.timeoutMs, late, (signal) =>
      read(runtime, settings, call, signal, readBytes).then(
        (got): Effect.Effect<ParsedBody, CallError> =>
          "_tag" in got ? Effect.fail(got) : Effect.succeed(toParsedBody(got, clock)),
        (reason: unknown) => failWithThrown(reason, (thrown) => networkError(call, settings, thrown))
      )
    )
  })
}

/** A response and its body. */
interface Got {
  readonly response: Response
  readonly httpStatus: number
  readonly body: string | ReadJson
}

const read = async (
  runtime: CallRuntime,
  settings: CallSettings,
  call: Call,
  signal: AbortSignal,
  bodyOf: typeof readBody
): Promise<Got | MalformedAnswer> => {
  const response = await openResponse(runtime, settings, call, signal)
  const httpStatus = statusOf(response)
  try {
    const body = await bodyOf(response, runtime.connection.limits)
    return body instanceof BodyTooLarge
      ? new MalformedAnswer({ ...modelOf(call), httpStatus, problem: body.problem })
      : { response, httpStatus, body }
  } catch (thrown) {
    // a failing status says enough without its body; a good one is nothing without
    return httpStatus >= 300 ? { response, httpStatus, body: "" } : truncatedAnswer(call, settings, httpStatus, thrown)
  }
}

const toParsedBody = ({ body, httpStatus, response }: Got, clock: Clock.Clock): ParsedBody =>
  typeof body === "string"
    ? toRawResponse({ httpStatus, response, text: body }, clock)
    : { ...toRawResponse({ httpStatus, response, text: "" }, clock), read: body }

/** The moment of an answer by its own `Date` header, which its `Retry-After` date is relative to; else by our clock. */
const answeredAtMs = (response: Response, clock: Clock.Clock): number => {
  const date = Date.parse(headerOf(response, "date") ?? "")
  return Number.isNaN(date) ? clock.currentTimeMillisUnsafe() : date
}

/** A response, and the text that was read of it. */
export const toRawResponse = (
  { httpStatus, response, text }: Omit<Got, "body"> & Pick<RawResponse, "text">,
  clock: Clock.Clock
): RawResponse => {
  const [location, retryAfter] = [headerOf(response, "location"), headerOf(response, "retry-after")]
  return {
    httpStatus,
    text,
    retryAfterMs: retryAfter === null ? undefined : parseRetryAfter(retryAfter, answeredAtMs(response, clock)),
    location: location === null ? undefined : redactUrl(location)
  }
}
