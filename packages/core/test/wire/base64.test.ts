import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { fromBase64, toBase64, toBytes } from "../../src/wire/codec/base64.ts"

describe("base64", () => {
  it("is read back as the bytes that it was written from, in every spelling", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(50), (bytes, at) => {
        const text = toBase64(bytes)
        assert.strictEqual(text, Buffer.from(bytes).toString("base64"))
        assert.deepStrictEqual(fromBase64(text), bytes)
        assert.deepStrictEqual(fromBase64(text.replaceAll("=", "")), bytes)
        assert.deepStrictEqual(fromBase64(text.replaceAll("+", "-").replaceAll("/", "_")), bytes)
        assert.deepStrictEqual(fromBase64(`${text.slice(0, at)}\r\n ${text.slice(at)}`), bytes)
      })
    )
  })
  it("of a view has only the bytes of the view", () => {
    assert.strictEqual(toBase64(Uint8Array.of(9, 1, 2, 3, 9).subarray(1, 4)), "AQID")
  })
  it("is not any other text", () => {
    for (const text of ["A", "AQID!", "AQ=ID", "\u00e4AAA", "AQIDB"]) assert.isUndefined(fromBase64(text), text)
    assert.deepStrictEqual(fromBase64(""), new Uint8Array())
  })
  it("gives bytes that own their memory, so that they can be transferred", () => {
    const bytes = fromBase64("AQID")
    assert.strictEqual(bytes?.buffer.byteLength, 3)
  })
  it("is told from bytes", () => {
    assert.deepStrictEqual(toBytes("AQID"), Uint8Array.of(1, 2, 3))
    const bytes = Uint8Array.of(1)
    assert.strictEqual(toBytes(bytes), bytes)
    assert.isUndefined(toBytes("!"))
  })
})
