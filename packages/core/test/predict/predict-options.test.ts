import { assert, describe, it } from "@effect/vitest"
import { mergeOptions } from "../../src/predict/predict-options.ts"

describe("merged options", () => {
  it("have the later value of each option, and all others", () => {
    assert.deepStrictEqual(mergeOptions({ top: 3, language: "de" }, { top: 5, atLeast: 0.5 }), {
      top: 5,
      language: "de",
      atLeast: 0.5
    })
  })
  it("merge parameters by name", () => {
    assert.deepStrictEqual(mergeOptions({ params: { a: 1, b: 1 } }, { params: { b: 2 } }), { params: { a: 1, b: 2 } })
    assert.deepStrictEqual(mergeOptions({ params: { a: 1 } }, {}), { params: { a: 1 } })
    assert.deepStrictEqual(mergeOptions({}, { params: { a: 1 } }), { params: { a: 1 } })
  })
  it("merge secrets by name", () => {
    assert.deepStrictEqual(mergeOptions({ secrets: { a: "x", b: "x" } }, { secrets: { b: "y" } }), {
      secrets: { a: "x", b: "y" }
    })
    assert.deepStrictEqual(mergeOptions({ secrets: { a: "x" } }, { top: 1 }), { secrets: { a: "x" }, top: 1 })
  })
  it("have no parameters or secrets where neither has some", () => {
    assert.deepStrictEqual(Object.keys(mergeOptions({ top: 1 }, { language: "de" })), ["top", "language"])
  })
  it("have the parameters and secrets that one of them has", () => {
    const [params, secrets] = [{ a: 1 }, { key: "x" }]
    assert.deepStrictEqual(mergeOptions({ params }, { secrets }), { params, secrets })
    assert.deepStrictEqual(mergeOptions({ secrets }, { params }), { params, secrets })
  })
  it("leave both as they were", () => {
    const [first, second] = [{ params: { a: 1 } }, { params: { b: 2 } }]
    mergeOptions(first, second)
    assert.deepStrictEqual([first, second], [{ params: { a: 1 } }, { params: { b: 2 } }])
  })
})
