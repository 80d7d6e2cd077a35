import { assert, describe, it } from "@effect/vitest"
import { type Prices, priceOf, priceOfCall, pricesProblem } from "../../src/call/prices.ts"

const prices: Prices = { asOf: "2026-11-30", usdPerInput: { cheap: 0.25, free: 0 } }

describe("a table of prices", () => {
  it.each<[string, Prices]>([
    ["of a day", prices],
    ["of a moment", { ...prices, asOf: "2026-11-30T10:00:00Z" }],
    ["without models", { ...prices, usdPerInput: {} }]
  ])("%s has no problem", (_, table) => assert.isUndefined(pricesProblem(table)))
  it.each<[unknown]>([["yesterday"], ["2026-13-30"], [" 2026-11-30"], ["30-11-2026"], [2026], [undefined]])(
    "is refused whose day is %j",
    (asOf) => {
      assert.strictEqual(
        pricesProblem({ ...prices, asOf: asOf as string }), // as JavaScript callers do
        `asOf is ${String(asOf)}; it must be the day on which they were read, such as 2026-11-30`
      )
    }
  )
  it.each<[unknown]>([[-0.01], [Number.NaN], [Infinity], ["0.5"], [undefined], [null]])(
    "is refused with a price of %j",
    (usd) => {
      assert.strictEqual(
        pricesProblem({ ...prices, usdPerInput: { free: 0, m: usd as number } }), // as JavaScript callers do
        `has ${String(usd)} for m; it must be US dollars for one input, 0 or more`
      )
    }
  )
})

describe("the price", () => {
  it("of one input is what the table has, and unknown where it has none", () => {
    assert.strictEqual(priceOf(prices, "cheap"), 0.25)
    assert.strictEqual(priceOf(prices, "free"), 0)
    assert.isUndefined(priceOf(prices, "other"))
    assert.isUndefined(priceOf(prices, "toString"))
    assert.isUndefined(priceOf(undefined, "cheap"))
  })
  it("of a call is that of its inputs, and unknown where theirs is", () => {
    assert.strictEqual(priceOfCall(prices, { model: "cheap", items: 3, predicts: true }), 0.75)
    assert.isUndefined(priceOfCall(prices, { model: "other", items: 3, predicts: true }))
    assert.isUndefined(priceOfCall(undefined, { model: "cheap", items: 3, predicts: true }))
  })
  it("of a call that predicts nothing is 0, and of one without a model", () => {
    assert.strictEqual(priceOfCall(prices, { model: "other", items: 3, predicts: false }), 0)
    assert.strictEqual(priceOfCall(prices, { model: undefined, items: 3, predicts: true }), 0)
  })
})
