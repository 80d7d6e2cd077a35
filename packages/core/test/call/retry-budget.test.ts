import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { makeRetryBudget, retryCapacity, type RetryCause, retryCosts } from "../../src/call/retry-budget.ts"

/** How many repeats of this cause are left; they are taken. */
const drain = (budget: ReturnType<typeof makeRetryBudget>, cause: RetryCause): number => {
  let taken = 0
  while (taken < 1000 && budget.take(cause)) taken++
  return taken
}

describe("a budget of repeats", () => {
  it.each(["throttle", "warm-up", "failure"] as const)("pays for as many of cause %s as its tokens allow", (cause) => {
    assert.strictEqual(drain(makeRetryBudget(), cause), Math.floor(retryCapacity / retryCosts[cause]))
  })
  it("takes nothing where the cost is not left", () => {
    const budget = makeRetryBudget(14)
    assert.isTrue(budget.take("throttle")) // 9 are left
    assert.isFalse(budget.take("failure"))
    assert.isTrue(budget.take("throttle")) // 4
    assert.isFalse(budget.take("throttle"))
  })
  it("pays to its last token", () => {
    assert.isTrue(makeRetryBudget(14).take("failure"))
    assert.isFalse(makeRetryBudget(13).take("failure"))
  })
  it("gets back what the repeat of a successful call cost, or one token", () => {
    const budget = makeRetryBudget(14)
    assert.isTrue(budget.take("failure"))
    budget.succeed("failure")
    assert.isTrue(budget.take("failure"))
    for (let i = 0; i < 4; i++) budget.succeed(undefined)
    assert.isFalse(budget.take("throttle"))
    budget.succeed(undefined)
    assert.isTrue(budget.take("throttle"))
  })
  it("never holds more than its capacity, nor less than nothing", () => {
    const cause = fc.constantFrom<RetryCause>("throttle", "warm-up", "failure")
    const step = fc.record({ take: fc.boolean(), cause: fc.option(cause, { nil: undefined }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const budget = makeRetryBudget(50)
        for (const { cause: of, take } of steps)
          if (take) budget.take(of ?? "failure")
          else budget.succeed(of)
        assert.isAtMost(drain(budget, "throttle"), 10)
        assert.isFalse(budget.take("throttle"))
      })
    )
  })
})
