// Decodes protobuf's binary form into the same values that the JSON decoder returns, except that bytes stay bytes.
import { BinaryReader } from "@bufbuild/protobuf/wire"
import type { Field } from "../messages/field.ts"
import type { Message } from "../messages/message.ts"
import { allowValues, type BinaryField, binaryMessage, countValue, skip } from "./binary-fields.ts"
import type { Decoded } from "./decode-json.ts"
import { float32 } from "./float32.ts"
import { defaultMaxTokens } from "./json-tokens.ts"
import { readStruct, readValue } from "./struct-binary.ts"
import { printDuration, printTimestamp, type SecondsAndNanos } from "./timestamp.ts"

/** No real message nests a tenth as deep; the decoder's stack must survive one that does. */
const maxDepth = 100

/** Internal: leaves the decoder. */
class Malformed extends Error {}

/**
 * Decodes the binary form of a `message`. Unknown fields are skipped. An absent field that every decoded message has gets
 * its zero value: absent `Concept.value` is 0 here and 1 in JSON, as the protocol defines it. A message of more than
 * `maxValues` fields and items of lists is refused before they are read: it may need much more memory than it has bytes.
 */
export const decodeBinary = <A>(
  message: Message<A>,
  bytes: Uint8Array,
  maxValues: number = defaultMaxTokens
): Decoded<A> => {
  allowValues(maxValues)
  try {
    // The type of the table states that a value with these fields is an `A`.
    return { ok: true, value: readMessage(message, new BinaryReader(bytes), bytes.length, 0) as A }
  } catch (thrown) {
    // The reader throws errors for malformed bytes alone.
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    return { ok: false, problem: { path: "", problem: `expected a ${message.name} in protobuf's binary form: ${why}` } }
  }
}

const readMessage = (
  message: Message<unknown>,
  reader: BinaryReader,
  end: number,
  depth: number,
  out: Record<string, unknown> = {}
): unknown => {
  if (depth > maxDepth) throw new Malformed(`more than ${maxDepth} levels`)
  const { byNumber, present } = binaryMessage(message)
  while (reader.pos < end) {
    countValue()
    const tag = reader.uint32()
    const number = tag >>> 3
    if (number === 0) throw new Malformed("a field has number 0")
    const field = byNumber.get(number)
    if (field === undefined) skip(reader, tag)
    else readField(out, field, tag, reader, depth)
  }
  if (reader.pos !== end) throw new Malformed("a field is longer than its message")
  for (const { name, zero } of present) {
    if (out[name] !== undefined) continue
    if (zero === undefined) throw new Malformed(`it has no ${name}`)
    out[name] = zero
  }
  return out
}

const readField = (
  out: Record<string, unknown>,
  binary: BinaryField,
  tag: number,
  reader: BinaryReader,
  depth: number
): void => {
  const { field, name, repeated } = binary
  if (repeated) {
    const list = (out[name] ??= []) as Array<unknown> // made by this line alone
    if (tag === binary.tag) list.push(readOne(field, reader, depth))
    else if (tag === binary.packedTag) readPacked(list, binary, reader)
    else skip(reader, tag)
  } else if (tag !== binary.tag) skip(reader, tag)
  else if (field.kind === "map") readEntry((out[name] ??= {}) as Record<string, unknown>, field, reader, depth)
  else out[name] = readOne(field, reader, depth, out[name] as Record<string, unknown> | undefined) // made here, of its kind
}

const readPacked = (list: Array<unknown>, { field, kind }: BinaryField, reader: BinaryReader): void => {
  const end = endOf(reader)
  if (kind === "float") {
    countValue((end - reader.pos) / 4)
    while (reader.pos < end) list.push(float32(reader.float()))
  } else
    while (reader.pos < end) {
      countValue()
      list.push(readOne(field, reader, 0))
    }
  if (reader.pos !== end) throw new Malformed("a list ends within a number")
}

/** Reads the length of a value that follows; returns the position of its end. */
const endOf = (reader: BinaryReader): number => {
  const length = reader.uint32()
  const end = reader.pos + length
  if (end > reader.len) throw new Malformed("it is cut short")
  return end
}

const readOne = (
  field: Field<unknown>,
  reader: BinaryReader,
  depth: number,
  before?: Record<string, unknown>
): unknown => {
  if (field.wrapped) return readWrapped(field, reader)
  switch (field.kind) {
    case "message":
      // A message may come in several parts; `before` has what the earlier ones had. `of` is set for every such field.
      return field.of && readMessage(field.of(), reader, endOf(reader), depth + 1, before)
    case "timestamp": {
      const text = printTimestamp(readTime(reader))
      if (text === undefined) throw new Malformed("a time is out of range")
      return text
    }
    case "duration":
      return printDuration(readTime(reader))
    case "struct":
      return readStruct(reader, endOf(reader), depth)
    case "value":
      return readValue(reader, endOf(reader), depth)
    default:
      return readScalar(field, reader)
  }
}

const readScalar = ({ kind }: Field<unknown>, reader: BinaryReader): unknown => {
  switch (kind) {
    case "string":
      return reader.string(true)
    case "bool":
      return reader.bool()
    case "int32":
    case "enum":
      return reader.int32()
    case "uint32":
      return reader.uint32()
    case "int64":
      return Number(reader.int64())
    case "uint64":
      return Number(reader.uint64())
    case "float":
      return float32(reader.float())
    case "double":
      return reader.double()
    default:
      // A copy: the message that it came in is much larger, and the copy can be transferred to a worker.
      return reader.bytes().slice()
  }
}

/** Reads a message whose field 1 is the value; the field is absent for the zero value. */
const readWrapped = (field: Field<unknown>, reader: BinaryReader): unknown => {
  const end = endOf(reader)
  let value: unknown = field.kind === "bool" ? false : field.kind === "string" ? "" : 0
  while (reader.pos < end) {
    countValue()
    const tag = reader.uint32()
    if (tag >>> 3 === 1) value = readScalar(field, reader)
    else skip(reader, tag)
  }
  return value
}

const readTime = (reader: BinaryReader): SecondsAndNanos => {
  const end = endOf(reader)
  let seconds = 0
  let nanos = 0
  while (reader.pos < end) {
    countValue()
    const tag = reader.uint32()
    if (tag === 8) seconds = Number(reader.int64())
    else if (tag === 16) nanos = reader.int32()
    else skip(reader, tag)
  }
  return { seconds, nanos }
}

/** Reads one entry of a map: a message with the key as field 1 and the value as field 2. */
const readEntry = (
  map: Record<string, unknown>,
  { item }: Field<unknown>,
  reader: BinaryReader,
  depth: number
): void => {
  const end = endOf(reader)
  let key = ""
  let value: unknown
  while (reader.pos < end) {
    countValue()
    const tag = reader.uint32()
    if (tag === 10) key = reader.string(true)
    else if (tag >>> 3 === 2 && item !== undefined) value = readOne(item, reader, depth)
    else skip(reader, tag)
  }
  // `defineProperty`, so that a key called __proto__ is a key.
  Object.defineProperty(map, key, { value: value ?? {}, enumerable: true, configurable: true, writable: true })
}
