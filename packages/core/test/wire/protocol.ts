// The official protocol definition: the .proto files and the generated code of the platform's own Node client.
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

// The parts of protobufjs 6 that are used here; the package that brings it has no types of its own for them.
export interface ProtoField {
  readonly name: string
  readonly id: number
  readonly type: string
  readonly repeated: boolean
  readonly map: boolean
  readonly options?: Readonly<Record<string, unknown>>
  readonly resolvedType: ProtoType | ProtoEnum | null
  readonly resolve: () => ProtoField
}
export interface ProtoEnum {
  readonly name: string
  readonly fullName: string
  readonly values: Readonly<Record<string, number>>
}
export interface ProtoType {
  readonly name: string
  readonly fullName: string
  readonly fields: Readonly<Record<string, ProtoField>>
  readonly fieldsArray: ReadonlyArray<ProtoField>
  readonly fromObject: (object: unknown) => object
  readonly encode: (message: object) => { readonly finish: () => Uint8Array }
  readonly decode: (bytes: Uint8Array) => object
  readonly toObject: (message: object, options: object) => Record<string, unknown>
}
interface Root {
  readonly addJSON: (json: object) => void
  readonly lookupType: (name: string) => ProtoType
}
interface Protobufjs {
  readonly Root: new () => Root
  readonly common: { readonly get: (name: string) => { readonly nested: object } }
  readonly parse: (source: string, root: Root, options: object) => unknown
}
/** A class of the generated code. */
export interface Generated {
  readonly deserializeBinary: (bytes: Uint8Array) => { readonly serializeBinary: () => Uint8Array }
}

const entry = createRequire(import.meta.url).resolve("clarifai-nodejs-grpc")
const require = createRequire(entry)
const folder = join(dirname(dirname(entry)), "proto/clarifai")

const load = (): Root => {
  const protobufjs: Protobufjs = require("protobufjs")
  const root = new protobufjs.Root()
  for (const name of ["any", "duration", "field_mask", "struct", "timestamp", "wrappers"])
    root.addJSON(protobufjs.common.get(`google/protobuf/${name}.proto`).nested)
  for (const file of [
    "auth/types/types",
    "auth/scope/scope",
    "api/utils/matrix",
    "api/status/status_code",
    "api/status/status",
    "api/resources",
    "api/service"
  ]) {
    // Options of options are not needed, and their declarations cannot be resolved without descriptor.proto.
    const source = readFileSync(join(folder, `${file}.proto`), "utf8").replace(/^extend [\s\S]*?^}/gm, "")
    protobufjs.parse(source, root, { keepCase: true })
  }
  return root
}
const root = load()

/** A message type by its name in `clarifai.api` or `clarifai.api.status`. */
export const protoType = (name: string): ProtoType => {
  try {
    return root.lookupType(`clarifai.api.${name}`)
  } catch {
    return root.lookupType(`clarifai.api.status.${name}`)
  }
}

/** The class of the generated code for a message. */
export const generated = (name: string): Generated => {
  for (const file of ["service_pb", "resources_pb", "status/status_pb"]) {
    const found: Generated | undefined = require(join(folder, "api", `${file}.js`))[name]
    if (found) return found
  }
  throw new Error(`the generated code has no ${name}`)
}

export const isEnum = (type: ProtoField["resolvedType"]): type is ProtoEnum => type !== null && "values" in type

const wrappers: Readonly<Record<string, string>> = {
  BoolValue: "bool",
  Int32Value: "int32",
  UInt32Value: "uint32",
  UInt64Value: "uint64",
  StringValue: "string",
  FloatValue: "float"
}

/**
 * Proto JSON of a message as an object that protobufjs takes. Throws, with the path, for a member that the message has
 * not, and for a value that is not proto JSON of its type: the strictest reader there is.
 */
export const fromProtoJson = (type: ProtoType, json: unknown, path = type.name): Record<string, unknown> => {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw new Error(`${path} is not an object`)
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(json)) {
    const field = Object.hasOwn(type.fields, key) ? type.fields[key]?.resolve() : undefined
    if (field === undefined) throw new Error(`${path} has no member ${key}`)
    const at = `${path}.${key}`
    if (field.repeated) {
      if (!Array.isArray(value)) throw new Error(`${at} is not a list`)
      out[key] = value.map((item, i) => single(field, item, `${at}[${i}]`))
    } else if (field.map)
      out[key] = Object.fromEntries(Object.entries(Object(value)).map(([k, v]) => [k, single(field, v, `${at}.${k}`)]))
    else out[key] = single(field, value, at)
  }
  return out
}

const single = (field: ProtoField, value: unknown, at: string): unknown => {
  const { resolvedType: inner } = field
  if (inner === null) return scalar(field.type, value, at)
  if (isEnum(inner)) {
    if (typeof value === "number" ? Number.isInteger(value) : Object.hasOwn(inner.values, String(value)))
      return typeof value === "number" ? value : inner.values[String(value)]
    throw new Error(`${at} is not of enum ${inner.fullName}`)
  }
  if (inner.fullName.startsWith(".google.protobuf.")) return wellKnown(inner.name, value, at)
  return fromProtoJson(inner, value, at)
}

const scalar = (type: string, value: unknown, at: string): unknown => {
  const whole = /^s?u?(?:int|fixed)(?:32|64)$/.test(type)
  const ok =
    type === "string"
      ? typeof value === "string"
      : type === "bool"
        ? typeof value === "boolean"
        : type === "bytes"
          ? typeof value === "string" && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value)
          : whole
            ? (typeof value === "number" && Number.isInteger(value) && (value >= 0 || !type.startsWith("u"))) ||
              (typeof value === "string" && /^-?\d+$/.test(value) && type.endsWith("64"))
            : typeof value === "number" || value === "NaN" || value === "Infinity" || value === "-Infinity"
  if (!ok) throw new Error(`${at} is not proto JSON of ${type}`)
  if (type === "bytes") return Buffer.from(String(value), "base64")
  return typeof value === "string" && (type === "float" || type === "double") ? Number(value) : value
}

const wellKnown = (name: string, value: unknown, at: string): unknown => {
  if (name === "Timestamp") {
    if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(value))
      throw new Error(`${at} is not a timestamp`)
    const [whole = "", fraction = "0"] = value.replace("Z", "").split(".")
    return { seconds: Date.parse(`${whole}Z`) / 1000, nanos: Number(fraction.padEnd(9, "0")) }
  }
  if (name === "Struct") {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${at} is not an object`)
    return { fields: Object.fromEntries(Object.entries(value).map(([k, v]) => [k, wellKnown("Value", v, at)])) }
  }
  if (name === "Value") {
    if (value === null) return { nullValue: 0 }
    if (typeof value === "number") return { numberValue: value }
    if (typeof value === "string") return { stringValue: value }
    if (typeof value === "boolean") return { boolValue: value }
    if (Array.isArray(value)) return { listValue: { values: value.map((v) => wellKnown("Value", v, at)) } }
    return { structValue: wellKnown("Struct", value, at) }
  }
  const inner = wrappers[name]
  if (inner !== undefined) return { value: scalar(inner, value, at) }
  if (name === "Duration" && typeof value === "string" && /^\d+s$/.test(value))
    return { seconds: Number.parseInt(value, 10) }
  throw new Error(`${at}: ${name} is not read here`)
}

/**
 * Any object of a type, as the binary form keeps it: the same for two JSON forms that mean the same. Not by way of
 * protobufjs's `fromObject`, which drops numbers that an enum does not name.
 */
export const meaning = (type: ProtoType, json: unknown): Record<string, unknown> => {
  const bytes = type.encode(fromProtoJson(type, json)).finish()
  return type.toObject(type.decode(bytes), { longs: String, bytes: String, defaults: true })
}

/** What JSON means after a journey through the generated code of the official client. */
export const meaningThroughGenerated = (type: ProtoType, json: unknown): Record<string, unknown> => {
  const bytes = type.encode(fromProtoJson(type, json)).finish()
  return meaningOfBytes(type, bytes)
}

/** What bytes mean after a journey through the generated code of the official client. */
export const meaningOfBytes = (type: ProtoType, bytes: Uint8Array): Record<string, unknown> => {
  const back = generated(type.name).deserializeBinary(bytes).serializeBinary()
  return type.toObject(type.decode(back), { longs: String, bytes: String, defaults: true })
}

/** The text of the service's definition. */
export const serviceSource = readFileSync(join(folder, "api/service.proto"), "utf8").replace(/\/\/[^\n]*/g, "")
