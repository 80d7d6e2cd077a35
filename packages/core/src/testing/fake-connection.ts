/** A connection that is answered by a function: for tests of chains and plugins without a service. */
import * as Effect from "effect/Effect"
import { type Connection, type Fetch, readableConnection } from "../connection/connection.ts"
import { type LimitOptions, makeLimits } from "../connection/limits.ts"
import { toTestFailure } from "../errors/test-failure.ts"
import { FakeNetworkError } from "./fake-network-error.ts"

/** A call that the fake received. */
export interface FakeCall {
  readonly method: string
  readonly path: string
  /** The parsed body; undefined if there was none. */
  readonly body: unknown
  readonly headers: Headers
}

/** A connection that records its calls. */
export interface FakeConnection extends Connection {
  readonly calls: ReadonlyArray<FakeCall>
}

const bodyOf = async (request: Request): Promise<unknown> => {
  const text = await request.text()
  return text === "" ? undefined : JSON.parse(text)
}

/** Answers calls: returns the JSON body, a whole Response, or a Promise of either; undefined for a call that it leaves. */
export type FakeAnswer = (call: FakeCall) => unknown

/** What the first fake that answers gives; a call that none answers is a mistake of the test. */
const answerOf = async (answers: ReadonlyArray<FakeAnswer>, call: FakeCall): Promise<Response> => {
  try {
    for (const answer of answers) {
      const answered = await answer(call)
      if (answered !== undefined) return answered instanceof Response ? answered : Response.json(answered)
    }
    throw new Error(`no fake answers ${call.method} ${call.path}`)
  } catch (thrown) {
    throw thrown instanceof FakeNetworkError ? thrown : toTestFailure(thrown)
  }
}

/**
 * A connection over `answer`, which gives each call's JSON body, or a whole Response for another status. Of several, the
 * first that returns something answers: see `fakeModel` and `failWith`.
 *
 * There is no network, no credential and no rate limit. What a fake throws is the test's own failure: the run rejects with
 * it, as it does for a call that no fake answers.
 *
 * @example fakeConnection([fakeModel(models.general, { concepts: ["train"] }), failWith("NotFound")])
 */
export const fakeConnection = (
  answer: FakeAnswer | ReadonlyArray<FakeAnswer>,
  options: { readonly limits?: LimitOptions; readonly perSecond?: number } = {}
): FakeConnection => {
  const answers = typeof answer === "function" ? [answer] : answer
  const calls: Array<FakeCall> = []
  const fetch: Fetch = async (input, init) => {
    const request = input instanceof Request ? input : new Request(input, init)
    const url = new URL(request.url)
    const call = {
      method: request.method,
      path: `${url.pathname}${url.search}`,
      body: await bodyOf(request),
      headers: request.headers
    }
    calls.push(call)
    return answerOf(answers, call)
  }
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
    fetch,
    duplex: () => ({ fetch, close: () => {} }),
    headers: {},
    limits: makeLimits(options.limits),
    rate: { perSecond: options.perSecond ?? Infinity },
    [Symbol.asyncDispose]: () => Promise.resolve()
  })
}
