/** How answers are printed. */
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { printJson } from "../../src/protocol/json.ts"
import { batchResult } from "../../src/protocol/status.ts"

describe("responses", () => {
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
