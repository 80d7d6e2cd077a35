// Encodes messages in protobuf's binary form.
import { BinaryWriter } from "@bufbuild/protobuf/wire"
import type { Field, JsonObject } from "../messages/field.ts"
import type { Message } from "../messages/message.ts"
import { fromBase64 } from "./base64.ts"
import { type BinaryField, binaryMessage, lengthDelimited, tagOf, wireTypeOf } from "./binary-fields.ts"
import { writeStruct, writeValue } from "./struct-binary.ts"
import { parseDuration, parseTimestamp, type SecondsAndNanos } from "./timestamp.ts"

/**
 * The binary form of a `message`. Zero values, fields that are `undefined` and fields that the message does not have are
 * left out.
 *
 * @throws TypeError for a value that its field cannot hold, with the name of the field and without the value.
 */
export const encodeBinary = <A>(message: Message<A>, value: A): Uint8Array<ArrayBuffer> => {
  // A writer keeps its memory: messages that follow each other do not let it grow again.
  const writer = spare ?? new BinaryWriter()
  spare = undefined // a writer that a value made throw is not used again
  writeMessage(message, value, writer)
  const bytes = writer.finish()
  if (bytes.length <= mostKept) spare = writer
  return bytes
}

let spare: BinaryWriter | undefined
/** Memory for larger messages is not kept. */
const mostKept = 16 * 1024 * 1024

const writeMessage = (message: Message<unknown>, value: unknown, writer: BinaryWriter): void => {
  // The types state that it is an object; a JavaScript caller's mistake becomes an empty message.
  const given = Object(value) as JsonObject
  for (const field of binaryMessage(message).fields) {
    if (field.field.legacy) continue
    const own = given[field.name]
    if (own === undefined || (own === null && field.kind !== "value")) continue
    try {
      writeField(field, own, writer)
    } catch (thrown) {
      throw unfit(message, field, thrown)
    }
  }
}

/** The writer's own errors contain the value, which may be secret. */
const unfit = (message: Message<unknown>, { kind, name }: BinaryField, thrown: unknown): Error =>
  thrown instanceof Unfit ? thrown : new Unfit(`${message.name}.${name} does not hold a value of kind ${kind}`)

class Unfit extends TypeError {}

/** Internal: a value does not fit its field. {@link writeMessage} names the field. */
const misfit = new TypeError("a value does not fit its field")

const writeField = (binary: BinaryField, value: unknown, writer: BinaryWriter): void => {
  const { field, packedTag, repeated, tag } = binary
  if (repeated) {
    if (!Array.isArray(value)) throw misfit
    if (packedTag !== undefined) writePacked(packedTag, field, value, writer)
    else
      for (const element of value) {
        writer.uint32(tag)
        writeOne(field, element, writer)
      }
  } else if (field.kind === "map") writeMap(tag, field, value, writer)
  else if (!isZero(field, value)) {
    writer.uint32(tag)
    writeOne(field, value, writer)
  }
}

/** True for a value that an absent field stands for. */
const isZero = ({ kind, wrapped }: Field<unknown>, value: unknown): boolean => {
  if (wrapped || kind === "value") return false
  if (kind === "bytes") return value === "" || (value instanceof Uint8Array && value.length === 0)
  // -0 is not the zero of a float
  return value === "" || value === false || Object.is(value, 0)
}

const writePacked = (tag: number, field: Field<unknown>, list: ReadonlyArray<unknown>, writer: BinaryWriter): void => {
  if (list.length === 0) return
  writer.uint32(tag).fork()
  for (const element of list) writeOne(field, element, writer)
  writer.join()
}

const writeMap = (tag: number, { item }: Field<unknown>, value: unknown, writer: BinaryWriter): void => {
  if (item === undefined) return
  for (const [key, element] of Object.entries(Object(value))) {
    writer.uint32(tag).fork().uint32(keyTag).string(key).uint32(mapValueTag)
    writeOne(item, element, writer)
    writer.join()
  }
}

/** Field 1 of a map's entry. */
const keyTag = tagOf(1, lengthDelimited)
/** Field 2 of a map's entry; the values of all maps are messages. */
const mapValueTag = tagOf(2, lengthDelimited)

const writeOne = (field: Field<unknown>, value: unknown, writer: BinaryWriter): void => {
  if (field.wrapped) return writeWrapped(field, value, writer)
  switch (field.kind) {
    case "message":
      writer.fork()
      if (field.of) writeMessage(field.of(), value, writer)
      writer.join()
      return
    case "timestamp":
      return writeTime(parseTimestamp(textOf(value)), writer)
    case "duration":
      return writeTime(parseDuration(textOf(value)), writer)
    case "struct":
      writer.fork()
      writeStruct(writer, Object(value))
      writer.join()
      return
    case "value":
      writer.fork()
      writeValue(writer, value)
      writer.join()
      return
    default:
      writeScalar(field, value, writer)
  }
}

const writeScalar = ({ kind }: Field<unknown>, value: unknown, writer: BinaryWriter): void => {
  switch (kind) {
    case "string":
      writer.string(textOf(value))
      return
    case "bytes":
      writer.bytes(bytesOf(value))
      return
    case "bool":
      if (typeof value !== "boolean") throw misfit
      writer.bool(value)
      return
    case "float":
      // A number beyond the largest float becomes infinity, as everywhere in JavaScript; the writer refuses it.
      writer.float(Math.fround(numberOf(value)))
      return
    case "double":
      writer.double(numberOf(value))
      return
    case "uint32":
      writer.uint32(numberOf(value))
      return
    case "int64":
      writer.int64(numberOf(value))
      return
    case "uint64":
      writer.uint64(numberOf(value))
      return
    default:
      writer.int32(numberOf(value))
  }
}

// The writer itself also takes text for numbers and anything for text.
const numberOf = (value: unknown): number => {
  if (typeof value !== "number") throw misfit
  return value
}

const textOf = (value: unknown): string => {
  if (typeof value !== "string") throw misfit
  return value
}

const bytesOf = (value: unknown): Uint8Array => {
  if (value instanceof Uint8Array) return value
  const bytes = fromBase64(textOf(value))
  if (bytes === undefined) throw misfit
  return bytes
}

/** Writes a message whose field 1 is the value. */
const writeWrapped = (field: Field<unknown>, value: unknown, writer: BinaryWriter): void => {
  writer.fork()
  if (value !== false && value !== 0 && value !== "") {
    writer.uint32(tagOf(1, wireTypeOf(field.kind)))
    writeScalar(field, value, writer)
  }
  writer.join()
}

const writeTime = (time: SecondsAndNanos | undefined, writer: BinaryWriter): void => {
  if (time === undefined) throw misfit
  writer.fork()
  if (time.seconds !== 0) writer.uint32(8).int64(time.seconds)
  if (time.nanos !== 0) writer.uint32(16).int32(time.nanos)
  writer.join()
}
