/** One attempt of one call. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Connection, Settings } from "../connection/connection.ts"
import type { Http } from "../connection/http.ts"
import { MalformedAnswer, TimedOut, type Unreachable } from "../errors/errors.ts"
import { redactUrl } from "../errors/redact.ts"
import type { ReadJson } from "../wire/codec/parse-json.ts"
import { cutShort, unreachable } from "./network-error.ts"
import { parseRetryAfter } from "./retry.ts"
import { headerOf, readBody, readText } from "../connection/response-body.ts"

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
}

/** The path without its query. */
export const pathOf = (call: Call): string => call.path.split("?")[0] ?? call.path

/** What came back, not yet understood. */
export interface RawAnswer {
  readonly httpStatus: number
  /** The body; empty where it comes as a `stream`. */
  readonly text: string
  /** The body of an answer that comes in pieces, not read yet: lines of JSON in UTF-8. */
  readonly stream?: ReadableStream<Uint8Array> | undefined
  readonly retryAfterMs: number | undefined
  /** Where a redirect points, without its query. */
  readonly location: string | undefined
}

/** What sends calls: a connection, and its HTTP client. */
export interface Sender {
  readonly connection: Connection
  readonly http: Http
}

/** The headers that every call carries. */
export const headersOf = (connection: Connection, settings: Settings): Record<string, string> => ({
  ...connection.headers,
  ...Object.fromEntries(
    Object.entries(settings.secretHeaders ?? {}).map(([name, value]) => [name, Redacted.value(value)])
  ),
  ...(settings.authorization === undefined ? {} : { authorization: Redacted.value(settings.authorization) }),
  ...(settings.sessionToken === undefined ? {} : { "x-clarifai-session-token": Redacted.value(settings.sessionToken) })
})

/**
 * Opens a call and gives the response's head; the body is the caller's to read or cancel, within `signal`.
 *
 * Redirects are not followed: the credential belongs to the address that was configured.
 */
export const open = (
  { connection, http }: Sender,
  settings: Settings,
  call: Call,
  signal: AbortSignal
): Promise<Response> =>
  http({
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

/** The model that a call's errors name. */
export const modelOf = (call: Call) => (call.model === undefined ? {} : { model: call.model })

const tooLong = (call: Call, limit: number, httpStatus: number) =>
  new MalformedAnswer({ ...modelOf(call), httpStatus, problem: `it is longer than ${limit} bytes` })

/** A redirect that a browser hides has no status of its own. */
const statusOf = (response: Response): number => (response.type === "opaqueredirect" ? 307 : response.status)

/**
 * What a promise of an effect gives, or `late` after `ms`. Interruption and lateness abort its signal.
 *
 * Effect's own timeout runs both sides as fibers that race, which was a tenth of a small call; here only the clock is one.
 */
const withinTime = <A, E, E2>(
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

/** An answer, or what was read of it where nobody is to see its text, which then is empty. */
export interface Reply extends RawAnswer {
  readonly read?: ReadJson
}

/**
 * Makes one attempt. Interruption and the deadline, which covers reading the body, abort the socket. `seen` is true where
 * somebody may look at the answer's text.
 */
export const send = (
  sender: Sender,
  settings: Settings,
  call: Call,
  seen: boolean
): Effect.Effect<Reply, Unreachable | TimedOut | MalformedAnswer> => {
  const late = () => Effect.fail(new TimedOut({ ...modelOf(call), what: "attempt", timeoutMs: call.timeoutMs }))
  return Effect.withFiber((fiber) => {
    const clock = fiber.getRef(Clock.Clock)
    return withinTime(call.timeoutMs, late, (signal) =>
      read(sender, settings, call, signal, seen ? readText : readBody).then(
        (got): Effect.Effect<Reply, MalformedAnswer | Unreachable> =>
          "_tag" in got ? Effect.fail(got) : Effect.succeed(replyOf(got, clock)),
        (thrown: unknown) => Effect.fail(unreachable(call, settings, thrown))
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
  sender: Sender,
  settings: Settings,
  call: Call,
  signal: AbortSignal,
  bodyOf: typeof readBody
): Promise<Got | MalformedAnswer> => {
  const limit = sender.connection.limits.maxAnswerBytes
  const response = await open(sender, settings, call, signal)
  const httpStatus = statusOf(response)
  try {
    const body = await bodyOf(response, limit)
    return body === undefined ? tooLong(call, limit, httpStatus) : { response, httpStatus, body }
  } catch (thrown) {
    // a failing status says enough without its body; a good one is nothing without
    return httpStatus >= 300 ? { response, httpStatus, body: "" } : cutShort(call, settings, httpStatus, thrown)
  }
}

const replyOf = ({ body, httpStatus, response }: Got, clock: Clock.Clock): Reply =>
  typeof body === "string"
    ? rawOf({ httpStatus, response, text: body }, clock)
    : { ...rawOf({ httpStatus, response, text: "" }, clock), read: body }

/** What a response and the text that was read of it say. */
export const rawOf = (
  { httpStatus, response, text }: Omit<Got, "body"> & Pick<RawAnswer, "text">,
  clock: Clock.Clock
): RawAnswer => {
  const [location, retryAfter] = [headerOf(response, "location"), headerOf(response, "retry-after")]
  return {
    httpStatus,
    text,
    retryAfterMs: retryAfter === null ? undefined : parseRetryAfter(retryAfter, clock.currentTimeMillisUnsafe()),
    location: location === null ? undefined : redactUrl(location)
  }
}
