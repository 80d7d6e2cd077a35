import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as wire from "../../src/wire.ts"
import { decode } from "../../src/wire/codec/decode-json.ts"
import { encode } from "../../src/wire/codec/encode-json.ts"
import type { Field, Message } from "../../src/wire/messages/table.ts"
import { arbitrary } from "./arbitrary.ts"
import { fromProtoJson, isEnum, meaning, meaningThroughGenerated, type ProtoField, protoType } from "./protocol.ts"
import { protoJson } from "./proto-json.ts"
import { runs } from "./runs.ts"

// Where our tables differ from the definition in this package (11.11) on purpose. Older services still take these …
const removed = ["OutputConfig.closed_environment", "DeleteInputsRequest.delete_all"]
// … newer services give these (published stubs of 12.5) …
const newer = ["Status.http_status_code", "Output.cached_tokens"]
const elsewhere = new Set([...removed, ...newer])
// … and these are always shown by today's service and were not by all before it, or say nothing when they are 0.
const notAlwaysShown = new Set([
  "FrameInfo.number",
  "GeoLimit.value",
  "Model.app_id",
  "OutputConfig.max_concepts",
  "OutputConfig.min_value",
  "SingleModelTypeResponse.model_type"
])

const messages = Object.values<unknown>(wire).filter(
  (value): value is Message<unknown> => typeof value === "object" && value !== null && "fields" in value
)
const named = (end: RegExp) =>
  messages.filter(({ name }) => end.test(name)).map((message) => [message.name, message] as const)

const kindsOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  text: ["string"],
  float: ["float"],
  double: ["double"],
  int: ["uint32", "int32", "Int32Value"],
  long: ["uint64", "int64", "uint32"], // frame times have become 64 bits wide since
  bool: ["bool", "BoolValue"],
  bytes: ["bytes"],
  time: ["Timestamp"],
  struct: ["Struct"],
  json: ["Value"]
}

const check = (field: Field<unknown>, proto: ProtoField, at: string): void => {
  if (field.kind === "list") assert.isTrue(proto.repeated, `${at} is repeated`)
  else if (field.kind === "map") assert.isTrue(proto.map, `${at} is a map`)
  else assert.isFalse(proto.repeated || proto.map, `${at} is single`)
  const one = field.item ?? field
  const { resolvedType } = proto.resolve()
  if (one.kind === "message") assert.isFalse(isEnum(resolvedType), `${at} is a message`)
  if (one.kind === "message") assert.strictEqual(one.of?.().name, (resolvedType as { readonly name: string }).name, at)
  else if (one.kind === "enum") {
    assert.isTrue(isEnum(resolvedType), `${at} is an enum`)
    if (isEnum(resolvedType) && one.number?.("no such name") === undefined)
      for (const [name, value] of Object.entries(resolvedType.values))
        assert.include([value, undefined], one.number?.(name), `${at}: ${name}`)
  } else
    assert.include(kindsOf[one.kind] ?? [], resolvedType && "name" in resolvedType ? resolvedType.name : proto.type, at)
}

describe("tables agree with the official definition", () => {
  it.each(named(/^(?!PostSearchesRequest|StreamError)/))("%s", (name, message) => {
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
    // What the service always writes is what the decoder never leaves out.
    for (const proto of type.fieldsArray) {
      const field = message.fields.get(proto.name)
      const always = proto.options?.["(clarifai.api.utils.cl_show_if_empty)"] === true
      if (field && always && field.kind !== "list" && !notAlwaysShown.has(`${name}.${proto.name}`))
        assert.isDefined(field.initial, `${name}.${proto.name} is always shown`)
    }
  })
})

describe("every request is proto JSON of its message, with no member that it has not", () => {
  it.each(named(/Request$/).filter(([name]) => name !== "PostSearchesRequest"))("%s", (name, message) => {
    const type = protoType(name)
    fc.assert(
      fc.property(arbitrary(message, { loose: false, depth: 5 }), (value) => {
        const json = encode(message, value)
        const today = name === "DeleteModelsRequest" ? json : without(json)
        assert.deepStrictEqual(meaningThroughGenerated(type, today), meaning(type, today))
        const read = decode(message, JSON.parse(JSON.stringify(json)))
        assert.isTrue(read.ok)
        if (read.ok) assert.deepStrictEqual(encode(message, read.value), json)
      }),
      { numRuns: runs(60) }
    )
  })
})

/** The same JSON without the members that newer definitions have no more. */
const without = (json: unknown): unknown => {
  if (Array.isArray(json)) return json.map(without)
  if (typeof json !== "object" || json === null) return json
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) =>
      [...removed, ...newer].some((name) => name.endsWith(`.${key}`)) ? [] : [[key, without(value)]]
    )
  )
}

/** The same JSON with nothing but what our tables know. */
const known = (message: Message<unknown>, json: unknown): unknown => {
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(Object(json))) {
    const field = message.fields.get(key)
    if (field) out[key] = knownField(field, value)
  }
  return out
}
const knownField = (field: Field<unknown>, value: unknown): unknown => {
  const { item, of } = field
  if (item && Array.isArray(value)) return value.map((element) => knownField(item, element))
  if (item) return Object.fromEntries(Object.entries(Object(value)).map(([k, v]) => [k, knownField(item, v)]))
  return of ? known(of(), value) : value
}

describe("every answer that the official definition can make is read, and keeps its meaning", () => {
  it.each(named(/Response$/))("%s", (name, message) => {
    const type = protoType(name)
    fc.assert(
      fc.property(protoJson(type, 5), (json) => {
        fromProtoJson(type, json) // the generator makes nothing but proto JSON
        const read = decode(message, json)
        assert.isTrue(read.ok, JSON.stringify(read))
        if (!read.ok) return
        const written = encode(message, read.value)
        assert.deepStrictEqual(meaningThroughGenerated(type, written), meaning(type, known(message, json)))
      }),
      { numRuns: runs(60) }
    )
  })
})
