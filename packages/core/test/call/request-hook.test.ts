import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { RawResponse } from "../../src/call/attempt.ts"
import { callInfo } from "../../src/call/call-info.ts"
import { type RequestHook, withHooks } from "../../src/call/request-hook.ts"
import { NotFound } from "../../src/errors/errors.ts"
import { noSecrets, Secrets } from "../../src/errors/secrets.ts"
import { prediction } from "./runtime.ts"

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
  (_, next) =>
    Effect.map(next, ({ text, ...rest }) => ({ ...rest, text: `${name}(${text})` }))

describe("request hooks", () => {
  it.effect("wrap an attempt, the first outermost", () =>
    Effect.gen(function* () {
      const { text } = yield* withHooks([adding("a"), adding("b")], info, attempt, noSecrets)
      assert.strictEqual(text, "a(b(sent))")
      assert.strictEqual((yield* withHooks([], info, attempt, noSecrets)).text, "sent")
    })
  )
  it.effect("see the call, and may answer without sending it", () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = []
      const answering: RequestHook = (call) => {
        seen.push(call)
        return Effect.succeed(response("cached"))
      }
      const never = Effect.die("sent")
      const { text } = yield* withHooks(
        [adding("a"), answering, adding("never")],
        info,
        never.pipe(Effect.as(response(""))),
        noSecrets
      )
      assert.strictEqual(text, "a(cached)")
      assert.deepStrictEqual(seen, [info])
    })
  )
  it.effect("pass typed failures on", () =>
    Effect.gen(function* () {
      const error = new NotFound({})
      assert.strictEqual(yield* Effect.flip(withHooks([adding("a")], info, Effect.fail(error), noSecrets)), error)
    })
  )
  it.effect("that throw fail the attempt, which is not repeated, and show no secret", () =>
    Effect.gen(function* () {
      const throwing: RequestHook = () => {
        throw new Error("cannot sign with third-party-key")
      }
      const error = yield* Effect.flip(
        withHooks([adding("a"), throwing], info, attempt, new Secrets(["third-party-key"]))
      )
      assert(error._tag === "Unreachable")
      assert.deepInclude(error, { sent: true, lasting: true, refused: true, model: "m", retryable: false })
      assert.strictEqual(error.reason, "a plugin's request hook threw: cannot sign with <redacted>; fix the plugin")
      assert.notInclude(String(error.cause), "third-party-key")
      const { model: _, ...nameless } = info
      const other = yield* Effect.flip(withHooks([throwing], { ...nameless, model: undefined }, attempt, noSecrets))
      assert.notProperty(other, "model")
    })
  )
})
