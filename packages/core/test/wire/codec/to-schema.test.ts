import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { schemaOf } from "../../../src/wire/codec/to-schema.ts"
import * as field from "../../../src/wire/messages/field.ts"
import { defineMessage, type Message } from "../../../src/wire/messages/message.ts"
import { makeAllKinds } from "./all-kinds.ts"

const decode = (json: unknown) => Schema.decodeUnknownSync(schemaOf(makeAllKinds()))(json)
const fits = (json: unknown) => Schema.is(schemaOf(makeAllKinds()))(json)

describe("the schema of a message", () => {
  it.each<[string, object]>([
    ["nothing", {}],
    ["text", { text: "a", time: "2024-05-01T10:00:00Z", length: "1s" }],
    ["numbers", { int32: 1, uint64: 2, float: 0.5, double: 0.5, choice: 1, maybeNumber: 0 }],
    ["booleans", { flag: true, maybe: false }],
    ["bytes in base64", { bytes: "AQID" }],
    ["bytes", { bytes: Uint8Array.of(1) }],
    ["free JSON", { struct: { a: [null] }, any: [1] }],
    ["null as a value", { any: null }],
    ["a message", { inner: { level: 1 } }],
    ["lists", { texts: ["a"], floats: [1], inners: [{ level: 1 }] }],
    ["maps", { byName: { a: { level: 1 } } }]
  ])("accepts %s", (_, value) => {
    assert.isTrue(fits(value))
    assert.deepStrictEqual<unknown>(decode(value), value)
  })
  it.each<[object]>([
    [{ text: 1 }],
    [{ text: undefined }],
    [{ time: 1 }],
    [{ length: 1 }],
    [{ flag: "true" }],
    [{ int32: "1" }],
    [{ bytes: [1] }],
    [{ struct: "a" }],
    [{ inner: 1 }],
    [{ inner: { level: "1" } }],
    [{ texts: "a" }],
    [{ texts: [1] }],
    [{ inners: [1] }],
    [{ byName: { a: 1 } }],
    [{ byName: 1 }]
  ])("refuses %j", (value) => assert.isFalse(fits(value)))
  it("gives a field that every decoded message has its absent value", () => {
    assert.deepStrictEqual(decode({ inner: {} }), { inner: { level: 7 } })
    assert.isFalse(fits({ inner: {} }))
  })
  it("refuses a message without a required field", () => {
    const NeedsWire = defineMessage("Needs", () => ({ id: field.required(field.string(1)), name: field.string(2) }))
    assert.isTrue(Schema.is(schemaOf(NeedsWire))({ id: "a" }))
    assert.isFalse(Schema.is(schemaOf(NeedsWire))({ name: "a" }))
  })
  it("is one schema for each message, also where messages contain each other", () => {
    const NodeWire: Message<object> = defineMessage("Node", () => ({
      name: field.string(1),
      nodes: field.repeated(field.message(2, () => NodeWire))
    }))
    assert.strictEqual(schemaOf(NodeWire), schemaOf(NodeWire))
    const isNode = Schema.is(schemaOf(NodeWire))
    assert.isTrue(isNode({ nodes: [{ nodes: [{ name: "a" }] }] }))
    assert.isFalse(isNode({ nodes: [{ nodes: [{ name: 5 }] }] }))
  })
  it("names the message in a problem and in JSON Schema", () => {
    const OtherWire = defineMessage("Other", () => ({ inner: field.message(1, () => NamedWire) }))
    const NamedWire = defineMessage("Named", () => ({ text: field.string(1) }))
    assert.property(Schema.toJsonSchemaDocument(schemaOf(OtherWire)).definitions, "Named")
  })
})
