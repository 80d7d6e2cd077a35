import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { makeRateGate, type Paced } from "../../src/call/rate.ts"

const urlsFor = (n: number) => Array.from({ length: n }, (_, i) => `https://images.test/${i}.jpg`)

describe("the gate", () => {
  it.effect("lets no more calls start in any second than the rate allows", () =>
    Effect.gen(function* () {
      const gate = makeRateGate(15)
      const starts: Array<number> = []
      const note = Effect.clockWith((clock) => Effect.sync(() => void starts.push(clock.currentTimeMillisUnsafe())))
      const call = gate.pass(note, (): Paced => ({ type: "well" }), Infinity)
      const all = yield* Effect.forkChild(Effect.forEach(urlsFor(100), () => call, { concurrency: "unbounded" }))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(all)
      assert.strictEqual(starts.length, 100)
      starts.forEach((start, i) => assert.isAtLeast(start - (starts[i - 15] ?? -Infinity), 1000))
      assert.isAtMost((starts.at(-1) ?? 0) - (starts[0] ?? 0), 6000)
    })
  )

  it.effect("after a throttled call waits as asked, then lets one call try alone", () =>
    Effect.gen(function* () {
      const gate = makeRateGate(Infinity)
      let running = 0
      let most = 0
      let throttle = true
      const call = gate.pass(
        Effect.gen(function* () {
          running++
          most = Math.max(most, running)
          yield* Effect.sleep(100)
          running--
          return throttle
        }),
        (throttled): Paced => (throttled ? { type: "throttled", waitMs: 5000 } : { type: "well" }),
        Infinity
      )
      yield* Effect.forkChild(Effect.forEach(urlsFor(8), () => call, { concurrency: "unbounded" }))
      yield* TestClock.adjust(100)
      assert.strictEqual(most, 8)
      most = 0
      const later = yield* Effect.forkChild(Effect.forEach(urlsFor(8), () => call, { concurrency: "unbounded" }))
      yield* TestClock.adjust(4900)
      assert.strictEqual(most, 0)
      yield* TestClock.adjust(100)
      assert.strictEqual(most, 1)
      throttle = false
      yield* TestClock.adjust(6000)
      assert.strictEqual(most, 7)
      yield* Fiber.join(later)
    })
  )

  it.effect("gives back the turn of a caller that goes away while it tries", () =>
    Effect.gen(function* () {
      const gate = makeRateGate(Infinity)
      const throttled = gate.pass(Effect.void, (): Paced => ({ type: "throttled", waitMs: 1000 }), Infinity)
      yield* throttled
      const trying = yield* Effect.forkChild(gate.pass(Effect.never, (): Paced => ({ type: "well" }), Infinity))
      yield* TestClock.adjust(1000)
      const waiting = yield* Effect.forkChild(
        gate.pass(Effect.succeed("mine"), (): Paced => ({ type: "well" }), Infinity)
      )
      yield* TestClock.adjust(1000)
      yield* Fiber.interrupt(trying)
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* Fiber.join(waiting), "mine")
    })
  )

  it.effect("tells at once of a pause that is longer than the caller's patience", () =>
    Effect.gen(function* () {
      const gate = makeRateGate(15)
      yield* gate.pass(Effect.void, (): Paced => ({ type: "throttled", waitMs: 3_600_000 }), Infinity)
      assert.deepStrictEqual(yield* gate.pass(Effect.void, (): Paced => ({ type: "well" }), 60_000), {
        shutMs: 3_600_000
      })
      assert.strictEqual(gate.perSecond(), 7.5)
    })
  )
})
