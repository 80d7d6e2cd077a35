/** How answers are printed. */
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { float32, message, printJson } from "../../src/protocol/json.ts"
import { batchResult } from "../../src/protocol/status.ts"

describe("numbers", () => {
  it("print as the shortest text that is the same float32", () => {
    assert.strictEqual(JSON.stringify(float32(0.9989112257957458)), "0.9989112")
    assert.strictEqual(JSON.stringify(float32(Math.fround(0.1))), "0.1")
    assert.strictEqual(JSON.stringify(float32(Math.fround(16_777_217))), "16777216")
    assert.strictEqual(float32(Number.NaN), 0)
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const printed = float32(value)
        assert.strictEqual(Math.fround(printed), value === 0 ? 0 : value)
        const digits = (x: number) => x.toExponential().replace(/e.*/, "").replaceAll(/\D/g, "").length
        // Nothing with fewer digits is the same float32.
        if (digits(printed) > 1)
          assert.notStrictEqual(Math.fround(Number(value.toPrecision(digits(printed) - 1))), value)
      }),
      { numRuns: 500 }
    )
  })
})

describe("messages", () => {
  it("leave out proto3 defaults, except the members that are always shown", () => {
    const shown = message(
      { id: "", value: 0, list: [], object: {}, flag: false, name: "x", missing: undefined },
      "value"
    )
    assert.deepStrictEqual(shown, { value: 0, name: "x" })
  })

  it("escape what HTML would read", () => {
    assert.strictEqual(printJson({ text: "<a href='&'>" }), `{"text":"\\u003ca href='\\u0026'\\u003e"}`)
    fc.assert(fc.property(fc.string(), (text) => assert.deepStrictEqual(JSON.parse(printJson({ text })), { text })))
  })
})

describe("batches", () => {
  const bad = { code: 30002, details: "gone" }
  it("are good, mixed, or bad by their items", () => {
    assert.strictEqual(batchResult([undefined, undefined]).code, 10000)
    assert.strictEqual(batchResult([undefined, bad]).code, 10010)
    assert.strictEqual(batchResult([bad, bad]).code, 10020)
    assert.deepStrictEqual(batchResult([bad]), bad)
  })
})
