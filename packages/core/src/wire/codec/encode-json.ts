// Encodes proto3 JSON as the official channels write it: known fields only, zero values left out where they say nothing,
// enums and 64-bit integers as numbers, 32-bit floats in their shortest form, bytes in base64.
import type { Field, JsonObject } from "../messages/field.ts"
import type { Message } from "../messages/message.ts"
import { toBase64 } from "./base64.ts"
import { float32 } from "./float32.ts"

/** Which fields the encoder writes. */
export interface EncodeOptions {
  /**
   * Also writes the fields that only older clients read, as the service does.
   *
   * @default false
   */
  readonly legacy?: boolean
}

/**
 * The JSON form of a `message`. Fields that are `undefined` and fields that the message does not have are left out.
 */
export const encode = <A>(message: Message<A>, value: A, { legacy = false }: EncodeOptions = {}): JsonObject =>
  encodeMessage(message, value, legacy)

const encodeMessage = (message: Message<unknown>, value: unknown, legacy: boolean): JsonObject => {
  const out: Record<string, unknown> = {}
  // The types state that it is an object; a JavaScript caller's mistake becomes an empty message.
  const given = Object(value) as JsonObject
  for (const [name, field] of message.fields) {
    if (field.legacy && !legacy) continue
    const own = given[name]
    if (own === undefined || (own === null && field.kind !== "value")) {
      if (field.absent !== undefined) out[name] = encodeField(field, field.absent, legacy)
    } else if (isWritten(field, own)) out[name] = encodeField(field, own, legacy)
  }
  return out
}

/** False for a zero value that is the same as an absent one. */
const isWritten = (field: Field<unknown>, value: unknown): boolean => {
  if (field.absent !== undefined || field.explicit || field.wrapped) return true
  switch (field.kind) {
    case "message":
    case "struct":
    case "value":
    case "timestamp":
    case "duration":
      return true
    case "repeated":
      return !Array.isArray(value) || value.length > 0
    case "map":
      return Object.keys(Object(value)).length > 0
    case "bytes":
      return value instanceof Uint8Array ? value.length > 0 : value !== ""
    default:
      return value !== 0 && value !== "" && value !== false
  }
}

const encodeField = (field: Field<unknown>, value: unknown, legacy: boolean): unknown => {
  switch (field.kind) {
    case "float":
      return typeof value === "number" ? finite(float32(value)) : value
    case "double":
    case "int32":
    case "uint32":
    case "int64":
    case "uint64":
      return typeof value === "number" ? finite(value) : value
    case "bytes":
      return value instanceof Uint8Array ? toBase64(value) : value
    case "message":
      return field.of ? encodeMessage(field.of(), value, legacy) : value
    case "repeated": {
      const { item } = field
      return item && Array.isArray(value) ? value.map((element) => encodeField(item, element, legacy)) : value
    }
    case "map": {
      const { item } = field
      return item
        ? Object.fromEntries(
            Object.entries(Object(value)).map(([key, element]) => [key, encodeField(item, element, legacy)])
          )
        : value
    }
    default:
      return value
  }
}

/** Proto3 JSON's spelling of numbers that JSON lacks. */
const finite = (value: number): number | string => (Number.isFinite(value) ? value : String(value))
