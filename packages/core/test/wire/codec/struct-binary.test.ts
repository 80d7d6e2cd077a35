import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire"
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { allowValues } from "../../../src/wire/codec/binary-fields.ts"
import { readStruct, readValue, writeStruct, writeValue } from "../../../src/wire/codec/struct-binary.ts"
import { fromHex } from "./all-kinds.ts"

const write = (value: unknown): string => {
  const writer = new BinaryWriter()
  writeValue(writer, value)
  return Buffer.from(writer.finish()).toString("hex")
}
const writeObject = (struct: object): string => {
  const writer = new BinaryWriter()
  writeStruct(writer, struct)
  return Buffer.from(writer.finish()).toString("hex")
}
const read = (hex: string, values = 1000): unknown => {
  const bytes = fromHex(hex)
  allowValues(values)
  return readValue(new BinaryReader(bytes), bytes.length, 0)
}
const readObject = (hex: string): unknown => {
  const bytes = fromHex(hex)
  allowValues(1000)
  return readStruct(new BinaryReader(bytes), bytes.length, 0)
}

describe("free JSON in the binary form", () => {
  it.each<[string, unknown, string]>([
    ["null", null, "08 00"],
    ["a number", 1.5, "11 000000000000f83f"],
    ["0", 0, "11 0000000000000000"],
    ["text", "aé", "1a 03 61 c3a9"],
    ["empty text", "", "1a 00"],
    ["true", true, "20 01"],
    ["false", false, "20 00"],
    ["an empty object", {}, "2a 00"],
    ["an object", { a: true, b: "" }, "2a 12 0a 07 0a 01 61 12 02 20 01 0a 07 0a 01 62 12 02 1a 00"],
    ["an empty list", [], "32 00"],
    ["a list", [null, "a"], "32 09 0a 02 08 00 0a 03 1a 01 61"],
    ["lists in lists", [[[]]], "32 08 0a 06 32 04 0a 02 32 00"]
  ])("%s is written and read as protobuf defines it", (_, value, hex) => {
    assert.strictEqual(write(value), hex.replaceAll(" ", ""))
    assert.deepStrictEqual(read(hex), value)
  })
  it.each<[string, unknown]>([
    ["undefined", undefined],
    ["a function", () => 1],
    ["a symbol", Symbol("s")]
  ])("writes %s as null, and leaves out an object's member of that value", (_, value) => {
    assert.strictEqual(write(value), "0800")
    assert.strictEqual(writeObject({ a: value, b: null, c: value }), writeObject({ b: null }))
  })
  it("is null where a value has no field, and has no members where an object has none", () => {
    assert.isNull(read(""))
    assert.deepStrictEqual(readObject(""), {})
    assert.deepStrictEqual(readObject("0a 03 0a 01 61"), { a: null })
    assert.deepStrictEqual(readObject("0a 04 12 02 20 01"), { "": true })
    assert.deepStrictEqual(read("32 02 0a 00"), [null])
  })
  it("reads a member whose value comes before its key, and a key that is called __proto__", () => {
    assert.deepStrictEqual(readObject("0a 07 12 02 20 01 0a 01 61"), { a: true })
    const struct = readObject("0a 0f 0a 09 5f5f70726f746f5f5f 12 02 20 01")
    assert.deepStrictEqual(Object.entries(Object(struct)), [["__proto__", true]])
  })
  it("skips what it does not know at every level", () => {
    assert.strictEqual(read("38 05 20 01 42 01 00"), true)
    assert.deepStrictEqual(readObject("10 05 0a 07 0a 01 61 12 02 20 01 1a 01 00"), { a: true })
    assert.deepStrictEqual(readObject("0a 0c 18 05 0a 01 61 12 02 20 01 22 01 00"), { a: true })
    assert.deepStrictEqual(read("32 09 10 05 0a 02 20 01 1a 01 00"), [true])
  })
  it("refuses text that is not UTF-8", () => {
    assert.throws(() => read("1a 01 ff"))
    assert.throws(() => readObject("0a 03 0a 01 ff"))
  })
  it.each<[string, string, number]>([
    ["a value", "20 01", 1],
    ["an object's member", "2a 09 0a 07 0a 01 61 12 02 20 01", 5],
    ["a list's items", "32 08 0a 02 20 01 0a 02 20 01", 5],
    ["what it skips", "38 05 38 05", 2]
  ])("counts %s, so that few bytes do not become much memory", (_, hex, values) => {
    read(hex, values)
    assert.throws(() => read(hex, values - 1), "too many values")
  })
  it("nests up to 100 levels, in lists and in objects", () => {
    const nested = (levels: number, inside: (json: unknown) => unknown) => {
      let json: unknown = 1
      for (let level = 0; level < levels; level++) json = inside(json)
      return json
    }
    for (const inside of [(json: unknown) => [json], (json: unknown) => ({ a: json })]) {
      assert.deepStrictEqual(read(write(nested(100, inside))), nested(100, inside))
      assert.throws(() => read(write(nested(101, inside))), "more than 100 levels")
    }
  })
  it("is read as it was written", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (json) => {
        assert.deepStrictEqual(read(write(json), 100_000), json)
      })
    )
  })
})
