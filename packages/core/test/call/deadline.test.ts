import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { Deadline, deadlineIn, noDeadline, runTimedOut, timeLeft, withDeadline } from "../../src/call/deadline.ts"

describe("a deadline", () => {
  it.effect("is none by default", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Deadline, noDeadline)
      assert.strictEqual(yield* timeLeft(noDeadline), Infinity)
    })
  )
  it.effect("comes after its time", () =>
    Effect.gen(function* () {
      const deadline = yield* deadlineIn(1000)
      assert.strictEqual(deadline.timeoutMs, 1000)
      assert.strictEqual(yield* timeLeft(deadline), 1000)
      yield* TestClock.adjust(300)
      assert.strictEqual(yield* timeLeft(deadline), 700)
    })
  )
  it("has an error that says whose it is", () => {
    const error = runTimedOut({ atMs: 5, timeoutMs: 1000 }, "m")
    assert.deepInclude(error, { what: "run", timeoutMs: 1000, model: "m" })
    assert.notProperty(runTimedOut(noDeadline), "model")
  })
})

describe("an effect with a deadline", () => {
  const late = () => Effect.succeed("late")
  it.effect("is left alone without one", () =>
    Effect.sync(() => {
      const effect = Effect.succeed(1)
      assert.strictEqual<unknown>(withDeadline(noDeadline, effect, late), effect)
    })
  )
  it.effect("ends in time with its own value", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(
        withDeadline(yield* deadlineIn(1000), Effect.as(Effect.sleep(900), "done"), late)
      )
      yield* TestClock.adjust(1000)
      assert.strictEqual(yield* Fiber.join(fiber), "done")
    })
  )
  it.effect("is interrupted when its time is over", () =>
    Effect.gen(function* () {
      let stopped = false
      const slow = Effect.onInterrupt(Effect.sleep(5000), () => Effect.sync(() => void (stopped = true)))
      const fiber = yield* Effect.forkChild(withDeadline(yield* deadlineIn(1000), slow, late))
      yield* TestClock.adjust(1000)
      assert.strictEqual(yield* Fiber.join(fiber), "late")
      assert.isTrue(stopped)
    })
  )
  it.effect("does not begin once its time is over, to the millisecond", () =>
    Effect.gen(function* () {
      const deadline = yield* deadlineIn(100)
      yield* TestClock.adjust(100)
      assert.strictEqual(yield* withDeadline(deadline, Effect.die("begun"), late), "late")
      yield* TestClock.adjust(50)
      assert.strictEqual(yield* withDeadline(deadline, Effect.die("begun"), late), "late")
    })
  )
})
