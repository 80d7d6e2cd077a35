import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { makeRateGate, type Paced, type RateGate } from "../../src/call/rate.ts"

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

  const ending = (paced: Paced) => (gate: RateGate) => gate.pass(Effect.void, () => paced, Infinity)
  const [well, other] = [ending({ type: "well" }), ending({ type: "other" })]
  const throttled = (waitMs: number) => ending({ type: "throttled", waitMs })

  it.effect("halves its rate once for calls that are throttled together", () =>
    Effect.gen(function* () {
      const gate = makeRateGate(16)
      const call = gate.pass(Effect.sleep(100), (): Paced => ({ type: "throttled", waitMs: 1000 }), Infinity)
      yield* Effect.forkChild(Effect.forEach(urlsFor(4), () => call, { concurrency: "unbounded" }))
      yield* TestClock.adjust(100)
      assert.strictEqual(gate.perSecond(), 8)
      // the one that tries afterwards is another sign
      yield* Effect.forkChild(call)
      yield* TestClock.adjust(1100)
      assert.strictEqual(gate.perSecond(), 4)
    })
  )

  it.effect("keeps a sixteenth of its rate, however often it is throttled", () =>
    Effect.gen(function* () {
      const gate = makeRateGate(16)
      for (let times = 0; times < 8; times++) {
        yield* throttled(1000)(gate)
        yield* TestClock.adjust(1000)
      }
      assert.strictEqual(gate.perSecond(), 1)
    })
  )

  it.effect("takes a fiftieth of its full rate back for each call that goes well, up to the whole of it", () =>
    Effect.gen(function* () {
      const gate = makeRateGate(100)
      yield* throttled(1000)(gate)
      yield* TestClock.adjust(1000)
      yield* other(gate)
      assert.strictEqual(gate.perSecond(), 50)
      yield* well(gate)
      assert.strictEqual(gate.perSecond(), 52)
      for (let times = 0; times < 30; times++) {
        yield* TestClock.adjust(1000)
        yield* well(gate)
      }
      assert.strictEqual(gate.perSecond(), 100)
    })
  )

  it.effect("waits for the longest of the waits that were asked for, and no shorter one ends it", () =>
    Effect.gen(function* () {
      const gate = makeRateGate(Infinity)
      const both = [5000, 1000].map((waitMs) =>
        gate.pass(Effect.sleep(10), (): Paced => ({ type: "throttled", waitMs }), Infinity)
      )
      yield* Effect.forkChild(Effect.all(both, { concurrency: "unbounded" }))
      yield* TestClock.adjust(10)
      assert.deepStrictEqual(yield* gate.pass(Effect.void, () => ({ type: "well" }), 4999), { shutMs: 5000 })
      const patient = yield* Effect.forkChild(gate.pass(Effect.succeed("mine"), () => ({ type: "well" }), 5000))
      yield* TestClock.adjust(4999)
      assert.isUndefined(patient.pollUnsafe())
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* Fiber.join(patient), "mine")
    })
  )

  it.effect("lets all go again after one that tried, also where it was refused", () =>
    Effect.gen(function* () {
      const gate = makeRateGate(Infinity)
      yield* throttled(1000)(gate)
      yield* TestClock.adjust(1000)
      yield* other(gate)
      let running = 0
      const call = gate.pass(
        Effect.andThen(
          Effect.sync(() => running++),
          Effect.never
        ),
        () => ({ type: "well" }),
        Infinity
      )
      yield* Effect.forkChild(Effect.forEach(urlsFor(5), () => call, { concurrency: "unbounded" }))
      yield* TestClock.adjust(1)
      assert.strictEqual(running, 5)
    })
  )

  it.effect("starts calls two seconds apart where half a call a second is allowed", () =>
    Effect.gen(function* () {
      const gate = makeRateGate(0.5)
      let starts = 0
      const call = gate.pass(
        Effect.sync(() => starts++),
        () => ({ type: "well" }),
        Infinity
      )
      yield* Effect.forkChild(Effect.forEach(urlsFor(3), () => call, { concurrency: "unbounded" }))
      yield* TestClock.adjust(1)
      assert.strictEqual(starts, 1)
      yield* TestClock.adjust(1998)
      assert.strictEqual(starts, 1)
      yield* TestClock.adjust(2)
      assert.strictEqual(starts, 2)
    })
  )
})
