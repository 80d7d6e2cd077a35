import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as fc from "fast-check"
import { TestClock } from "effect/testing"
import { Deadline, noDeadline } from "../../src/call/deadline.ts"
import { makeRetryBudget } from "../../src/call/retry-budget.ts"
import {
  type Attempted,
  backoffMs,
  nextWait,
  parseRetryAfter,
  retryFailures,
  retrying,
  type RetryPolicy,
  takeRetry
} from "../../src/call/retry.ts"

const policy = (more: Partial<RetryPolicy> = {}): RetryPolicy => ({
  maxAttempts: 4,
  maxWaitMs: 60_000,
  deadline: noDeadline,
  ...more
})

describe("the wait before a repeat", () => {
  it("doubles each time, from a half to the whole of it, up to 20 seconds", () => {
    const whole = (cause: "throttle" | "warm-up" | "failure") =>
      [1, 2, 3, 10].map((attempt) => backoffMs(attempt, { cause }, 1))
    assert.deepStrictEqual(whole("failure"), [250, 500, 1000, 20_000])
    assert.deepStrictEqual(whole("throttle"), [1000, 2000, 4000, 20_000])
    assert.deepStrictEqual(whole("warm-up"), [1000, 2000, 4000, 20_000])
    assert.strictEqual(backoffMs(1, { cause: "failure" }, 0), 125)
    assert.strictEqual(backoffMs(10, { cause: "failure" }, 0), 10_000)
    assert.strictEqual(backoffMs(1, { cause: "failure" }, 0.5), 188)
  })
  it("is never shorter than the service asked for", () => {
    assert.strictEqual(backoffMs(1, { cause: "throttle", retryAfterMs: 30_000 }, 1), 30_000)
    assert.strictEqual(backoffMs(1, { cause: "throttle", retryAfterMs: 1 }, 1), 1000)
  })
  it.effect("is random within its bounds", () =>
    Effect.gen(function* () {
      const waits = new Set<number>()
      for (let i = 0; i < 50; i++) {
        const wait = yield* nextWait(2, { cause: "failure" })
        assert.isTrue(wait >= 250 && wait <= 500)
        waits.add(wait)
      }
      assert.isAbove(waits.size, 5)
    })
  )
})

describe("a repeat", () => {
  const take = (
    of: RetryPolicy,
    attempt: number,
    waitMs: number,
    cause: "failure" | "throttle" | "warm-up" = "failure"
  ) => takeRetry(of, attempt, cause, waitMs)
  it.effect("is allowed up to the most attempts", () =>
    Effect.gen(function* () {
      assert.isTrue(yield* take(policy(), 3, 1))
      assert.isFalse(yield* take(policy(), 4, 1))
    })
  )
  it.effect("is not made after a wait longer than the patience or the deadline", () =>
    Effect.gen(function* () {
      assert.isTrue(yield* take(policy(), 1, 60_000))
      assert.isFalse(yield* take(policy(), 1, 60_001))
      const soon = policy({ deadline: { atMs: 100, timeoutMs: 100 } })
      assert.isTrue(yield* take(soon, 1, 100))
      assert.isFalse(yield* take(soon, 1, 101))
      yield* TestClock.adjust(50)
      assert.isFalse(yield* take(soon, 1, 51))
    })
  )
  it.effect("takes its cost from the budget, and nothing where it is not made", () =>
    Effect.gen(function* () {
      const budget = makeRetryBudget(14)
      assert.isFalse(yield* take(policy({ budget }), 4, 1))
      assert.isFalse(yield* take(policy({ budget }), 1, 60_001))
      assert.isTrue(yield* take(policy({ budget }), 1, 1))
      assert.isFalse(yield* take(policy({ budget }), 1, 1))
    })
  )
  it.effect("for a model that is not ready is not counted for a time", () =>
    Effect.gen(function* () {
      const warming = policy({ budget: makeRetryBudget(0), warmUpUntilMs: 1000 })
      assert.isTrue(yield* take(warming, 50, 1, "warm-up"))
      assert.isFalse(yield* take(warming, 50, 1, "throttle"))
      assert.isFalse(yield* take(warming, 50, 60_001, "warm-up"))
      yield* TestClock.adjust(1000)
      assert.isFalse(yield* take(warming, 1, 1, "warm-up"))
    })
  )
})

describe("the retry loop", () => {
  interface Ended extends Attempted {
    readonly attempt: number
  }
  const failure = (waitMs: number): Attempted["retry"] => ({ cause: "failure", waitMs })
  it.effect("ends with a final attempt, and gives each attempt how the one before ended", () =>
    Effect.gen(function* () {
      const seen: Array<readonly [number, number | undefined]> = []
      const retried: Array<readonly [number, number]> = []
      const fiber = yield* Effect.forkChild(
        retrying<Ended, never, never>({
          attempt: (attempt, before) =>
            Effect.sync(() => {
              seen.push([attempt, before?.attempt])
              return { attempt, retry: attempt < 3 ? failure(attempt * 100) : undefined }
            }),
          policy: policy(),
          onRetry: ({ attempt }, waitMs) => retried.push([attempt, waitMs])
        })
      )
      yield* TestClock.adjust(99)
      assert.lengthOf(seen, 1)
      yield* TestClock.adjust(1)
      assert.lengthOf(seen, 2)
      yield* TestClock.adjust(200)
      assert.deepStrictEqual(yield* Fiber.join(fiber), { attempt: 3, retry: undefined })
      assert.deepStrictEqual(seen, [
        [1, undefined],
        [2, 1],
        [3, 2]
      ])
      assert.deepStrictEqual(retried, [
        [1, 100],
        [2, 200]
      ])
    })
  )
  it.effect("ends with the last attempt that the policy allows", () =>
    Effect.gen(function* () {
      const retried: Array<number> = []
      const fiber = yield* Effect.forkChild(
        retrying<Ended, never, never>({
          attempt: (attempt) => Effect.succeed({ attempt, retry: failure(1) }),
          policy: policy({ maxAttempts: 2 }),
          onRetry: ({ attempt }) => retried.push(attempt)
        })
      )
      yield* TestClock.adjust(10)
      assert.strictEqual((yield* Fiber.join(fiber)).attempt, 2)
      assert.deepStrictEqual(retried, [1])
    })
  )
})

describe("an effect that is run again", () => {
  const failing = <E>(errors: ReadonlyArray<E>) => {
    let runs = 0
    const effect = Effect.suspend(() => {
      const error = errors[runs++]
      return error === undefined ? Effect.succeed(runs) : Effect.fail(error)
    })
    return { effect, runs: () => runs }
  }
  const inTime = <A, E>(effect: Effect.Effect<A, E>, ms = 600_000) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(effect)
      yield* TestClock.adjust(ms)
      return yield* Fiber.join(fiber)
    })
  const again = { retryable: true }
  it.effect("goes on while its failures are retryable, so many times", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* inTime(retryFailures(failing([again, again]).effect, 2)), 3)
      const { effect, runs } = failing([again, again, again])
      assert.strictEqual(yield* Effect.flip(inTime(retryFailures(effect, 2))), again)
      assert.strictEqual(runs(), 3)
    })
  )
  it.effect.each([{ retryable: false }, { retryable: "yes" }, {}, "text", null, true])(
    "ends with a failure that is not retryable: %j",
    (error) =>
      Effect.gen(function* () {
        const { effect, runs } = failing([error])
        assert.strictEqual(yield* Effect.flip(retryFailures(effect, 5)), error)
        assert.strictEqual(runs(), 1)
      })
  )
  it.effect("goes by the caller's own test", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* inTime(retryFailures(failing(["a"]).effect, 5, (error) => Effect.succeed(error === "a"))),
        2
      )
      assert.strictEqual(
        yield* Effect.flip(inTime(retryFailures(failing(["b"]).effect, 5, (error) => Effect.succeed(error === "a")))),
        "b"
      )
    })
  )
  it.effect("waits as long as its failure asks", () =>
    Effect.gen(function* () {
      const { effect, runs } = failing([{ retryable: true, retryAfterMs: 5000 }])
      const fiber = yield* Effect.forkChild(retryFailures(effect, 1))
      yield* TestClock.adjust(4999)
      assert.strictEqual(runs(), 1)
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* Fiber.join(fiber), 2)
      const odd = failing([{ retryable: true, retryAfterMs: "5000" }])
      yield* inTime(retryFailures(odd.effect, 1), 250)
      assert.strictEqual(odd.runs(), 2)
    })
  )
  it.effect("is not run again after the deadline", () =>
    Effect.gen(function* () {
      const { effect, runs } = failing([again])
      const late = Effect.provideService(retryFailures(effect, 5), Deadline, { atMs: 10, timeoutMs: 10 })
      assert.strictEqual(yield* Effect.flip(inTime(late)), again)
      assert.strictEqual(runs(), 1)
    })
  )
})

describe("a Retry-After header", () => {
  const now = Date.parse("2026-01-02T03:04:05Z")
  it("is seconds or a date, and nothing else", () => {
    assert.strictEqual(parseRetryAfter(" 120 ", now), 120_000)
    assert.strictEqual(parseRetryAfter("0.0005", now), 1)
    assert.strictEqual(parseRetryAfter("Fri, 02 Jan 2026 03:05:05 GMT", now), 60_000)
    assert.strictEqual(parseRetryAfter("Fri, 02 Jan 2026 03:00:00 GMT", now), 0)
    for (const nothing of ["", "-5", "soon", "1e3", "NaN", "5s", "1.", "2026-01", "x120"])
      assert.isUndefined(parseRetryAfter(nothing, now))
  })
  it("is never negative", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString())
        ),
        (text) => {
          const ms = parseRetryAfter(text, now)
          assert.isTrue(ms === undefined || ms >= 0)
        }
      )
    )
  })
})
