import { assert, describe, it } from "@effect/vitest"
import { decode, type Decoded } from "../../../src/wire/codec/decode-json.ts"
import { ConceptWire } from "../../../src/wire/messages/concept-messages.ts"
import { DataWire } from "../../../src/wire/messages/data-messages.ts"
import { InputsAddJobProgressWire } from "../../../src/wire/messages/input-messages.ts"
import { MultiInputResponseWire } from "../../../src/wire/messages/input-requests.ts"
import { ModelWire } from "../../../src/wire/messages/model-messages.ts"
import { MultiOutputResponseWire } from "../../../src/wire/messages/output-messages.ts"
import { defineMessage, type Message } from "../../../src/wire/messages/message.ts"
import { message as inside } from "../../../src/wire/messages/field.ts"
import { AllKindsWire } from "./all-kinds.ts"

const value = <A>(decoded: Decoded<A>): A => {
  if (!decoded.ok) throw new Error(`${decoded.problem.path}: ${decoded.problem.problem}`)
  return decoded.value
}
const problem = <A>(decoded: Decoded<A>) => (decoded.ok ? undefined : decoded.problem)

describe("each kind of field", () => {
  it.each<[string, object, object]>([
    ["text", { text: "a", time: "2024-05-01T10:00:00Z", length: "1.5s" }, {}],
    ["booleans as JSON has them", { flag: false, maybe: true }, {}],
    ["booleans as 1 and 0", { flag: 1, maybe: 0 }, { flag: true, maybe: false }],
    ["booleans as the text of 1 and 0", { flag: "1", maybe: "0" }, { flag: true, maybe: false }],
    ["booleans as text", { flag: "true", maybe: "false" }, { flag: true, maybe: false }],
    ["numbers as text", { int32: "-5", double: "1.25", uint64: "12" }, { int32: -5, double: 1.25, uint64: 12 }],
    ["numbers with exponents", { float: "1e12", double: "-2.5E+10" }, { float: 1e12, double: -2.5e10 }],
    ["numbers with negative exponents", { float: "5E-1", double: "25e-11" }, { float: 0.5, double: 25e-11 }],
    ["numbers that JSON lacks", { float: "NaN", double: "-Infinity" }, { float: Number.NaN, double: -Infinity }],
    ["infinity", { double: "Infinity" }, { double: Infinity }],
    ["bytes in base64", { bytes: "AQID" }, {}],
    ["bytes of the binary form", { bytes: Uint8Array.of(1) }, {}],
    ["enums by number, name and the text of a number", { choice: "SECOND" }, { choice: 2 }],
    ["enums by the text of a number", { choice: "5" }, { choice: 5 }],
    ["enums by a name that is newer than the table", { choice: "THIRD" }, { choice: 0 }],
    ["free JSON", { struct: { a: [null] }, any: [{ b: null }] }, {}],
    ["null as a value", { any: null }, {}],
    ["lists of text", { texts: ["a", "b"] }, {}],
    ["lists of numbers as text", { floats: ["0.5", 1], numbers: [1, "2"] }, { floats: [0.5, 1], numbers: [1, 2] }],
    ["lists of nothing but text where numbers belong", { floats: ["0.5"] }, { floats: [0.5] }],
    ["messages", { inner: { level: "1" } }, { inner: { level: 1 } }],
    ["lists of messages", { inners: [{ level: 1 }, {}] }, { inners: [{ level: 1 }, { level: 7 }] }],
    ["maps", { byName: { a: { level: 1 }, b: {} } }, { byName: { a: { level: 1 }, b: { level: 7 } } }],
    ["fields of older services", { old: "a", jsonOnly: "b" }, {}]
  ])("takes %s", (_, json, changed) => {
    assert.deepStrictEqual<unknown>(value(decode(AllKindsWire, json)), { ...json, ...changed })
  })
  it.each<[object, string, string]>([
    [{ text: 5 }, "text", "text, found a number"],
    [{ time: 5 }, "time", "text, found a number"],
    [{ length: true }, "length", "text, found a boolean"],
    [{ flag: 2 }, "flag", "true or false, found a number"],
    [{ flag: "yes" }, "flag", "true or false, found text"],
    [{ flag: "" }, "flag", "true or false, found text"],
    [{ bytes: 5 }, "bytes", "base64 text, found a number"],
    [{ bytes: ["AQID"] }, "bytes", "base64 text, found a list"],
    [{ struct: [1] }, "struct", "an object, found a list"],
    [{ int32: [5] }, "int32", "a number, found a list"],
    [{ choice: "" }, "choice", "a number, found text"],
    [{ choice: " " }, "choice", "a number, found text"],
    [{ choice: "0x10" }, "choice", "a number, found text"],
    [{ texts: [1] }, "texts[0]", "text, found a number"],
    [{ texts: ["a", null] }, "texts[1]", "text, found null"],
    [{ floats: ["a"] }, "floats[0]", "a number, found text"],
    [{ inners: [{}, { level: "x" }] }, "inners[1].level", "a number, found text"],
    [{ byName: [] }, "byName", "an object, found a list"],
    [{ byName: { a: {}, b: { level: {} } } }, "byName.b.level", "a number, found an object"],
    [{ byName: { a: {} }, inner: { level: {} } }, "inner.level", "a number, found an object"]
  ])("refuses %j", (json, path, text) => {
    assert.deepStrictEqual(problem(decode(AllKindsWire, json)), { path, problem: `expected ${text}` })
  })
  it.each(["", " 1", "1 ", "+1", "1.", ".5", "1e", "1ee5", "1e5x", "x1", "0x10", "1,5", "-", "infinity", "NaNs"])(
    "takes %j for no number",
    (text) => {
      assert.deepStrictEqual(problem(decode(AllKindsWire, { double: text })), {
        path: "double",
        problem: "expected a number, found text"
      })
    }
  )
  it("is given back as it is where nothing changes", () => {
    const json = { text: "a", texts: ["a"], inners: [{ level: 1 }], byName: { a: { level: 1 } }, any: null, more: 1 }
    assert.strictEqual<unknown>(value(decode(AllKindsWire, json)), json)
    const byName = { a: { level: 1 }, b: {} }
    assert.strictEqual(value(decode(AllKindsWire, { byName })).byName?.["a"], byName.a)
    assert.deepStrictEqual(byName, { a: { level: 1 }, b: {} })
  })
  it("nests up to 100 levels", () => {
    const NodeWire: Message<object> = defineMessage("Node", () => ({ node: inside(1, () => NodeWire) }))
    const nested = (levels: number) => {
      let json = {}
      for (let level = 0; level < levels; level++) json = { node: json }
      return decode(NodeWire, json)
    }
    assert.isTrue(nested(100).ok)
    assert.deepStrictEqual(problem(nested(101)), {
      path: Array(8).fill("node").join("."),
      problem: "expected at most 100 levels, found an object"
    })
  })
  it("is an error, not a problem of the JSON, where the table of its message fails", () => {
    const BrokenWire = defineMessage("Broken", () => {
      throw new Error("no table")
    })
    assert.throws(() => decode(BrokenWire, {}), "no table")
  })
})

describe("decoding is forgiving", () => {
  it("null is absent, as scalar, message and list", () => {
    const concept = value(decode(ConceptWire, { id: "a", app_id: null, value: null, visibility: null, metadata: null }))
    assert.deepStrictEqual(concept, { id: "a", value: 1 })
    assert.deepStrictEqual(value(decode(DataWire, { concepts: null, image: null })), {})
    assert.deepStrictEqual(value(decode(MultiInputResponseWire, { status: { code: 10000 }, inputs: null })).inputs, [])
  })
  it("a concept without a value is a positive example, and booleans are values", () => {
    assert.strictEqual(value(decode(ConceptWire, { id: "a" })).value, 1)
    assert.strictEqual(value(decode(ConceptWire, { id: "a", value: false })).value, 0)
    assert.strictEqual(value(decode(ConceptWire, { id: "a", value: true })).value, 1)
    assert.strictEqual(value(decode(ConceptWire, { id: "a", value: "0.25" })).value, 0.25)
  })
  it("enums come by number and by name, 64-bit integers as numbers and text", () => {
    assert.strictEqual(value(decode(ModelWire, { visibility: { gettable: "PUBLIC" } })).visibility?.gettable, 50)
    assert.strictEqual(value(decode(ModelWire, { visibility: { gettable: 10 } })).visibility?.gettable, 10)
    assert.deepStrictEqual(value(decode(InputsAddJobProgressWire, { pending_count: "12", success_count: 3 })), {
      pending_count: 12,
      success_count: 3
    })
    const frames = value(decode(DataWire, { frames: [{ frame_info: { index: "1", time: "1000" } }] })).frames
    assert.deepStrictEqual(frames?.[0]?.frame_info, { index: 1, time: 1000 })
  })
  it("an echo that says true instead of bytes is accepted, with quotes and without", () => {
    assert.strictEqual(value(decode(DataWire, { video: { base64: "true" } })).video?.base64, "true")
    assert.strictEqual(value(decode(DataWire, { video: { base64: true } })).video?.base64, "true")
  })
  it("zeros that proto JSON leaves out of boxes and frames are filled in", () => {
    const region = value(decode(DataWire, { regions: [{ region_info: { bounding_box: { bottom_row: 1 } } }] })).regions
    assert.deepStrictEqual(region?.[0]?.region_info?.bounding_box, {
      top_row: 0,
      left_col: 0,
      bottom_row: 1,
      right_col: 0
    })
    assert.deepStrictEqual(value(decode(DataWire, { frames: [{ frame_info: {} }] })).frames?.[0]?.frame_info, {
      index: 0,
      time: 0
    })
  })
  it("unknown members survive, prototypes do not get in", () => {
    const json: unknown = JSON.parse(`{"id":"a","value":0.5,"new":{"deep":[1]},"__proto__":{"id":5},"constructor":7}`)
    assert.strictEqual(value(decode(ConceptWire, json)), json)
    assert.strictEqual(value(decode(ConceptWire, { ...Object(json), value: "0.5" })).id, "a")
  })
  it("what needs no change is not copied, what is given is not changed", () => {
    const given = { concepts: [{ id: "a", value: 0.5 }, { id: "b" }], regions: [{ value: 1 }] }
    const before = structuredClone(given)
    const data = value(decode(DataWire, given))
    assert.deepStrictEqual(given, before)
    assert.isTrue(Object.is(data.concepts?.[0], given.concepts[0]))
    assert.isTrue(Object.is(data.regions, given.regions))
    assert.deepStrictEqual(data.concepts?.[1], { id: "b", value: 1 })
  })
})

describe("decoding says what is wrong and where, without the value", () => {
  it.each([
    [
      { status: { code: 10000 }, outputs: [{ data: { concepts: [{ id: "a", value: "secret" }] } }] },
      "outputs[0].data.concepts[0].value",
      "expected a number, found text"
    ],
    [{ status: { code: 10000 }, outputs: {} }, "outputs", "expected a list, found an object"],
    [{ status: { code: 10000 }, outputs: [null] }, "outputs[0]", "expected an object (Output), found null"],
    [{ outputs: [] }, "status", "expected a value, found nothing"],
    [[], "", "expected an object (MultiOutputResponse), found a list"],
    ["secret", "", "expected an object (MultiOutputResponse), found text"],
    [{ status: { code: 10000, details: 5 } }, "status.details", "expected text, found a number"],
    [
      { status: { code: 10000 }, outputs: [{ data: { embeddings: [{ vector: [0, null] }] } }] },
      "outputs[0].data.embeddings[0].vector[1]",
      "expected a number, found null"
    ]
  ])("%j", (json, path, text) => {
    assert.deepStrictEqual(problem(decode(MultiOutputResponseWire, json)), { path, problem: text })
  })
  it("nesting without end is a problem, not a crash", () => {
    let json: unknown = {}
    for (let i = 0; i < 20_000; i++) json = { parts: [{ data: json }] }
    assert.match(problem(decode(DataWire, json))?.problem ?? "", /at most 100 levels/)
  })
})
