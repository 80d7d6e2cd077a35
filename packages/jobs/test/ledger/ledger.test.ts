import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { type Ledger, type Lease, type NewUnit } from "../../src/ledger/ledger.ts"
import { openSqlite } from "../../src/ledger/sqlite-database.ts"
import { sqlLedger } from "../../src/ledger/sql-ledger.ts"

const settings = { onMaybePaid: "report", budget: {}, sentAtStart: false } as const
const unit = (first: number, size: number): NewUnit => ({
  first,
  size,
  refs: JSON.stringify(Array(size).fill("https://a.b/"))
})
const row = (index: number) => ({ index, as: "succeeded", outcome: "{}" }) as const
const call = { sends: "all", usd: 0, isFirst: true, isCounted: true } as const

/** A ledger with one job of two units of two inputs. */
const ledgerOf = (): Effect.Effect<Ledger> =>
  Effect.orDie(
    Effect.gen(function* () {
      const ledger = yield* sqlLedger(openSqlite({ file: undefined }))
      yield* ledger.create({ id: "job", form: "{}", source: "{}", settings })
      yield* ledger.addUnits("job", 0, [unit(0, 2), unit(2, 2)], undefined)
      yield* ledger.endListing("job")
      yield* ledger.join("one")
      yield* ledger.join("two")
      return ledger
    })
  )

const claim = (ledger: Ledger, worker: string): Effect.Effect<Lease> =>
  Effect.orDie(
    Effect.flatMap(ledger.claim(worker, 0, "job"), (lease) =>
      lease === undefined ? Effect.die(new Error("nothing to claim")) : Effect.succeed(lease)
    )
  )

describe("a ledger", () => {
  it.effect("refuses everything of a lease that another worker has by now", () =>
    Effect.gen(function* () {
      const ledger = yield* ledgerOf()
      const old = yield* claim(ledger, "one")
      assert.deepStrictEqual(yield* ledger.bury({ worker: "one", beat: 0 }), [{ job: "job", unit: 0 }])
      const lease = yield* claim(ledger, "two")
      assert.strictEqual(lease.unit, old.unit)
      assert.deepStrictEqual(yield* ledger.send(old, call), { type: "lost" })
      assert.isFalse(yield* ledger.settle(old, [row(0)], "ends"))
      assert.isFalse(yield* ledger.trying(old, 0))
      yield* ledger.release(old)
      assert.isTrue(yield* ledger.settle(lease, [row(0), row(1)], "ends"))
      assert.deepInclude(yield* ledger.get("job"), { settled: 2, openUnits: 1, calls: 0, state: "running" })
    })
  )

  it.effect("does not bury a worker that has reported since", () =>
    Effect.gen(function* () {
      const ledger = yield* ledgerOf()
      yield* claim(ledger, "one")
      assert.isTrue(yield* ledger.beat("one"))
      assert.deepStrictEqual(yield* ledger.bury({ worker: "one", beat: 0 }), [])
      assert.deepStrictEqual(yield* ledger.bury({ worker: "one", beat: 1 }), [{ job: "job", unit: 0 }])
      assert.isFalse(yield* ledger.beat("one"))
      assert.isUndefined(yield* ledger.claim("one", 0, "job"), "nobody would release what the buried lease")
    })
  )

  it.effect("remembers what was sent, and forgets it when the unit is given back", () =>
    Effect.gen(function* () {
      const ledger = yield* ledgerOf()
      const first = yield* claim(ledger, "one")
      yield* ledger.send(first, call)
      assert.strictEqual(yield* ledger.sentCount("job"), 2)
      yield* ledger.settle(first, [row(0)], "goes on")
      assert.strictEqual(yield* ledger.sentCount("job"), 1)
      yield* ledger.leave("one")
      const second = yield* claim(ledger, "two")
      assert.deepInclude(second, { unit: 0, sent: "all", settled: new Set([0]), claims: 1 })
      yield* ledger.release(second)
      assert.deepInclude(yield* claim(ledger, "two"), { unit: 0, sent: undefined, claims: 1 })
    })
  )

  it.effect("finds the unit of a claim whose answer was lost", () =>
    Effect.gen(function* () {
      const ledger = yield* ledgerOf()
      assert.isUndefined(yield* ledger.recover("one", 0))
      const lost = yield* claim(ledger, "one")
      assert.isUndefined(yield* ledger.recover("one", 1))
      const found = yield* ledger.recover("one", 0)
      assert.deepInclude(found, { unit: lost.unit, fence: lost.fence + 1 })
    })
  )

  it.effect("takes units in order, so that two that list the same source do not add twice", () =>
    Effect.gen(function* () {
      const ledger = yield* ledgerOf()
      yield* ledger.create({ id: "other", form: "{}", source: "{}", settings })
      assert.isTrue(yield* ledger.addUnits("other", 0, [unit(0, 2)], "page 2"))
      assert.isFalse(yield* ledger.addUnits("other", 0, [unit(0, 2)], "page 2"))
      assert.deepInclude(yield* ledger.get("other"), { inputs: 2, units: 1, cursor: "page 2", listed: false })
    })
  )

  it.effect("is done when the last unit ends, and not before the listing does", () =>
    Effect.gen(function* () {
      const ledger = yield* ledgerOf()
      yield* ledger.create({ id: "other", form: "{}", source: "{}", settings })
      yield* ledger.addUnits("other", 0, [unit(0, 1)], undefined)
      const lease = yield* ledger.claim("one", 0, "other")
      if (lease !== undefined) yield* ledger.settle(lease, [row(0)], "ends")
      assert.strictEqual((yield* ledger.get("other"))?.state, "running")
      yield* ledger.endListing("other")
      assert.strictEqual((yield* ledger.get("other"))?.state, "done")
    })
  )

  it.effect("counts the time in which calls are under way, and no pause", () =>
    Effect.gen(function* () {
      const ledger = yield* ledgerOf()
      const workedMs = Effect.map(ledger.get("job"), (job) => job?.workedMs)
      const first = yield* claim(ledger, "one")
      yield* ledger.send(first, call)
      yield* TestClock.adjust("20 seconds")
      yield* ledger.settle(first, [row(0)], "goes on")
      yield* TestClock.adjust("10 seconds")
      const second = yield* claim(ledger, "two")
      yield* ledger.send(second, call) // while the first goes on
      yield* TestClock.adjust("5 seconds")
      yield* ledger.settle(first, [row(1)], "ends")
      assert.strictEqual(yield* workedMs, 35_000)
      yield* ledger.bury({ worker: "two", beat: 0 })
      yield* TestClock.adjust("1 hour")
      const third = yield* claim(ledger, "one")
      yield* ledger.settle(third, [{ index: 2, as: "MaybePaid", outcome: "{}" }], "rests")
      yield* ledger.send(third, call)
      yield* TestClock.adjust("3 seconds")
      yield* ledger.settle(third, [row(3)], "ends")
      assert.strictEqual(yield* workedMs, 38_000)
    })
  )

  it.effect("grants calls within each budget and refuses the one that would exceed it", () =>
    Effect.gen(function* () {
      const ledger = yield* ledgerOf()
      const lease = yield* claim(ledger, "one")
      yield* ledger.setState("job", "running", { ...settings, budget: { usd: 0.3 } })
      const priced = { ...call, usd: 0.2 }
      assert.strictEqual((yield* ledger.send(lease, priced)).type, "granted")
      assert.deepStrictEqual(yield* ledger.send(lease, priced), { type: "spent", limit: "usd", budget: 0.3 })
      yield* ledger.setState("job", "running", { ...settings, budget: { ms: 0 } })
      assert.deepStrictEqual(yield* ledger.send(lease, call), { type: "spent", limit: "ms", budget: 0 })
      assert.deepInclude(yield* ledger.get("job"), { calls: 1, usd: 0.2 })
      yield* ledger.setState("job", "cancelled")
      assert.deepStrictEqual(yield* ledger.send(lease, call), { type: "stopped" })
    })
  )
})
