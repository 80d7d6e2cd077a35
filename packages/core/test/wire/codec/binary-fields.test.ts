import { BinaryReader } from "@bufbuild/protobuf/wire"
import { assert, describe, it } from "@effect/vitest"
import {
  allowValues,
  binaryMessage,
  countValue,
  skip,
  tagOf,
  wireTypeOf
} from "../../../src/wire/codec/binary-fields.ts"
import * as field from "../../../src/wire/messages/field.ts"
import { defineMessage } from "../../../src/wire/messages/message.ts"
import { fromHex } from "./all-kinds.ts"

/** The binary form of the one field of a message. */
const formOf = (one: field.Field<unknown>) => {
  const [form] = binaryMessage(defineMessage("One", () => ({ one }))).fields
  if (form === undefined) throw new Error("the field was left out")
  return form
}

const InnerWire = defineMessage("Inner", () => ({ text: field.string(1) }))
const [varint, bit64, delimited, bit32] = [0, 1, 2, 5]

describe("a field of the binary form", () => {
  it.each<[field.Field<unknown>, number, unknown]>([
    [field.string(3), delimited, ""],
    [field.bytes(3), delimited, new Uint8Array()],
    [field.bool(3), varint, false],
    [field.int32(3), varint, 0],
    [field.uint32(3), varint, 0],
    [field.int64(3), varint, 0],
    [field.uint64(3), varint, 0],
    [field.enumeration(3, {}), varint, 0],
    [field.float(3), bit32, 0],
    [field.double(3), bit64, 0],
    [field.timestamp(3), delimited, undefined],
    [field.duration(3), delimited, undefined],
    [field.struct(3), delimited, undefined],
    [field.value(3), delimited, undefined],
    [field.message(3, () => InnerWire), delimited, undefined]
  ])("of $kind has the wire type and zero value of protobuf's definition", (one, wireType, zero) => {
    const form = formOf(one)
    assert.strictEqual(wireTypeOf(one.kind), wireType)
    assert.deepInclude(form, { name: "one", kind: one.kind, wireType, tag: 24 + wireType, repeated: false, zero })
    assert.isUndefined(form.packedTag)
    const list = formOf(field.repeated(one))
    assert.deepInclude(list, { kind: one.kind, wireType, tag: 24 + wireType, repeated: true, zero: [] })
    // numbers of a list are written together
    assert.strictEqual(list.packedTag, wireType === delimited ? undefined : 26)
  })
  it("in a wrapper is a message", () => {
    assert.deepInclude(formOf(field.boolValue(3)), { kind: "bool", wireType: delimited, tag: 26 })
  })
  it("of a map is a list of entries", () => {
    const form = formOf(
      field.map(
        3,
        field.message(2, () => InnerWire)
      )
    )
    assert.deepInclude(form, { kind: "map", tag: 26, repeated: false })
  })
  it("has a tag of its number and wire type", () => {
    assert.strictEqual(tagOf(1, 0), 8)
    assert.strictEqual(tagOf(16, 2), 130)
  })
})

describe("the binary form of a message", () => {
  const MixedWire = () =>
    defineMessage("Mixed", () => ({
      shown: field.always(field.int32(2), 7),
      needed: field.required(field.message(5, () => InnerWire)),
      plain: field.string(1),
      jsonOnly: field.string(0)
    }))
  it("leaves out fields that exist in JSON only", () => {
    assert.deepStrictEqual(
      binaryMessage(MixedWire()).fields.map(({ name }) => name),
      ["shown", "needed", "plain"]
    )
  })
  it("finds fields by their numbers", () => {
    const { byNumber } = binaryMessage(MixedWire())
    assert.strictEqual(byNumber.get(5)?.name, "needed")
    assert.isUndefined(byNumber.get(0))
    assert.isUndefined(byNumber.get(3))
  })
  it("knows the fields that every decoded message has", () => {
    assert.deepStrictEqual(
      binaryMessage(MixedWire()).present.map(({ name }) => name),
      ["shown", "needed"]
    )
  })
  it("is made once", () => {
    const message = MixedWire()
    assert.strictEqual(binaryMessage(message), binaryMessage(message))
  })
})

describe("an unknown field", () => {
  it.each([
    ["a varint", "08", "9601"],
    ["64 bits", "09", "0102030405060708"],
    ["bytes", "0a", "020102"],
    ["a group", "0b", "1001 0c"],
    ["32 bits", "0d", "01020304"]
  ])("of %s is skipped to its end", (_, tag, hex) => {
    const reader = new BinaryReader(fromHex(`${tag} ${hex} 7f`))
    skip(reader, reader.uint32())
    assert.strictEqual(reader.uint32(), 0x7f)
  })
  it.each([6, 7])("of wire type %i, which protobuf does not have, is malformed", (wireType) => {
    assert.throws(() => skip(new BinaryReader(fromHex("00")), 8 + wireType), "a field has no wire type")
  })
  it("that is a group ends with its own number", () => {
    const reader = new BinaryReader(fromHex("0b 14"))
    assert.throws(() => skip(reader, reader.uint32()))
  })
})

describe("the values of a message", () => {
  it("are as many as were allowed", () => {
    allowValues(3)
    countValue()
    countValue(2)
    assert.throws(() => countValue(), "it has too many values")
  })
  it("are counted anew for each message", () => {
    allowValues(1)
    countValue()
    allowValues(1)
    countValue()
    assert.throws(() => countValue(), "it has too many values")
  })
})
