import { assert, describe, it } from "@effect/vitest"
import type { Plan, PlannedHook } from "../../src/chain/plan-type.ts"
import { explainPlan } from "../../src/run/explain-plan.ts"

const plan = (more: Partial<Plan> = {}): Plan => ({
  steps: ["inputs", "predict(m)"],
  calls: [],
  items: 0,
  bytes: 0,
  usd: undefined,
  budget: undefined,
  seconds: 0,
  hooks: [],
  unreadable: [],
  notes: [],
  ...more
})

/** Single inputs, every other one. */
const rangesOf = (count: number): PlannedHook["inputs"] => Array.from({ length: count }, (_, i) => [2 * i, 2 * i])

describe("a plan as text", () => {
  it("has its steps, its calls of one size together, and what they cost", () => {
    const calls = [128, 128, 44].map((items) => ({ model: "m", items, bytes: 1000 }))
    assert.strictEqual(
      explainPlan(plan({ calls, items: 300, bytes: 3000, seconds: 1.25, notes: ["be careful"] })),
      [
        "inputs → predict(m)",
        "3 calls, 300 inputs, 2.9 KiB, at least 1.3 s",
        "  2 × m: 128 inputs",
        "  1 × m: 44 inputs",
        "  note: be careful"
      ].join("\n")
    )
  })
  it("has one of a thing in the singular", () => {
    const calls = [{ model: "m", items: 1, bytes: 1 }]
    assert.include(
      explainPlan(plan({ calls, items: 1, bytes: 1 })),
      "1 call, 1 input, 1 B, at least 0.0 s\n  1 × m: 1 input"
    )
  })
  it.each([
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1024 ** 2 - 1, "1024.0 KiB"],
    [1024 ** 2, "1.0 MiB"],
    [5.5 * 1024 ** 2, "5.5 MiB"]
  ])("has %d bytes as %s", (bytes, text) => {
    assert.include(explainPlan(plan({ bytes })), text)
  })
  it("lists ten inputs that cannot be read, and counts the others", () => {
    const unreadable = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ index, problem: `problem ${index}` }))
    const ten = explainPlan(plan({ unreadable: unreadable(10) }))
    assert.include(ten, "  problem 9")
    assert.notInclude(ten, "more that cannot be read")
    const twelve = explainPlan(plan({ unreadable: unreadable(12) }))
    assert.notInclude(twelve, "problem 10")
    assert.include(twelve, "  and 2 more that cannot be read")
  })
  it.each<[number, string]>([
    [0, "0.00 USD"],
    [1, "1.00 USD"],
    [12.345, "12.35 USD"],
    [0.9999, "1.00 USD"],
    [0.001_234, "0.00123 USD"],
    [0.25, "0.250 USD"]
  ])("has %d US dollars as %s", (usd, text) => {
    assert.strictEqual(explainPlan(plan({ usd })).split("\n")[1], `0 calls, 0 inputs, 0 B, at least 0.0 s, ${text}`)
  })
  it.each<[NonNullable<Plan["budget"]>, string]>([
    [{ calls: 3, unsent: 0 }, "  budget of 3 calls: enough"],
    [{ usd: 2.6, unsent: 1 }, "  budget of 2.6 USD: leaves 1 input unsent"],
    [{ calls: 3, usd: 1, ms: 500, unsent: 7 }, "  budget of 3 calls, 1 USD, 500 ms: leaves 7 inputs unsent"]
  ])("has the budget: %j", (budget, line) => {
    assert.strictEqual(explainPlan(plan({ budget })).split("\n")[2], line)
  })
  it.each<[Partial<PlannedHook>, string]>([
    [{}, "  p prepare: no input"],
    [{ order: "pre" }, "  p prepare (pre): no input"],
    [{ filter: { kind: "image" } }, "  p prepare (image): no input"],
    [
      { order: "post", filter: { kind: "image", type: "image/jpeg" }, inputs: [[3, 3]] },
      "  p prepare (post, image, image/jpeg): inputs 3"
    ],
    [
      {
        inputs: [
          [0, 9],
          [12, 12]
        ]
      },
      "  p prepare: inputs 0 to 9, 12"
    ],
    [{ inputs: rangesOf(10) }, "  p prepare: inputs 0, 2, 4, 6, 8, 10, 12, 14, 16, 18"],
    [{ inputs: rangesOf(12) }, "  p prepare: inputs 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 2 more ranges"]
  ])("has the inputs of a hook: %j", (hook, line) => {
    const planned: PlannedHook = {
      plugin: "p",
      hook: "prepare",
      inputs: [],
      ...hook
    }
    assert.strictEqual(explainPlan(plan({ hooks: [planned] })).split("\n")[2], line)
  })
})
