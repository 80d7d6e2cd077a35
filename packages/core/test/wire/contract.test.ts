import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { decode } from "../../src/wire/codec/decode-json.ts"
import { encode } from "../../src/wire/codec/encode-json.ts"
import type { Field } from "../../src/wire/messages/field.ts"
import { arbitrary } from "./arbitrary.ts"
import { elsewhere, known, today } from "./differences.ts"
import { messages } from "./messages.ts"
import { fromProtoJson, isEnum, meaning, meaningThroughGenerated, type ProtoField, protoType } from "./protocol.ts"
import { protoJson } from "./proto-json.ts"
import { runs } from "./runs.ts"

const named = (end: RegExp) =>
  messages.filter(({ name }) => end.test(name)).map((message) => [message.name, message] as const)

const wrappers: Readonly<Record<string, string>> = { BoolValue: "bool" }
const wellKnown: Readonly<Record<string, string>> = {
  Timestamp: "timestamp",
  Duration: "duration",
  Struct: "struct",
  Value: "value"
}

/** The kind of a single value, in our words and in the definition's. */
const kindOf = (proto: ProtoField): string => {
  const { resolvedType } = proto.resolve()
  if (resolvedType === null) return proto.type
  if (isEnum(resolvedType)) return "enum"
  const { name } = resolvedType
  return wrappers[name] ?? wellKnown[name] ?? "message"
}

const check = (field: Field<unknown>, proto: ProtoField, at: string): void => {
  assert.strictEqual(field.kind === "repeated", proto.repeated, `${at} is repeated`)
  assert.strictEqual(field.kind === "map", proto.map, `${at} is a map`)
  assert.strictEqual(field.number, proto.id, `the number of ${at}`)
  const one = field.item ?? field
  const { resolvedType } = proto.resolve()
  // Frame times are 64 bits wide in newer definitions; the two are the same on the wire.
  const kind = at === "FrameInfo.time" ? "uint64" : kindOf(proto)
  assert.strictEqual(one.kind, kind, `the kind of ${at}`)
  assert.strictEqual(one.wrapped ?? false, resolvedType !== null && resolvedType.name in wrappers, `${at} is wrapped`)
  if (one.kind === "message") assert.strictEqual(one.of?.().name, resolvedType?.name, at)
  if (isEnum(resolvedType))
    for (const [name, value] of Object.entries(resolvedType.values)) assert.strictEqual(one.numberOf?.(name), value, at)
  assert.isUndefined(one.numberOf?.("no such name"), at)
}

describe("tables agree with the official definition", () => {
  it.each(named(/^(?!StreamError)/))("%s", (name, message) => {
    const type = protoType(name)
    for (const [key, field] of message.fields) {
      if (field.legacy || elsewhere.has(`${name}.${key}`)) {
        assert.notProperty(type.fields, key)
        continue
      }
      const proto = type.fields[key]
      assert.isDefined(proto, `${name}.${key} is in the definition`)
      if (proto) check(field, proto, `${name}.${key}`)
    }
    const numbers = [...message.fields.values()].map(({ number }) => number).filter((number) => number > 0)
    assert.strictEqual(new Set(numbers).size, numbers.length, "no number twice")
    // What the service always writes is written by us too.
    for (const proto of type.fieldsArray) {
      const field = message.fields.get(proto.name)
      if (field === undefined || proto.options?.["(clarifai.api.utils.cl_show_if_empty)"] !== true) continue
      const written = field.absent !== undefined || field.required || field.explicit || field.kind === "message"
      assert.isTrue(written || field.wrapped, `${name}.${proto.name} is written when it is set`)
    }
  })
})

describe("every request is proto JSON of its message, with no field that the message does not have", () => {
  it.each(named(/Request$/))("%s", (name, message) => {
    const type = protoType(name)
    fc.assert(
      fc.property(arbitrary(message, { loose: false, depth: 5 }), (value) => {
        const json = encode(message, value)
        const ofToday = today(name, json)
        assert.deepStrictEqual(meaningThroughGenerated(type, ofToday), meaning(type, ofToday))
        const read = decode(message, JSON.parse(JSON.stringify(json)))
        assert.isTrue(read.ok)
        if (read.ok) assert.deepStrictEqual(encode(message, read.value), json)
      }),
      { numRuns: runs(20) }
    )
  })
})

describe("every response that the official definition can make is decoded, and keeps its meaning", () => {
  it.each(named(/Response$/))("%s", (name, message) => {
    const type = protoType(name)
    fc.assert(
      fc.property(protoJson(type, 5), (json) => {
        fromProtoJson(type, json) // the generator makes only proto JSON
        const read = decode(message, json)
        assert.isTrue(read.ok, JSON.stringify(read))
        if (!read.ok) return
        const written = encode(message, read.value)
        assert.deepStrictEqual(meaningThroughGenerated(type, written), meaning(type, known(message, json)))
      }),
      { numRuns: runs(20) }
    )
  })
})
