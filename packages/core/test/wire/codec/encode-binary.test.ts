import { assert, describe, it } from "@effect/vitest"
import { decodeBinary } from "../../../src/wire/codec/decode-binary.ts"
import type { Decoded } from "../../../src/wire/codec/decode-json.ts"
import { encodeBinary } from "../../../src/wire/codec/encode-binary.ts"
import { ConceptWire } from "../../../src/wire/messages/concept-messages.ts"
import { InputWire } from "../../../src/wire/messages/input-messages.ts"
import { PointWire } from "../../../src/wire/messages/region-messages.ts"
import { StatusWire } from "../../../src/wire/messages/status-messages.ts"
import { DataWire } from "../../../src/wire/messages/data-messages.ts"
import { ModelWire } from "../../../src/wire/messages/model-messages.ts"
import { AllKindsWire, binarySamples } from "./all-kinds.ts"

const value = <A>(decoded: Decoded<A>): A => {
  if (!decoded.ok) throw new Error(decoded.problem.problem)
  return decoded.value
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
/** The same with a value that the types forbid, as JavaScript callers give it. */
const encodeAny = (json: object): Uint8Array => encodeBinary(AllKindsWire, json as AllKindsWire)

describe("encoding the binary form", () => {
  it.each(binarySamples)("writes %s as protobuf defines it", (_, given, expected) => {
    assert.strictEqual(hex(encodeBinary(AllKindsWire, given)), expected.replaceAll(" ", ""))
  })
  it.each([
    ["empty text", { text: "" }],
    ["false", { flag: false }],
    ["0 of any kind", { int32: 0, uint32: 0, int64: 0, uint64: 0, float: 0, double: 0, choice: 0 }],
    ["no bytes", { bytes: "" }],
    ["no bytes in an array", { bytes: new Uint8Array() }],
    ["empty lists", { texts: [], numbers: [], inners: [] }],
    ["an empty map", { byName: {} }],
    ["null", { text: null, inner: null, texts: null, struct: null, byName: null, maybe: null }],
    ["fields that only older clients read", { old: "a", jsonOnly: "a" }]
  ])("leaves out %s", (_, given) => {
    assert.strictEqual(hex(encodeAny(given)), "")
  })
  it("writes the bytes of base64 text", () => {
    assert.strictEqual(hex(encodeBinary(AllKindsWire, { bytes: "AQID" })), "4a03010203")
  })
  it("takes what is no message for an empty one", () => {
    assert.strictEqual(hex(encodeAny({ inner: null, inners: [null, "a"] })), "9a01009a0100")
  })
  it.each<[object, string]>([
    [{ texts: "abc" }, "AllKinds.texts does not hold a value of kind string"],
    [{ text: 5 }, "AllKinds.text does not hold a value of kind string"],
    [{ flag: 1 }, "AllKinds.flag does not hold a value of kind bool"],
    [{ int32: "5" }, "AllKinds.int32 does not hold a value of kind int32"],
    [{ double: "0.5" }, "AllKinds.double does not hold a value of kind double"],
    [{ uint64: -1 }, "AllKinds.uint64 does not hold a value of kind uint64"],
    [{ bytes: 5 }, "AllKinds.bytes does not hold a value of kind bytes"],
    [{ bytes: "secret!" }, "AllKinds.bytes does not hold a value of kind bytes"],
    [{ time: "yesterday" }, "AllKinds.time does not hold a value of kind timestamp"],
    [{ length: "1h" }, "AllKinds.length does not hold a value of kind duration"],
    [{ numbers: [1, "2"] }, "AllKinds.numbers does not hold a value of kind int32"],
    [{ inners: [{}, { level: "secret" }] }, "Inner.level does not hold a value of kind int32"],
    [{ maybe: "true" }, "AllKinds.maybe does not hold a value of kind bool"]
  ])("refuses %j by the name of its field", (given, message) => {
    try {
      encodeAny(given)
    } catch (thrown) {
      assert.instanceOf(thrown, TypeError)
      return assert.strictEqual(thrown.message, message)
    }
    assert.fail("it was written")
  })
  it("writes whole messages after one that was refused", () => {
    assert.throws(() => encodeAny({ text: "a", inner: { text: "b", level: "c" } }))
    assert.strictEqual(hex(encodeBinary(AllKindsWire, { flag: true })), "1001")
  })
  it("leaves out zero values, unknown and undefined fields", () => {
    const concept = { id: "", name: undefined, value: 0, extra: 1 } as unknown as ConceptWire // as JavaScript callers do
    assert.strictEqual(encodeBinary(ConceptWire, concept).length, 0)
    assert.strictEqual(encodeBinary(ModelWire, { workflow_recommended: false }).length, 3)
    assert.strictEqual(encodeBinary(DataWire, { image: {} }).length, 2)
    assert.strictEqual(encodeBinary(DataWire, { concepts: [], metadata: {} }).length, 2)
    assert.strictEqual(encodeBinary(PointWire, { row: -0, col: 0 }).length, 5)
  })
  it("leaves out of free JSON what JSON.stringify does", () => {
    const metadata = { a: undefined, b: () => 1, c: [undefined, Symbol("s")], d: null }
    assert.deepStrictEqual(value(decodeBinary(DataWire, encodeBinary(DataWire, { metadata }))), {
      metadata: { c: [null, null], d: null }
    })
  })
  it("says which field does not hold what it should, and not what it holds", () => {
    const wrong: ReadonlyArray<readonly [unknown, string]> = [
      [{ id: 5 }, "Concept.id does not hold a value of kind string"],
      [{ value: "secret" }, "Concept.value does not hold a value of kind float"],
      [{ value: 1, created_at: "secret" }, "Concept.created_at does not hold a value of kind timestamp"],
      [{ value: 1, visibility: { gettable: 0.5 } }, "Visibility.gettable does not hold a value of kind enum"]
    ]
    for (const [given, message] of wrong)
      assert.throws(() => encodeBinary(ConceptWire, given as ConceptWire), TypeError, message)
    assert.throws(
      () => encodeBinary(DataWire, { image: { base64: "!" } }),
      "Image.base64 does not hold a value of kind bytes"
    )
    assert.throws(
      () => encodeBinary(DataWire, { concepts: {} as [] }),
      "Data.concepts does not hold a value of kind message"
    )
    assert.throws(() => encodeBinary(StatusWire, { code: 1, percent_completed: -1 }), "Status.percent_completed")
    assert.throws(() => encodeBinary(DataWire, { int_value: 1.5 }), "Data.int_value")
    assert.throws(() => encodeBinary(DataWire, { bool_value: 1 as unknown as boolean }), "Data.bool_value")
  })
  it("writes more than any buffer holds at first", () => {
    const base64 = new Uint8Array(300_000).fill(7)
    const inputs = Array.from({ length: 5 }, (_, at) => ({ id: String(at), data: { image: { base64 } } }))
    for (const input of inputs)
      assert.deepStrictEqual<unknown>(value(decodeBinary(InputWire, encodeBinary(InputWire, input))), input)
  })
})
