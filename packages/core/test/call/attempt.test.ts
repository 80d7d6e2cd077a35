import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { type Call, pathOf, send, toRawResponse } from "../../src/call/attempt.ts"
import type { RequestHook } from "../../src/call/request-hook.ts"
import type { Connection } from "../../src/connection/connection.ts"
import { prediction, runtimeOver } from "./runtime.ts"

const ok = `{"status":{"code":10000}}`
interface Sent {
  readonly call?: Call
  readonly hooks?: ReadonlyArray<RequestHook>
}
/** Sends a call over a `fetch`. */
const sendOver = (
  fetch: Connection["fetch"],
  { call = prediction, hooks = [], ...connection }: Partial<Connection> & Sent = {}
) => {
  const { runtime } = runtimeOver(() => ({}), { connection: { fetch, ...connection }, hooks })
  return Effect.flatMap(runtime.settings, (settings) => send(runtime, settings, call))
}
const answering =
  (text: string, init: ResponseInit = {}) =>
  () =>
    Promise.resolve(new Response(text, init))
/** A body that ends with an error. */
const broken = () =>
  new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("{")),
    pull: (controller) => controller.error(new TypeError("terminated"))
  })

describe("an attempt", () => {
  it.effect("sends the call with the connection's headers and its own, and follows no redirect", () =>
    Effect.gen(function* () {
      let seen: readonly [string, RequestInit | undefined] | undefined
      const settings = Effect.succeed({
        baseUrl: "https://x.test",
        authorization: Redacted.make("Key k"),
        sessionToken: Redacted.make("s"),
        userId: undefined,
        appId: undefined,
        keyIsAppBound: true,
        secretHeaders: { "x-proxy": Redacted.make("p") }
      })
      const response = yield* sendOver(
        (input, init) => {
          seen = [new Request(input).url, init]
          return answering(ok)()
        },
        {
          settings,
          headers: { "x-own": "1" },
          call: { ...prediction, headers: { "x-call": "2", accept: "text/plain" } }
        }
      )
      assert.deepInclude(response, { httpStatus: 200, text: ok, retryAfterMs: undefined, location: undefined })
      assert.strictEqual(seen?.[0], "https://x.test/v2/models/m/outputs?page=1")
      assert.deepInclude(seen?.[1] ?? {}, { method: "POST", redirect: "manual" as const })
      assert.strictEqual(seen?.[1]?.body, prediction.body)
      assert.deepStrictEqual(seen?.[1]?.headers, {
        accept: "text/plain",
        "content-type": "application/json",
        "x-own": "1",
        "x-proxy": "p",
        authorization: "Key k",
        "x-clarifai-session-token": "s",
        "x-call": "2"
      })
    })
  )
  it.effect("without a body has no type of one", () =>
    Effect.gen(function* () {
      let headers: unknown
      yield* sendOver(
        (_, init) => {
          headers = init?.headers
          return answering(ok)()
        },
        { call: { ...prediction, method: "GET", body: undefined } }
      )
      assert.deepStrictEqual(headers, { accept: "application/json" })
    })
  )
  it.effect("has how long to wait, by the answer's own date where it has one", () =>
    Effect.gen(function* () {
      const headers = { date: "Fri, 02 Jan 2026 03:04:05 GMT", "retry-after": "Fri, 02 Jan 2026 03:05:05 GMT" }
      assert.strictEqual((yield* sendOver(answering(ok, { headers, status: 429 }))).retryAfterMs, 60_000)
      yield* TestClock.setTime(Date.parse("2026-01-02T03:05:00Z"))
      const { date: _, ...undated } = headers
      assert.strictEqual((yield* sendOver(answering(ok, { headers: undated, status: 429 }))).retryAfterMs, 5000)
      assert.strictEqual((yield* sendOver(answering(ok, { headers: { "retry-after": "3" } }))).retryAfterMs, 3000)
    })
  )
  it.effect("has where a redirect points, without its query", () =>
    Effect.gen(function* () {
      const headers = { location: "https://login.test/a?token=secret" }
      assert.strictEqual((yield* sendOver(answering("", { headers, status: 302 }))).location, "https://login.test/a?…")
      const hidden = () => Promise.resolve(Object.defineProperty(new Response(""), "type", { value: "opaqueredirect" }))
      assert.strictEqual((yield* sendOver(hidden)).httpStatus, 307)
    })
  )
  it.effect("that reaches nobody fails with what the network threw", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        sendOver(() => Promise.reject(Object.assign(new Error("no"), { code: "ECONNREFUSED" })))
      )
      assert.deepInclude(error, { _tag: "Unreachable", sent: false, model: "m", reason: "ECONNREFUSED" })
    })
  )
  it.effect("whose answer breaks off is malformed, and stands where its HTTP status says enough", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(sendOver(() => Promise.resolve(new Response(broken()))))
      assert(error._tag === "MalformedAnswer")
      assert.deepInclude(error, { httpStatus: 200, model: "m" })
      assert.match(error.problem, /^it broke off \(/)
      const refused = yield* sendOver(() => Promise.resolve(new Response(broken(), { status: 503 })))
      assert.deepInclude(refused, { httpStatus: 503, text: "" })
      const moved = yield* sendOver(() => Promise.resolve(new Response(broken(), { status: 300 })))
      assert.deepInclude(moved, { httpStatus: 300, text: "" })
    })
  )
  it.effect("reads no more of an answer than the limit", () =>
    Effect.gen(function* () {
      const limits = { ...runtimeOver(() => ({})).runtime.connection.limits, maxAnswerBytes: 10 }
      const error = yield* Effect.flip(sendOver(answering("x".repeat(11)), { limits }))
      assert.deepInclude(error, { _tag: "MalformedAnswer", problem: "it is longer than 10 bytes", httpStatus: 200 })
      assert.strictEqual((yield* sendOver(answering("x".repeat(10)), { limits })).text.length, 10)
    })
  )
  it.effect("takes a body that is decoded already, and its text where a hook may look at it", () =>
    Effect.gen(function* () {
      const value = { value: { status: { code: 10000 } } }
      const decoded = () => Promise.resolve(Object.assign(new Response("text"), { "~sightline/value": value }))
      const plain = yield* sendOver(decoded)
      assert.strictEqual(plain.read, value)
      assert.strictEqual(plain.text, "")
      const hooked = yield* sendOver(decoded, { hooks: [(request, next) => next(request)] })
      assert.strictEqual(hooked.text, "text")
      assert.isUndefined(hooked.read)
    })
  )
})

describe("the deadline of an attempt", () => {
  const hanging = () => {
    const state = { aborted: false, called: false }
    const fetch: Connection["fetch"] = (_, init) => {
      state.called = true
      return new Promise((_resolve, reject) => {
        init?.signal?.addEventListener("abort", () => {
          state.aborted = true
          reject(new Error("aborted"))
        })
      })
    }
    return { fetch, state }
  }
  it.effect("ends it and closes its socket", () =>
    Effect.gen(function* () {
      const { fetch, state } = hanging()
      const fiber = yield* Effect.forkChild(Effect.exit(sendOver(fetch, { call: { ...prediction, timeoutMs: 1000 } })))
      yield* TestClock.adjust(999)
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust(1)
      const exit = yield* Fiber.join(fiber)
      assert(Exit.isFailure(exit))
      const [reason] = exit.cause.reasons
      assert(reason?._tag === "Fail")
      assert.deepInclude(reason.error, { _tag: "TimedOut", what: "attempt", timeoutMs: 1000, model: "m" })
      assert.isTrue(state.aborted)
    })
  )
  it.effect("covers its body", () =>
    Effect.gen(function* () {
      const stuck = () => Promise.resolve(new Response(new ReadableStream({ pull: () => new Promise(() => {}) })))
      const fiber = yield* Effect.forkChild(Effect.flip(sendOver(stuck, { call: { ...prediction, timeoutMs: 1000 } })))
      yield* Effect.promise(() => new Promise((go) => void setImmediate(go)))
      yield* TestClock.adjust(1000)
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "TimedOut")
    })
  )
  it.effect("goes with the attempt: interruption closes the socket too", () =>
    Effect.gen(function* () {
      const { fetch, state } = hanging()
      const fiber = yield* Effect.forkChild(sendOver(fetch))
      while (!state.called) yield* Effect.promise(() => new Promise((go) => void setImmediate(go)))
      yield* Fiber.interrupt(fiber)
      assert.isTrue(state.aborted)
    })
  )
})

it("a path is shown without its query", () => {
  assert.strictEqual(pathOf(prediction), "/v2/models/m/outputs")
  assert.strictEqual(pathOf({ ...prediction, path: "/v2/a" }), "/v2/a")
})

it.effect("a response of no known form has its headers read as they are", () =>
  Effect.gen(function* () {
    const response = new Response("", { headers: { "retry-after": "soon" } })
    const raw = toRawResponse({ httpStatus: 200, response, text: "t" }, yield* Clock.Clock)
    assert.deepStrictEqual(raw, { httpStatus: 200, text: "t", retryAfterMs: undefined, location: undefined })
  })
)
