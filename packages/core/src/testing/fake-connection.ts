/** A connection whose wire is a function: for tests of chains and plugins without a service. */
import * as Effect from "effect/Effect"
import { type Connection, readableConnection } from "../connection/connection.ts"
import { type LimitOptions, makeLimits } from "../connection/limits.ts"

/** One call as the fake wire saw it. */
export interface FakeCall {
  readonly method: string
  readonly path: string
  /** The body, parsed; undefined where there was none. */
  readonly body: unknown
  readonly headers: Headers
}

/** A connection that remembers its calls. */
export interface FakeConnection extends Connection {
  readonly calls: ReadonlyArray<FakeCall>
}

const bodyOf = async (request: Request): Promise<unknown> => {
  const text = await request.text()
  return text === "" ? undefined : JSON.parse(text)
}

/**
 * A connection over `answer`, which gives each call's JSON body, or a whole Response for another status.
 *
 * There is no network, no credential and no rate limit.
 */
export const fakeConnection = (
  answer: (call: FakeCall) => unknown,
  options: { readonly limits?: LimitOptions; readonly perSecond?: number } = {}
): FakeConnection => {
  const calls: Array<FakeCall> = []
  return readableConnection({
    name: "fake",
    calls,
    settings: Effect.succeed({
      baseUrl: "http://fake.invalid",
      authorization: undefined,
      sessionToken: undefined,
      userId: undefined,
      appId: undefined,
      keyIsAppBound: true
    }),
    fetch: async (input, init) => {
      const request = input instanceof Request ? input : new Request(input, init)
      const url = new URL(request.url)
      const call = {
        method: request.method,
        path: `${url.pathname}${url.search}`,
        body: await bodyOf(request),
        headers: request.headers
      }
      calls.push(call)
      const answered = await answer(call)
      return answered instanceof Response ? answered : Response.json(answered)
    },
    headers: {},
    limits: makeLimits(options.limits),
    rate: { perSecond: options.perSecond ?? Infinity },
    [Symbol.asyncDispose]: () => Promise.resolve()
  })
}
