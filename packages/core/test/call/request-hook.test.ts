import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { aroundAttempt } from "../../src/call/around-attempt.ts"
import type { Call, RawResponse } from "../../src/call/attempt.ts"
import { type CallInfo, callInfo } from "../../src/call/call-info.ts"
import { type CallRequest, type RequestHook, withHooks } from "../../src/call/request-hook.ts"
import { type CallError, NotFound } from "../../src/errors/errors.ts"
import { noSecrets, Secrets } from "../../src/errors/secrets.ts"
import { prediction, runtimeOver } from "./runtime.ts"

const info = callInfo(1, prediction, 1, 1)
const response = (text: string): RawResponse => ({
  httpStatus: 200,
  text,
  retryAfterMs: undefined,
  location: undefined
})
const changeNothing: RequestHook = (request, next) => next(request)
const attempt = Effect.succeed(response("sent"))
const adding =
  (name: string): RequestHook =>
  (request, next) =>
    Effect.map(next(request), ({ text, ...rest }) => ({ ...rest, text: `${name}(${text})` }))

/** An attempt of a call with hooks around it. */
const hooked = (
  hooks: ReadonlyArray<RequestHook>,
  options: Partial<Parameters<typeof withHooks>[0]> = {}
): Effect.Effect<RawResponse, CallError> => {
  const { runtime } = runtimeOver(() => ({}), { hooks })
  return withHooks({ runtime, info, call: prediction, secrets: noSecrets, attempt: () => attempt, ...options })
}

describe("request hooks", () => {
  it.effect("wrap an attempt, the first outermost", () =>
    Effect.gen(function* () {
      const { text } = yield* hooked([adding("a"), adding("b")])
      assert.strictEqual(text, "a(b(sent))")
      assert.strictEqual((yield* hooked([])).text, "sent")
    })
  )
  it.effect("see the call, and may answer without sending it", () =>
    Effect.gen(function* () {
      const seen: Array<CallInfo> = []
      const answering: RequestHook = (call) => {
        seen.push(call)
        return Effect.succeed(response("cached"))
      }
      const { text } = yield* hooked([adding("a"), answering, adding("never")], { attempt: () => Effect.die("sent") })
      assert.strictEqual(text, "a(cached)")
      assert.strictEqual(seen.length, 1)
      assert.deepInclude(seen[0], info)
    })
  )
  it("need no turn of the event loop, so that programs with a simulated clock go on", () => {
    const { runtime } = runtimeOver(() => ({}), { hooks: [adding("a")] })
    assert.strictEqual(
      Effect.runSync(aroundAttempt(runtime, info, prediction, noSecrets, () => attempt)).text,
      "a(sent)"
    )
  })
  it.effect("pass typed failures on", () =>
    Effect.gen(function* () {
      const error = new NotFound({})
      assert.strictEqual(yield* Effect.flip(hooked([adding("a")], { attempt: () => Effect.fail(error) })), error)
    })
  )
  it.effect("that throw fail the attempt, which is not repeated, and show no secret", () =>
    Effect.gen(function* () {
      const throwing: RequestHook = () => {
        throw new Error("cannot sign with third-party-key")
      }
      const error = yield* Effect.flip(hooked([adding("a"), throwing], { secrets: new Secrets(["third-party-key"]) }))
      assert(error._tag === "Unreachable")
      assert.deepInclude(error, { sent: true, lasting: true, refused: true, model: "m", retryable: false })
      assert.strictEqual(
        error.reason,
        "a plugin's request hook threw: cannot sign with <redacted>; fix the plugin hooked"
      )
      assert.notInclude(String(error.cause), "third-party-key")
      const { model: _, ...nameless } = info
      const other = yield* Effect.flip(hooked([throwing], { info: { ...nameless, model: undefined } }))
      assert.notProperty(other, "model")
    })
  )
  it.effect.each<[string, object, object]>([
    ["nothing", {}, { path: "/v2/models/m/outputs?page=1" }],
    ["the path, and keep the query", { path: "/v2/other" }, { path: "/v2/other?page=1" }],
    ["the query, and keep the path", { query: "?page=2" }, { path: "/v2/models/m/outputs?page=2" }],
    ["the query for none", { query: "" }, { path: "/v2/models/m/outputs" }],
    ["headers, and keep others", { headers: { b: "3" } }, { headers: { a: "1", b: "3" } }]
  ])("may change %s of what is sent", ([, changes, expected]) =>
    Effect.gen(function* () {
      const sent: Array<Call> = []
      const changing: RequestHook = (request, next) => next(request.with(changes))
      const call = { ...prediction, headers: { a: "1", b: "2" } }
      yield* hooked([changing], {
        call,
        attempt: (one) =>
          Effect.andThen(
            Effect.sync(() => sent.push(one)),
            attempt
          )
      })
      assert.deepStrictEqual(sent, [{ ...call, ...expected }])
    })
  )
  it.effect("may change the body, as text and as bytes, and see a copy of it", () =>
    Effect.gen(function* () {
      for (const body of ['{"new":1}', new TextEncoder().encode('{"new":1}')]) {
        const sent: Array<string> = []
        const changing: RequestHook = (request, next) => {
          const copy = request.body()
          assert.strictEqual(new TextDecoder().decode(copy), '{"inputs":[]}')
          copy?.fill(0)
          assert.strictEqual(request.bytes, 13)
          const changed = request.with({ body })
          assert.strictEqual(changed.bytes, 9)
          return next(changed)
        }
        const own = new TextEncoder().encode('{"inputs":[]}')
        yield* hooked([changing, changeNothing], {
          call: { ...prediction, body: own },
          attempt: (one) =>
            Effect.andThen(
              Effect.sync(() => sent.push(new TextDecoder().decode(one.body))),
              attempt
            )
        })
        assert.deepStrictEqual(sent, ['{"new":1}'])
        assert.strictEqual(new TextDecoder().decode(own), '{"inputs":[]}')
      }
    })
  )
  it.effect.each<[object]>([
    [{ path: "//elsewhere.test/v2 x" }],
    [{ path: "v2/models" }],
    [{ path: "/v2?x=1" }],
    [{ path: "/v2#x" }],
    [{ path: "/v2\\x" }],
    [{ path: "" }],
    [{ query: "page=1" }],
    [{ query: "?a#b" }],
    [{ query: "?a b" }],
    [{ query: "x?a" }]
  ])("may not change the address to %j", ([changes]) =>
    Effect.gen(function* () {
      const changing: RequestHook = (request, next) => next(request.with(changes))
      const error = yield* Effect.flip(hooked([changing], { attempt: () => Effect.die("sent") }))
      assert(error._tag === "Unreachable")
      assert.match(
        error.reason,
        /the (path of a request begins with \/ and has no query|query of a request begins with \?)/
      )
    })
  )
  it.effect("see headers by their names in lower case, without secrets", () =>
    Effect.gen(function* () {
      let seen: CallRequest | undefined
      const looking: RequestHook = (request, next) => {
        seen = request
        return next(request)
      }
      const call = { ...prediction, headers: { "X-Trace": "1", "X-Key": "third-party-key" } }
      yield* hooked([looking], { call, secrets: new Secrets(["third-party-key"]) })
      assert.deepInclude(seen?.headers, { "x-trace": "1", "x-key": "<redacted>" })
      assert.strictEqual(seen?.path, "/v2/models/m/outputs")
      assert.strictEqual(seen?.query, "?page=1")
      assert.isTrue(Object.isFrozen(seen) && Object.isFrozen(seen?.headers))
    })
  )
  it.live("see one hash for equal bodies", () =>
    Effect.gen(function* () {
      const hashOf = (body: Call["body"]) => {
        const hashing: RequestHook = (request) => Effect.map(request.bodyHash, response)
        return Effect.map(hooked([hashing], { call: { ...prediction, body } }), ({ text }) => text)
      }
      const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")
      assert.strictEqual(yield* hashOf(new TextEncoder().encode("abc")), sha256("abc"))
      assert.strictEqual(yield* hashOf(undefined), sha256(""))
    })
  )
  it.effect.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a text", "text"],
    ["a status alone", { httpStatus: 200 }],
    ["a text without a status", { text: "" }],
    ["a status that is no number", { httpStatus: "200", text: "" }],
    ["a text that is none", { httpStatus: 200, text: 5 }]
  ])("that return %s, which is no response, fail the attempt", ([, given]) =>
    Effect.gen(function* () {
      const wrong: RequestHook = () => Effect.succeed(given as RawResponse) // as JavaScript authors do
      const error = yield* Effect.flip(hooked([wrong]))
      assert.include(error.message, "it returned no response: { httpStatus, text }")
    })
  )
  it.effect("that pass on a request of their own fail the attempt", () =>
    Effect.gen(function* () {
      const copying: RequestHook = (request, next) => next({ ...request })
      const error = yield* Effect.flip(hooked([copying], { attempt: () => Effect.die("sent") }))
      assert.include(error.message, "next takes the request that the hook was given")
    })
  )
})
