// Answers as the official service writes them: proto JSON of any message of the official definition.
import * as fc from "fast-check"
import { float32 } from "../../src/wire/codec/float32.ts"
import { anyJson } from "./arbitrary.ts"
import { isEnum, type ProtoField, type ProtoType } from "./protocol.ts"

const numberOf = (type: string): fc.Arbitrary<unknown> => {
  if (type === "float") return fc.float({ noNaN: true, noDefaultInfinity: true }).map((n) => float32(n) + 0)
  if (type === "double") return fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0) // JSON has no -0
  if (type.endsWith("64")) {
    const whole = fc.maxSafeNat()
    return fc.oneof<fc.Arbitrary<unknown>[]>(whole, whole.map(String))
  }
  return type.startsWith("u") ? fc.nat(0xffffffff) : fc.integer()
}

const struct = fc.dictionary(fc.string({ maxLength: 4 }), anyJson, { maxKeys: 2, noNullPrototype: true })

const wellKnown = (name: string): fc.Arbitrary<unknown> => {
  switch (name) {
    case "Timestamp":
      return fc
        .tuple(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }), fc.nat(999_999_999))
        .map(([date, nanos]) => date.toISOString().replace(/\.\d+Z$/, `.${String(nanos).padStart(9, "0")}Z`))
    case "Struct":
      return struct
    case "Value":
      return anyJson
    case "BoolValue":
      return fc.boolean()
    case "Duration":
      return fc.nat(1000).map((seconds) => `${seconds}s`)
    case "StringValue":
      return fc.string({ maxLength: 4 })
    default:
      return fc.nat(1000)
  }
}

const single = (field: ProtoField, depth: number): fc.Arbitrary<unknown> => {
  const { resolvedType: inner } = field.resolve()
  if (inner === null) {
    if (field.type === "string") return fc.string({ unit: "grapheme", maxLength: 8 })
    if (field.type === "bool") return fc.boolean()
    if (field.type === "bytes")
      return fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString("base64"))
    return numberOf(field.type)
  }
  if (isEnum(inner)) {
    const entries = Object.entries(inner.values)
    // The service writes numbers; its documentation also shows names.
    return fc.constantFrom(...entries).chain(([name, value]) => fc.constantFrom<unknown>(name, value, value, value))
  }
  return inner.fullName.startsWith(".google.protobuf.") ? wellKnown(inner.name) : protoJson(inner, depth - 1)
}

/** Any message of a type, with members that our tables do not know; those that are always shown always there. */
export const protoJson = (type: ProtoType, depth: number): fc.Arbitrary<unknown> => {
  const fields = type.fieldsArray.filter((field) => {
    const { resolvedType } = field.resolve()
    return depth > 0 || resolvedType === null || isEnum(resolvedType) || resolvedType.fullName.startsWith(".google.")
  })
  const shown = fields.filter(
    (field) =>
      field.options?.["(clarifai.api.utils.cl_show_if_empty)"] === true ||
      (field.name === "status" && type.name.endsWith("Response")) ||
      field.name === "counts"
  )
  return fc.subarray(fields, { maxLength: Math.min(fields.length, 5) }).chain((some) => {
    const record: Record<string, fc.Arbitrary<unknown>> = {}
    for (const field of new Set([...shown, ...some])) {
      const one = single(field, depth)
      record[field.name] = field.repeated
        ? fc.array(one, { maxLength: 2 })
        : field.map
          ? fc.dictionary(fc.string({ minLength: 1, maxLength: 4 }), one, { maxKeys: 2, noNullPrototype: true })
          : one
    }
    return fc.record(record, { noNullPrototype: true })
  })
}
