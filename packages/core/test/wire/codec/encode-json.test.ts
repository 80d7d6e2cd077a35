import { assert, describe, it } from "@effect/vitest"
import { encode } from "../../../src/wire/codec/encode-json.ts"
import { ConceptWire } from "../../../src/wire/messages/concept-messages.ts"
import { DataWire } from "../../../src/wire/messages/data-messages.ts"
import { PatchInputsRequestWire } from "../../../src/wire/messages/input-requests.ts"
import { ModelWire } from "../../../src/wire/messages/model-messages.ts"
import { AllKindsWire } from "./all-kinds.ts"

describe("each kind of field", () => {
  it.each<[string, object, object]>([
    ["text", { text: "a", time: "2024-05-01T10:00:00Z", length: "0s" }, {}],
    ["empty times, which are no zero values", { time: "", length: "" }, {}],
    ["a boolean", { flag: true }, {}],
    ["numbers", { int32: -1, uint32: 2, int64: 3, uint64: 4, double: 0.1, choice: 1 }, {}],
    ["32-bit floats in their shortest form", { float: Math.fround(0.1) }, { float: 0.1 }],
    ["numbers that JSON lacks", { float: Infinity, double: -Infinity }, { float: "Infinity", double: "-Infinity" }],
    [
      "integers that JSON lacks",
      { int32: NaN, int64: NaN, uint32: NaN },
      { int32: "NaN", int64: "NaN", uint32: "NaN" }
    ],
    ["long integers that JSON lacks", { uint64: Infinity }, { uint64: "Infinity" }],
    ["what is no number as it is", { int32: "a", float: "b", uint64: "18446744073709551615" }, {}],
    ["bytes in base64", { bytes: Uint8Array.of(1, 2, 3) }, { bytes: "AQID" }],
    ["free JSON, empty too", { struct: {}, any: {} }, {}],
    ["null as a value", { any: null }, {}],
    ["zero values of free JSON", { any: 0 }, {}],
    ["an empty message with the field that is always written", { inner: {} }, { inner: { level: 7 } }],
    ["lists", { texts: ["a", ""], floats: [Math.fround(0.1), 0] }, { floats: [0.1, 0] }],
    ["lists of messages", { inners: [{ level: 0, more: 1 }] }, { inners: [{ level: 0 }] }],
    ["what is no list as it is", { texts: "a" }, {}],
    ["maps", { byName: { a: { text: "", level: 1 }, b: {} } }, { byName: { a: { level: 1 }, b: { level: 7 } } }],
    ["wrapped zero values", { maybe: false, maybeText: "", maybeNumber: 0 }, {}],
    ["zero values of fields that show them", { shown: 0 }, {}]
  ])("writes %s", (_, given, changed) => {
    assert.deepStrictEqual(encode(AllKindsWire, given), { ...given, ...changed })
  })
  it.each<[string, object]>([
    ["zero values", { text: "", flag: false, int32: 0, uint64: 0, float: 0, double: 0, choice: 0 }],
    ["empty bytes", { bytes: "" }],
    ["empty bytes in an array", { bytes: new Uint8Array() }],
    ["empty lists and maps", { texts: [], inners: [], byName: {} }],
    ["null", { text: null, inner: null, texts: null, struct: null, byName: null, maybe: null, time: null }],
    ["undefined", { text: undefined, any: undefined, shown: undefined }],
    ["what only older clients read", { old: "a", jsonOnly: "b" }],
    ["unknown members", { more: 1 }]
  ])("leaves out %s", (_, given) => {
    assert.deepStrictEqual(encode(AllKindsWire, given), {})
  })
  it("writes a null of a field that is always written as its absent value", () => {
    assert.deepStrictEqual(encode(AllKindsWire, Object({ inner: { level: null } })), { inner: { level: 7 } })
  })
  it("writes what only older clients read, at every level, for them alone", () => {
    const given = { old: "a", jsonOnly: "b" }
    assert.deepStrictEqual(encode(AllKindsWire, given, { legacy: true }), given)
    const models = { output_info: { type: "concept" } }
    assert.deepStrictEqual(encode(ModelWire, models, { legacy: true }), models)
    assert.deepStrictEqual(encode(ModelWire, models, {}), { output_info: {} })
  })
})

describe("encoding is exact", () => {
  it("zero values are left out, except where the service shows them", () => {
    const model = { id: "", name: "m", app_id: "", is_starred: false, star_count: 0, toolkits: [], metadata: {} }
    assert.deepStrictEqual(encode(ModelWire, model), { name: "m", app_id: "", toolkits: [], metadata: {} })
    assert.deepStrictEqual(encode(ModelWire, { workflow_recommended: false }), { workflow_recommended: false })
    assert.deepStrictEqual(encode(ModelWire, { output_info: { output_config: { max_concepts: 0, sample_ms: 0 } } }), {
      output_info: { output_config: { max_concepts: 0 } }
    })
  })
  it("bytes are written in base64, whichever form they have", () => {
    assert.deepStrictEqual(encode(DataWire, { image: { base64: Uint8Array.of(1, 2, 3) } }), {
      image: { base64: "AQID" }
    })
    assert.deepStrictEqual(encode(DataWire, { image: { base64: "AQID" } }), { image: { base64: "AQID" } })
    assert.deepStrictEqual(encode(DataWire, { image: { base64: new Uint8Array() } }), { image: {} })
  })
  it("values of concepts are always written, unknown and undefined members never", () => {
    const concept = { id: "a", value: 0, name: undefined, extra: 1 } as unknown as ConceptWire // as JavaScript callers do
    assert.deepStrictEqual(encode(ConceptWire, concept), { id: "a", value: 0 })
    assert.deepStrictEqual(encode(ConceptWire, { id: "a" } as ConceptWire), { id: "a", value: 1 })
    assert.deepStrictEqual(encode(PatchInputsRequestWire, { inputs: [], action: "merge" }), {
      inputs: [],
      action: "merge"
    })
  })
  it("members that the protocol has no more are written for older clients only", () => {
    const model = { output_info: { type: "concept", message: "m" } }
    assert.deepStrictEqual(encode(ModelWire, model), { output_info: { message: "m" } })
    assert.deepStrictEqual(encode(ModelWire, model, { legacy: true }), {
      output_info: { message: "m", type: "concept" }
    })
  })
  it("numbers that JSON lacks are written as text", () => {
    assert.deepStrictEqual(encode(ConceptWire, { value: Number.NaN }), { value: "NaN" })
  })
})
