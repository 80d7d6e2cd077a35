// Values of wire messages, made from the tables that the codecs use.
import * as fc from "fast-check"
import type { Field } from "../../src/wire/messages/field.ts"
import type { Message } from "../../src/wire/messages/message.ts"

export interface Style {
  /** Also the forms that only a forgiving decoder takes: nulls, numbers as text, unknown members, absent defaults. */
  readonly loose: boolean
  /** How deep messages nest. */
  readonly depth: number
}

/** Any JSON, as it comes back from its text: that has no -0. */
export const anyJson = fc.jsonValue({ maxDepth: 1 }).map((value): unknown => JSON.parse(JSON.stringify(value)))

const float = fc.float({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n))

const scalar = (field: Field<unknown>, { loose }: Style): fc.Arbitrary<unknown> => {
  switch (field.kind) {
    case "string":
      return fc.string({ unit: "grapheme", maxLength: 12 })
    case "timestamp":
      return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString())
    case "bytes": {
      const base64 = fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString("base64"))
      return loose ? fc.oneof(base64, fc.constantFrom<unknown>("true", true)) : base64
    }
    case "float":
      return loose ? fc.oneof<fc.Arbitrary<unknown>[]>(float, float.map(String), fc.boolean()) : float
    case "double":
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n))
    case "int32":
    case "uint32":
    case "enum":
      return fc.nat(0x7fffffff)
    case "duration":
      return fc.nat(10_000).map((seconds) => `${seconds}s`)
    case "int64":
    case "uint64": {
      // Frame times have 64 bits here and 32 in the definition that the tests compare with.
      const whole = field.kind === "int64" ? fc.maxSafeNat() : fc.nat(0xffffffff)
      return loose ? fc.oneof<fc.Arbitrary<unknown>[]>(whole, whole.map(String)) : whole
    }
    case "bool":
      return loose ? fc.constantFrom<unknown>(true, false, 0, 1, "true") : fc.boolean()
    case "struct":
      return fc.dictionary(fc.string({ maxLength: 4 }), anyJson, {
        maxKeys: 2,
        noNullPrototype: true
      })
    default:
      return anyJson
  }
}

const ofField = (field: Field<unknown>, style: Style): fc.Arbitrary<unknown> => {
  const { item, of } = field
  if (field.kind === "message" && of) return arbitrary(of(), { ...style, depth: style.depth - 1 })
  if (field.kind === "repeated" && item) return fc.array(ofField(item, style), { maxLength: 2 })
  if (field.kind === "map" && item)
    return fc.dictionary(fc.string({ minLength: 1, maxLength: 4 }), ofField(item, style), {
      maxKeys: 2,
      noNullPrototype: true
    })
  return scalar(field, style)
}

const holdsMessage = (field: Field<unknown>): boolean =>
  field.kind === "message" || (field.item !== undefined && holdsMessage(field.item))

/** JSON that a message decodes from; without `loose`, exactly its decoded form. */
export const arbitrary = <A>(message: Message<A>, style: Style): fc.Arbitrary<unknown> => {
  const members = [...message.fields].filter(([, field]) => style.depth > 0 || !holdsMessage(field))
  const must = new Set(message.alwaysPresent.filter(([, field]) => !style.loose || field.required).map(([key]) => key))
  // All members of a large message at once nest beyond measure: a few at a time, different ones each time.
  return fc.subarray(members, { maxLength: Math.min(members.length, 4) }).chain((some) => {
    const chosen = new Map([...members.filter(([key]) => must.has(key)), ...some])
    const record: Record<string, fc.Arbitrary<unknown>> = {}
    for (const [key, field] of chosen) {
      const value = ofField(field, style)
      record[key] = style.loose && !field.required ? fc.option(value, { freq: 6 }) : value
    }
    if (style.loose) record["a_new_member"] = anyJson
    return fc.record(record, { requiredKeys: [...must], noNullPrototype: true })
  })
}
