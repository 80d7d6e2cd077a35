import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import { BodyEvicted, makeBodyBudget } from "../../src/http/body-budget.ts"

/** Whether a promise has settled by now. */
const isDone = async (promise: Promise<unknown>): Promise<boolean> => {
  let done = false
  void promise.then(
    () => (done = true),
    () => (done = true)
  )
  await vi.advanceTimersByTimeAsync(0)
  return done
}

describe("the memory of request bodies", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it("is taken as bytes arrive and given back at the end", async () => {
    const budget = makeBodyBudget(100)
    const one = budget.open()
    assert.strictEqual(budget.used(), 0)
    await one.lease.take(40)
    assert.strictEqual(budget.used(), 40)
    await one.lease.take(20)
    assert.strictEqual(budget.used(), 60)
    one.close()
    assert.strictEqual(budget.used(), 0)
  })

  it("makes later requests wait, in order, and lets small ones through", async () => {
    const budget = makeBodyBudget(100)
    const [first, second, third] = [budget.open(), budget.open(), budget.open()]
    await first.lease.take(70)
    const large = second.lease.take(60)
    assert.isFalse(await isDone(large))
    assert.isTrue(await isDone(third.lease.take(20)))
    first.close()
    assert.isTrue(await isDone(large))
    assert.strictEqual(budget.used(), 80)
  })

  it("lets the oldest reader exceed the limit, so that readers never block each other", async () => {
    const budget = makeBodyBudget(100)
    const [first, second] = [budget.open(), budget.open()]
    await first.lease.take(50)
    await second.lease.take(50)
    const waiting = second.lease.take(10)
    assert.isFalse(await isDone(waiting))
    assert.isTrue(await isDone(first.lease.take(60)))
    first.lease.complete() // its work goes on, but it no longer reads
    assert.isTrue(await isDone(waiting))
  })

  it("evicts a reader that is idle or trickles while others wait, and only then", async () => {
    const budget = makeBodyBudget(1_000_000)
    const [idle, slow, busy, next] = [budget.open(), budget.open(), budget.open(), budget.open()]
    await idle.lease.take(500_000)
    await slow.lease.take(300_000)
    await busy.lease.take(100_000)
    await vi.advanceTimersByTimeAsync(60_000)
    assert.isFalse(await isDone(idle.lease.evicted))
    const waiting = next.lease.take(400_000)
    const evicted: Array<string> = []
    for (const [name, { close, lease }] of Object.entries({ idle, slow, busy, next }))
      void lease.evicted.catch((cause: unknown) => {
        assert.instanceOf(cause, BodyEvicted)
        evicted.push(name)
        close()
      })
    for (let second = 0; second < 5; second++) {
      void busy.lease.take(20_000).catch(() => {})
      void slow.lease.take(100).catch(() => {})
      await vi.advanceTimersByTimeAsync(1000)
    }
    assert.sameMembers(evicted, ["idle", "slow"])
    assert.isTrue(await isDone(waiting))
  })

  it("fails a request that waits and is closed or evicted no more than once", async () => {
    const budget = makeBodyBudget(10)
    const [first, second] = [budget.open(), budget.open()]
    await first.lease.take(10)
    void second.lease.take(5)
    second.close()
    first.close()
    assert.strictEqual(budget.used(), 0)
  })
})
