import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { aroundAttempt } from "../../src/call/around-attempt.ts"
import type { RawResponse } from "../../src/call/attempt.ts"
import { type CallInfo, callInfo } from "../../src/call/call-info.ts"
import { type RequestHook, withHooks } from "../../src/call/request-hook.ts"
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
})
