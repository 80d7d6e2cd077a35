import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { monotonicMs, monotonicMsUnsafe } from "../../src/call/monotonic-clock.ts"

describe("time for waits", () => {
  it.effect("is in milliseconds of the fiber's clock", () =>
    Effect.gen(function* () {
      const began = yield* monotonicMs
      yield* TestClock.adjust("1500 millis")
      assert.strictEqual((yield* monotonicMs) - began, 1500)
      assert.strictEqual(monotonicMsUnsafe(yield* Clock.Clock), yield* monotonicMs)
    })
  )
  it.live("never goes back", () =>
    Effect.gen(function* () {
      let before = yield* monotonicMs
      for (let i = 0; i < 100; i++) {
        const now = yield* monotonicMs
        assert.isAtLeast(now, before)
        before = now
      }
    })
  )
})
