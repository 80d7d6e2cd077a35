import { assert, describe, it } from "@effect/vitest"
import { decode, type Decoded } from "../../src/wire/codec/decode-json.ts"
import { encode } from "../../src/wire/codec/encode-json.ts"
import { float32 } from "../../src/wire/codec/float32.ts"
import { ConceptWire } from "../../src/wire/messages/concept-messages.ts"
import { DataWire } from "../../src/wire/messages/data-messages.ts"
import { InputsAddJobProgressWire } from "../../src/wire/messages/input-messages.ts"
import { MultiInputResponseWire, PatchInputsRequestWire } from "../../src/wire/messages/input-requests.ts"
import { ModelWire } from "../../src/wire/messages/model-messages.ts"
import { MultiOutputResponseWire } from "../../src/wire/messages/output-messages.ts"

const value = <A>(decoded: Decoded<A>): A => {
  if (!decoded.ok) throw new Error(`${decoded.problem.path}: ${decoded.problem.problem}`)
  return decoded.value
}
const problem = <A>(decoded: Decoded<A>) => (decoded.ok ? undefined : decoded.problem)

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
  it("members that the protocol has no more are read and not written", () => {
    const model = value(decode(ModelWire, { output_info: { type: "concept", message: "m" } }))
    assert.strictEqual(model.output_info?.type, "concept")
    assert.deepStrictEqual(encode(ModelWire, model), { output_info: { message: "m" } })
    assert.deepStrictEqual(encode(ModelWire, model, { legacy: true }), {
      output_info: { message: "m", type: "concept" }
    })
  })
  it("32-bit floats have their shortest form", () => {
    assert.strictEqual(float32(Math.fround(0.9989112)), 0.9989112)
    assert.strictEqual(float32(0.1), 0.1)
    assert.strictEqual(float32(1 / 3), 0.33333334)
    assert.deepStrictEqual(encode(ConceptWire, { value: Number.NaN }), { value: "NaN" })
    assert.strictEqual(float32(123_456_789), 123_456_790)
    assert.strictEqual(float32(3e38), 3e38)
    assert.strictEqual(float32(3.402_823_5e38), 3.402_823_5e38)
    assert.strictEqual(float32(1e-45), 1e-45)
    assert.strictEqual(float32(16_777_216), 16_777_216)
    assert.strictEqual(float32(-0), -0)
    assert.strictEqual(float32(1e39), Number.POSITIVE_INFINITY)
    for (let i = 0; i < 2000; i++) {
      const f = Math.fround(Math.random() * 10 ** (Math.floor(Math.random() * 20) - 10))
      assert.strictEqual(Math.fround(float32(f)), f)
    }
  })
})
