import { assert, describe, it } from "@effect/vitest"
import {
  type Budget,
  type BudgetUse,
  budgetProblem,
  exceededLimit,
  lowestBudget,
  unpricedProblem
} from "../../src/call/spending-budget.ts"

describe("a budget", () => {
  it.each<[Budget]>([[{}], [{ calls: 0 }], [{ calls: 3, usd: 0.5, ms: 100 }], [{ usd: Infinity }]])(
    "%j has no problem",
    (budget) => assert.isUndefined(budgetProblem(budget))
  )
  it("may have limits that are undefined", () => {
    assert.isUndefined(budgetProblem({ calls: undefined } as object))
  })
  it.each<[object, string]>([
    [{ dollars: 5 }, "has no limit named dollars; give calls, usd or ms"],
    [{ calls: -1 }, "calls is -1; it must be 0 or more"],
    [{ usd: Number.NaN }, "usd is NaN; it must be 0 or more"],
    [{ calls: 1, ms: "5" }, "ms is a string; it must be 0 or more"]
  ])("%j is refused", (budget, problem) => assert.strictEqual(budgetProblem(budget), problem))
})

describe("of several budgets", () => {
  it.each<[ReadonlyArray<Budget>, Budget | undefined]>([
    [[{ calls: 5, usd: 1 }, { calls: 2 }, { ms: 100 }], { calls: 2, usd: 1, ms: 100 }],
    [[{ calls: 0 }, {}], { calls: 0 }],
    [[{ usd: Infinity }, {}], undefined],
    [[], undefined]
  ])("%j the lowest limits hold", (budgets, lowest) => assert.deepStrictEqual(lowestBudget(budgets), lowest))
})

describe("one more call", () => {
  const used = (more: Partial<BudgetUse>): BudgetUse => ({ calls: 0, usd: 0, ms: 0, ...more })
  it.each<[Budget, Partial<BudgetUse>, number]>([
    [{}, { calls: 1e6, usd: 1e6, ms: 1e9 }, 1e6],
    [{ calls: 3 }, { calls: 2 }, 0],
    [{ usd: 1 }, { usd: 0.75 }, 0.25],
    [{ usd: 0.3 }, { usd: 0.1 }, 0.2], // their sum as a double is a little more
    [{ usd: 0 }, {}, 0],
    [{ ms: 100 }, { ms: 99 }, 0]
  ])("may be made: %j after %j, at %d dollars", (budget, before, usd) => {
    assert.isUndefined(exceededLimit(budget, used(before), usd))
  })
  it.each<[Budget, Partial<BudgetUse>, number, object]>([
    [{ calls: 3 }, { calls: 3 }, 0, { limit: "calls", budget: 3 }],
    [{ calls: 0 }, {}, 0, { limit: "calls", budget: 0 }],
    [{ usd: 1 }, { usd: 0.75 }, 0.26, { limit: "usd", budget: 1 }],
    [{ ms: 100 }, { ms: 100 }, 0, { limit: "ms", budget: 100 }],
    [{ calls: 1, usd: 1, ms: 1 }, { calls: 1, usd: 1, ms: 1 }, 1, { limit: "calls", budget: 1 }]
  ])("would exceed the limit: %j after %j, at %d dollars", (budget, before, usd, limit) => {
    assert.deepStrictEqual<unknown>(exceededLimit(budget, used(before), usd), limit)
  })
})

describe("a budget in US dollars", () => {
  const prices = { asOf: "2026-11-30", usdPerInput: { known: 0 } }
  it("needs the price of each model", () => {
    assert.isUndefined(unpricedProblem({ usd: 1 }, prices, ["known"]))
    assert.strictEqual(
      unpricedProblem({ usd: 1 }, prices, ["a", "known", "b"]),
      "usd needs the price of a and b; give it with prices: { asOf, usdPerInput }, for example to sightline(connection, { prices })"
    )
    assert.match(unpricedProblem({ usd: 0 }, undefined, ["known"]) ?? "", /^usd needs the price of known;/)
  })
  it("is the only one that does", () => {
    assert.isUndefined(unpricedProblem({ calls: 1, ms: 1 }, undefined, ["a"]))
  })
})
