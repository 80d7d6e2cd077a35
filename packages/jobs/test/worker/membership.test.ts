import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { LedgerUnavailable } from "../../src/errors.ts"
import type { Ledger } from "../../src/ledger/ledger.ts"
import { openSqlite } from "../../src/ledger/sqlite-database.ts"
import { sqlLedger } from "../../src/ledger/sql-ledger.ts"
import { joinWorkers } from "../../src/worker/membership.ts"

const leaseMs = 1000

const idsOf = (ledger: Ledger) =>
  Effect.map(ledger.workers, (workers) => workers.map(({ worker }) => worker).toSorted())

it.effect("takes a worker for dead that stands still for a lease", () =>
  Effect.gen(function* () {
    const ledger = yield* sqlLedger(openSqlite({ file: undefined }))
    yield* ledger.join("dead")
    const me = yield* joinWorkers(ledger, () => "me", leaseMs)
    for (let i = 0; i < 5; i++) {
      yield* me.beat
      yield* TestClock.adjust(leaseMs / 5)
    }
    assert.deepStrictEqual(yield* idsOf(ledger), ["dead", "me"])
    yield* me.beat
    assert.deepStrictEqual(yield* idsOf(ledger), ["me"])
  })
)

it.effect("takes no worker for dead because the ledger was away, or this worker stood still", () =>
  Effect.gen(function* () {
    const inner = yield* sqlLedger(openSqlite({ file: undefined }))
    let isAway = false
    const away = Effect.fail(new LedgerUnavailable({ ledger: "test", problem: "is restarted" }))
    const ledger: Ledger = {
      ...inner,
      beat: (worker) => Effect.suspend(() => (isAway ? away : inner.beat(worker)))
    }
    yield* inner.join("other")
    const me = yield* joinWorkers(ledger, () => "me", leaseMs)
    yield* me.beat
    isAway = true
    for (let i = 0; i < 20; i++) {
      yield* TestClock.adjust(leaseMs / 5)
      yield* Effect.ignore(me.beat)
    }
    isAway = false
    yield* me.beat
    assert.deepStrictEqual(yield* idsOf(inner), ["me", "other"])
    yield* TestClock.adjust(leaseMs * 5)
    yield* me.beat
    assert.deepStrictEqual(yield* idsOf(inner), ["me", "other"])
  })
)
