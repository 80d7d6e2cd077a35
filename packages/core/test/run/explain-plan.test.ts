import { assert, describe, it } from "@effect/vitest"
import type { Plan } from "../../src/chain/plan-type.ts"
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
})
