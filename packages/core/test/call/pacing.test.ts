// Repeats, deadlines and idle sources as callers of a chain see them.
import { assert, describe, it } from "@effect/vitest"
import { retryCapacity, retryCosts } from "../../src/call/retry-budget.ts"
import { models, sightline, type CallEvent } from "../../src/index.ts"
import { fakeConnection } from "../../src/testing.ts"
import { body, output } from "../faults/answers.ts"
import { inputsOf } from "../run/answers.ts"

const urlsFor = (n: number) => Array.from({ length: n }, (_, i) => `https://images.test/${i}.jpg`)
const well = (call: Parameters<typeof inputsOf>[0]) =>
  body(
    10000,
    inputsOf(call).map(() => ({ ...output("x"), input: {} }))
  )

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
