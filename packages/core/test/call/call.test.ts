import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import {
  type CallResult,
  execute,
  executeOrFail,
  expectSuccess,
  pausedByService,
  toPaced,
  toRetry
} from "../../src/call/call.ts"
import { Deadline } from "../../src/call/deadline.ts"
import { monotonicMs } from "../../src/call/monotonic-clock.ts"
import { NotConfigured, NotFound, RateLimited } from "../../src/errors/errors.ts"
import { prediction, runtimeOver, statusBody, withTime } from "./runtime.ts"

const ok = { ...statusBody(10000), outputs: [] }
const busy = () => Response.json(statusBody(40031), { status: 503 })
const limited = (retryAfter?: string) =>
  Response.json(statusBody(11005), {
    status: 429,
    headers: retryAfter === undefined ? {} : { "retry-after": retryAfter }
  })
const errorOf = ({ result }: CallResult) => {
  assert(Result.isFailure(result))
  return result.failure
}
const codeOf = ({ result }: CallResult) => (Result.isSuccess(result) ? result.success.status.code : result.failure._tag)
/** A runtime whose n-th call gets the n-th answer; the last one again and again. */
const inOrder = (answers: ReadonlyArray<() => unknown>, options: Parameters<typeof runtimeOver>[1] = {}) => {
  let nth = 0
  return runtimeOver(() => answers[Math.min(nth++, answers.length - 1)]?.(), options)
}

describe("a call", () => {
  it.effect("gives its response, its number and its attempts", () =>
    Effect.gen(function* () {
      const { runtime } = inOrder([() => ok])
      const [first, second] = [yield* execute(runtime, prediction, 1), yield* execute(runtime, prediction, 1)]
      assert.deepInclude(first, { id: 1, attempts: 1 })
      assert.strictEqual(second.id, 2)
      assert(Result.isSuccess(first.result))
      assert.deepInclude(first.result.success, { httpStatus: 200, attempts: 1, retryAfterMs: undefined, json: ok })
    })
  )
  it.effect("whose status is a failure is a response too, and is made once", () =>
    Effect.gen(function* () {
      const { calls, runtime } = inOrder([() => Response.json(statusBody(11102), { status: 400 })])
      assert.strictEqual(codeOf(yield* execute(runtime, prediction, 1)), 11102)
      assert.lengthOf(calls, 1)
    })
  )
  it.effect("is repeated after a failure of work that was not done, with events of each attempt", () =>
    Effect.gen(function* () {
      const { calls, events, runtime } = inOrder([busy, () => limited("2"), () => ok])
      const result = yield* withTime(execute(runtime, prediction, 3, 9))
      assert.strictEqual(codeOf(result), 10000)
      assert.strictEqual(result.attempts, 3)
      assert(Result.isSuccess(result.result) && result.result.success.attempts === 3)
      assert.lengthOf(calls, 3)
      assert.deepStrictEqual(
        events.map((event) => [
          event.type,
          ...("call" in event ? [event.call.attempt, event.call.items, event.call.after] : [])
        ]),
        [
          ["call", 1, 3, 9],
          ["answer", 1, 3, 9],
          ["retry", 1, 3, 9],
          ["call", 2, 3, 9],
          ["answer", 2, 3, 9],
          ["retry", 2, 3, 9],
          ["call", 3, 3, 9],
          ["answer", 3, 3, 9]
        ]
      )
      const waits = events.flatMap((event) => (event.type === "retry" ? [[event.error._tag, event.waitMs >= 125]] : []))
      assert.deepStrictEqual(waits, [
        ["ServiceUnavailable", true],
        ["RateLimited", true]
      ])
      assert.isAtLeast(events.flatMap((event) => (event.type === "retry" ? [event.waitMs] : []))[1] ?? 0, 2000)
    })
  )
  it.effect("ends with its last response when no attempt is left", () =>
    Effect.gen(function* () {
      const { calls, runtime } = inOrder([busy], { limits: { maxAttempts: 2 } })
      const result = yield* withTime(execute(runtime, prediction, 1))
      assert.deepStrictEqual([codeOf(result), result.attempts, calls.length], [40031, 2, 2])
    })
  )
  it.effect("without an answer ends with an error, and an event of it", () =>
    Effect.gen(function* () {
      const { events, runtime } = runtimeOver(() => ({}), {
        connection: { fetch: () => Promise.reject(new Error("reset")) }
      })
      const result = yield* execute(runtime, prediction, 1)
      assert.deepInclude(errorOf(result), { _tag: "Unreachable", sent: true })
      assert.strictEqual(result.attempts, 1)
      assert.deepStrictEqual(
        events.map(({ type }) => type),
        ["call", "failure"]
      )
    })
  )
  it.effect("with a malformed answer ends with an error", () =>
    Effect.gen(function* () {
      const { runtime } = inOrder([() => new Response("<html>")])
      assert.strictEqual(errorOf(yield* execute(runtime, prediction, 1))._tag, "MalformedAnswer")
    })
  )
  it.effect("is repeated after a reset where the connection wants predictions repeated", () =>
    Effect.gen(function* () {
      let nth = 0
      const fetch = () => (nth++ === 0 ? Promise.reject(new Error("reset")) : Promise.resolve(Response.json(ok)))
      const { runtime } = runtimeOver(() => ({}), { connection: { fetch, retry: { predictions: "always" } } })
      const result = yield* withTime(execute(runtime, prediction, 1))
      assert.deepStrictEqual([codeOf(result), result.attempts], [10000, 2])
    })
  )
  it.effect("without settings is not made and has no number", () =>
    Effect.gen(function* () {
      const missing = new NotConfigured({ setting: "pat", problem: "is missing" })
      const { calls, runtime } = runtimeOver(() => ok, { connection: { settings: Effect.fail(missing) } })
      const result = yield* execute(runtime, prediction, 1)
      assert.deepInclude(result, { id: 0, attempts: 0 })
      assert.strictEqual(errorOf(result), missing)
      assert.lengthOf(calls, 0)
    })
  )
  it.effect("earns a repeat back when it goes well", () =>
    Effect.gen(function* () {
      const { runtime } = inOrder([busy, () => ok])
      const { budget } = runtime.state
      yield* withTime(execute(runtime, prediction, 1))
      let left = 0
      while (left < 1000 && budget.take("failure")) left++
      assert.strictEqual(left, 35) // all of 500 tokens
    })
  )
  it.effect("that fails earns nothing", () =>
    Effect.gen(function* () {
      const { runtime } = inOrder([busy], { limits: { maxAttempts: 2 } })
      const { budget } = runtime.state
      yield* withTime(execute(runtime, prediction, 1))
      let left = 0
      while (left < 1000 && budget.take("failure")) left++
      assert.strictEqual(left, 34)
    })
  )
  it.effect("writes a line without payloads for each attempt", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.make(({ message }) => void lines.push(String(message)))
      const { runtime } = inOrder([() => ok])
      yield* execute(runtime, prediction, 3).pipe(
        Effect.provideService(References.MinimumLogLevel, "Debug"),
        Effect.provide(Logger.layer([logger]))
      )
      assert.lengthOf(lines, 1)
      assert.match(lines[0] ?? "", /^POST \/v2\/models\/m\/outputs attempt 1: 10000, 3 items, \d+ ms$/)
    })
  )
})

describe("without a deadline of the run", () => {
  it.effect("a call ends within seven minutes, although the service never answers", () =>
    Effect.gen(function* () {
      const { calls, runtime } = runtimeOver(() => new Promise(() => {}))
      const began = yield* monotonicMs
      const result = yield* withTime(execute(runtime, { ...prediction, intent: "read" }, 1), 1000)
      assert.deepInclude(errorOf(result), { _tag: "TimedOut", what: "attempt", timeoutMs: 60_000 })
      assert.lengthOf(calls, 4)
      assert.isAtMost((yield* monotonicMs) - began, 420_000)
    })
  )
  it.effect("and although it asks for the longest waits", () =>
    Effect.gen(function* () {
      const { calls, runtime } = inOrder([() => limited("60")])
      const began = yield* monotonicMs
      assert.strictEqual(codeOf(yield* withTime(execute(runtime, prediction, 1), 1000)), 11005)
      assert.lengthOf(calls, 4)
      assert.isAtMost((yield* monotonicMs) - began, 420_000)
    })
  )
})

describe("the run's deadline", () => {
  it.effect("ends a call, whose attempts were made", () =>
    Effect.gen(function* () {
      const { runtime } = runtimeOver(() => new Promise(() => {}))
      const fiber = yield* Effect.forkChild(
        Effect.provideService(execute(runtime, prediction, 1), Deadline, { atMs: 100, timeoutMs: 70 })
      )
      yield* TestClock.adjust(100)
      const result = yield* Fiber.join(fiber)
      assert.deepInclude(errorOf(result), { _tag: "TimedOut", what: "run", timeoutMs: 70, model: "m" })
      assert.strictEqual(result.attempts, 1)
    })
  )
  it.effect("ends repeats whose wait is longer", () =>
    Effect.gen(function* () {
      const { calls, runtime } = inOrder([() => limited("30")])
      const result = yield* withTime(
        Effect.provideService(execute(runtime, prediction, 1), Deadline, { atMs: 10_000, timeoutMs: 10_000 }),
        1
      )
      assert.strictEqual(codeOf(result), 11005)
      assert.lengthOf(calls, 1)
    })
  )
})

describe("a pause that the service asked for", () => {
  it.effect("longer than the patience ends calls before they are sent", () =>
    Effect.gen(function* () {
      const { calls, events, runtime } = inOrder([() => limited("3600")])
      assert.strictEqual(codeOf(yield* execute(runtime, prediction, 1)), 11005)
      const second = yield* execute(runtime, prediction, 1)
      const error = errorOf(second)
      assert(error._tag === "RateLimited")
      assert.deepInclude(error, { model: "m", details: "the service asked for a pause that is not over" })
      assert.isAtMost(error.retryAfterMs ?? Infinity, 3_600_000)
      assert.isAbove(error.retryAfterMs ?? 0, 3_500_000)
      assert.strictEqual(second.attempts, 0)
      assert.lengthOf(calls, 1)
      assert.lengthOf(events, 2)
    })
  )
  it.effect("that a repeat meets leaves the answer before it standing", () =>
    Effect.gen(function* () {
      let nth = 0
      const { runtime } = runtimeOver(() => (nth++ === 0 ? busy() : limited("3600")))
      const fiber = yield* Effect.forkChild(
        withTime(
          Effect.all(
            [execute(runtime, prediction, 1), Effect.andThen(Effect.sleep(1), execute(runtime, prediction, 1))],
            { concurrency: 2 }
          ),
          1
        )
      )
      const [first] = yield* Fiber.join(fiber)
      assert.deepStrictEqual([codeOf(first), first.attempts], [40031, 1])
    })
  )
  it("says how long, in whole milliseconds", () => {
    assert.deepInclude(pausedByService(prediction, 1.2), { retryAfterMs: 2, model: "m" })
  })
})

describe("what pacing learns", () => {
  it("is the wait of a throttled attempt, and else whether it went well", () => {
    assert.deepStrictEqual(toPaced({ retry: { cause: "throttle", waitMs: 5 } }, true), { type: "throttled", waitMs: 5 })
    assert.deepStrictEqual(toPaced({ retry: { cause: "warm-up", waitMs: 5 } }, true), { type: "throttled", waitMs: 5 })
    assert.deepStrictEqual(toPaced({ retry: { cause: "failure", waitMs: 5 } }, true), { type: "other" })
    assert.deepStrictEqual(toPaced({ retry: undefined }, true), { type: "other" })
    assert.deepStrictEqual(toPaced({ retry: undefined }, false), { type: "well" })
  })
  it.effect("and the repeat that an error asks for", () =>
    Effect.gen(function* () {
      const { runtime } = inOrder([() => ok])
      assert.isUndefined(yield* toRetry(runtime, prediction, 1, undefined))
      assert.isUndefined(yield* toRetry(runtime, prediction, 1, new NotFound({})))
      assert.deepStrictEqual(yield* toRetry(runtime, prediction, 1, new RateLimited({ retryAfterMs: 5000 })), {
        cause: "throttle",
        waitMs: 5000
      })
    })
  )
})

describe("a call that must be answered well", () => {
  it.effect("fails with the error of its status, without the call's secrets", () =>
    Effect.gen(function* () {
      const { runtime } = inOrder([() => statusBody(11101, { details: "no third-party-key" })])
      const error = yield* Effect.flip(expectSuccess(runtime, { ...prediction, secrets: ["third-party-key"] }))
      assert.deepInclude(error, { code: 11101, model: "m", requestId: "r1", details: "no <redacted>" })
    })
  )
  it.effect("gives its response, also a mixed one, whose items the caller checks", () =>
    Effect.gen(function* () {
      const { runtime } = inOrder([() => ok, () => statusBody(10010)])
      assert.strictEqual((yield* expectSuccess(runtime, prediction)).status.code, 10000)
      assert.strictEqual((yield* expectSuccess(runtime, prediction)).status.code, 10010)
    })
  )
  it.effect("fails with its last error where it has no response", () =>
    Effect.gen(function* () {
      const { runtime } = inOrder([() => new Response("")])
      assert.strictEqual((yield* Effect.flip(executeOrFail(runtime, prediction, 1)))._tag, "MalformedAnswer")
      assert.strictEqual((yield* Effect.flip(expectSuccess(runtime, prediction)))._tag, "MalformedAnswer")
    })
  )
})
