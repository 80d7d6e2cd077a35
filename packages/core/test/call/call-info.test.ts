import { assert, describe, it } from "@effect/vitest"
import { callInfo } from "../../src/call/call-info.ts"
import { prediction } from "./runtime.ts"

describe("a call as hooks and events see it", () => {
  it("has ids and counts, and the path without its query", () => {
    assert.deepStrictEqual(callInfo(7, prediction, 3, 2), {
      id: 7,
      method: "POST",
      path: "/v2/models/m/outputs",
      model: "m",
      items: 3,
      bytes: 13,
      attempt: 2
    })
  })
  it("has no bytes where there is no body, and the call that it follows where it follows one", () => {
    const { model: _, ...call } = prediction
    assert.deepInclude(callInfo(1, { ...call, body: undefined }, 0, 1), { bytes: 0, model: undefined })
    assert.strictEqual(callInfo(2, prediction, 1, 1, 1).after, 1)
  })
})
