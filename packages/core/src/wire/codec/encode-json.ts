// Wire messages to JSON, exact as the official channels write it: known members only, always-shown members always,
// enums and 64-bit integers as numbers, 32-bit floats in their shortest form.
import type { Field, JsonObject, Message } from "../messages/table.ts"

/** The JSON form of a `message`; `undefined` members are left out, members the table does not know too. */
export const encode = <A>(message: Message<A>, value: A): JsonObject => encodeMessage(message, value)

const encodeMessage = (message: Message<unknown>, value: unknown): JsonObject => {
  const out: Record<string, unknown> = {}
  // Types say that it is an object; a JavaScript caller's mistake becomes an empty message.
  const given = Object(value) as JsonObject
  for (const [key, field] of message.fields) {
    if (field.legacy) continue
    const written = given[key]
    // `null` is a value only where anything is.
    const member = written === undefined || (written === null && field.kind !== "json") ? field.initial : written
    if (member !== undefined) out[key] = encodeField(field, member)
  }
  return out
}

const encodeField = (field: Field<unknown>, value: unknown): unknown => {
  switch (field.kind) {
    case "float":
      return typeof value === "number" ? finite(float32(value)) : value
    case "double":
    case "int":
    case "long":
      return typeof value === "number" ? finite(value) : value
    case "message":
      return field.of ? encodeMessage(field.of(), value) : value
    case "list": {
      const { item } = field
      return item && Array.isArray(value) ? value.map((element) => encodeField(item, element)) : value
    }
    case "map": {
      const { item } = field
      return item
        ? Object.fromEntries(Object.entries(Object(value)).map(([key, member]) => [key, encodeField(item, member)]))
        : value
    }
    default:
      return value
  }
}

/** Proto JSON's spelling of what JSON cannot say. */
const finite = (value: number): number | string => (Number.isFinite(value) ? value : String(value))

/**
 * The number with fewest digits that is the same 32-bit float: what the service prints, `0.9989112` where the float
 * widened to 64 bits would read `0.9989112019538879`.
 *
 * @example float32(0.9989112019538879) // => 0.9989112
 */
export const float32 = (value: number): number => {
  const narrow = Math.fround(value)
  if (!Number.isFinite(narrow) || Number.isInteger(narrow)) return narrow
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(narrow.toPrecision(digits))
    if (Math.fround(short) === narrow) return short
  }
  return Number(narrow.toPrecision(9))
}
