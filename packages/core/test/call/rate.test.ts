import { retryCapacity, retryCosts } from "../../src/call/retry-budget.ts"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { models, sightline, type CallEvent } from "../../src/index.ts"
import { fakeConnection } from "../../src/testing.ts"
import { makeRateGate, type Paced } from "../../src/call/rate.ts"
import { parseRetryAfter } from "../../src/call/retry.ts"
import { body, output } from "../faults/answers.ts"
import { inputsOf } from "../run/answers.ts"

const urlsFor = (n: number) => Array.from({ length: n }, (_, i) => `https://images.test/${i}.jpg`)
const well = (call: Parameters<typeof inputsOf>[0]) =>
  body(
    10000,
    inputsOf(call).map(() => ({ ...output("x"), input: {} }))
  )

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

describe("repeats", () => {
  it("are budgeted across the app, so that an outage is not multiplied", { timeout: 60_000 }, async () => {
    const connection = fakeConnection(() => Response.json(body(40031), { status: 503 }), {
      limits: { inputsPerCall: { image: 1 } }
    })
    const app = sightline(connection)
    const outcomes = await app.inputs(urlsFor(60)).predict(models.general).run()
    assert.isTrue(outcomes.every((outcome) => !outcome.ok && outcome.error._tag === "ServiceUnavailable"))
    // 60 first attempts, and the repeats that a full budget pays for; calls that fail earn none
    assert.strictEqual(connection.calls.length, 60 + Math.floor(retryCapacity / retryCosts.failure))
    assert.strictEqual(
      connection.calls.length,
      outcomes.reduce((sum, { attempts }) => sum + attempts, 0)
    )
  })

  it("are no longer made while the service asks for an hour, by any app over the connection", async () => {
    const events: Array<CallEvent> = []
    const connection = fakeConnection(() =>
      Response.json(body(11003), { status: 429, headers: { "retry-after": "3600" } })
    )
    const first = await sightline(connection).input("https://images.test/a.jpg").predict(models.general).result()
    const second = await sightline(connection, { onEvent: (event) => events.push(event) })
      .inputs(urlsFor(3))
      .predict(models.general)
      .run()
    assert.strictEqual(connection.calls.length, 1)
    assert.isTrue(!first.ok && first.error._tag === "RateLimited" && first.error.retryAfterMs === 3_600_000)
    for (const outcome of second) {
      assert.isTrue(
        !outcome.ok && outcome.error._tag === "RateLimited" && (outcome.error.retryAfterMs ?? 0) > 3_000_000
      )
      assert.strictEqual(outcome.attempts, 0)
    }
    assert.deepStrictEqual(events, [])
  })

  it("read both forms of Retry-After and nothing else", () => {
    const now = Date.parse("2026-01-02T03:04:05Z")
    assert.strictEqual(parseRetryAfter("120", now), 120_000)
    assert.strictEqual(parseRetryAfter("0.5", now), 500)
    assert.strictEqual(parseRetryAfter("Fri, 02 Jan 2026 03:05:05 GMT", now), 60_000)
    assert.strictEqual(parseRetryAfter("Fri, 02 Jan 2026 03:00:00 GMT", now), 0)
    for (const nothing of ["", "-5", "soon", "1e3", "NaN"]) assert.isUndefined(parseRetryAfter(nothing, now))
  })
})

describe("a run's deadline", () => {
  it("keeps what was answered, and tells each other input that time ran out", async () => {
    const connection = fakeConnection(
      async (call) => {
        if (connection.calls.length > 2) await new Promise(() => {})
        return well(call)
      },
      { limits: { inputsPerCall: { image: 2 } } }
    )
    const outcomes = await sightline(connection).inputs(urlsFor(9)).predict(models.general).run({ timeoutMs: 300 })
    assert.deepStrictEqual(
      outcomes.map((outcome) => (outcome.ok ? "ok" : "what" in outcome.error ? outcome.error.what : "")),
      ["ok", "ok", "ok", "ok", "run", "run", "run", "run", "run"]
    )
    assert.deepStrictEqual(
      outcomes.map(({ index }) => index),
      [0, 1, 2, 3, 4, 5, 6, 7, 8]
    )
  })

  it("ends a source that never gives the next input", async () => {
    const stuck = async function* () {
      yield "https://images.test/a.jpg"
      await new Promise(() => {})
    }
    const outcomes = await sightline(fakeConnection(well))
      .inputs(stuck())
      .predict(models.general)
      .run({ timeoutMs: 300 })
    assert.deepStrictEqual(
      outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.error._tag)),
      ["ok", "TimedOut"]
    )
  })
})

describe("a source that idles", () => {
  it("does not hold back what it has given, and a quick one fills its calls", async () => {
    const connection = fakeConnection(well)
    let release = () => {}
    const slow = async function* () {
      yield* urlsFor(3)
      await new Promise<void>((resolve) => {
        release = resolve
      })
      yield* urlsFor(300)
    }
    let seen = 0
    for await (const outcome of sightline(connection).inputs(slow()).predict(models.general).stream()) {
      assert.isTrue(outcome.ok)
      if (++seen === 3) release()
    }
    assert.strictEqual(seen, 303)
    assert.deepStrictEqual(
      connection.calls.map((call) => inputsOf(call).length),
      [3, 128, 128, 44]
    )
  })
})
