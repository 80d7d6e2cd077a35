// Free JSON in the binary form: the messages Struct, Value and ListValue of `google.protobuf`.
import type { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire"
import { countValue, skip } from "./binary-fields.ts"
import type { JsonObject } from "../messages/field.ts"

/** No real JSON nests a tenth as deep; the stack must survive one that does. */
const maxDepth = 100

// Number and wire type of the fields of Value: null, number, text, boolean, object, list.
const [nullTag, numberTag, textTag, booleanTag, objectTag, listTag] = [8, 17, 26, 32, 42, 50]
/** Field 1 of Struct (an entry), ListValue (a value) and of an entry (its key). */
const firstTag = 10
/** Field 2 of an entry: its value. */
const secondTag = 18

const enter = (reader: BinaryReader, depth: number): number => {
  if (depth > maxDepth) throw new Error(`more than ${maxDepth} levels`)
  const length = reader.uint32()
  return reader.pos + length
}

/** Reads a Struct that ends at `end`. */
export const readStruct = (reader: BinaryReader, end: number, depth: number): JsonObject => {
  const entries: Array<readonly [string, unknown]> = []
  while (reader.pos < end) {
    countValue()
    const tag = reader.uint32()
    if (tag === firstTag) entries.push(readEntry(reader, enter(reader, depth), depth))
    else skip(reader, tag)
  }
  // `fromEntries` defines own properties, so a key called __proto__ is a key.
  return Object.fromEntries(entries)
}

const readEntry = (reader: BinaryReader, end: number, depth: number): readonly [string, unknown] => {
  let key = ""
  let value: unknown = null
  while (reader.pos < end) {
    countValue()
    const tag = reader.uint32()
    if (tag === firstTag) key = reader.string(true)
    else if (tag === secondTag) value = readValue(reader, enter(reader, depth), depth)
    else skip(reader, tag)
  }
  return [key, value]
}

/** Reads a Value that ends at `end`. */
export const readValue = (reader: BinaryReader, end: number, depth: number): unknown => {
  let value: unknown = null
  while (reader.pos < end) {
    countValue()
    const tag = reader.uint32()
    if (tag === numberTag) value = reader.double()
    else if (tag === textTag) value = reader.string(true)
    else if (tag === booleanTag) value = reader.bool()
    else if (tag === objectTag) value = readStruct(reader, enter(reader, depth + 1), depth + 1)
    else if (tag === listTag) value = readList(reader, enter(reader, depth + 1), depth + 1)
    else skip(reader, tag)
  }
  return value
}

const readList = (reader: BinaryReader, end: number, depth: number): ReadonlyArray<unknown> => {
  const list: Array<unknown> = []
  while (reader.pos < end) {
    countValue()
    const tag = reader.uint32()
    if (tag === firstTag) list.push(readValue(reader, enter(reader, depth), depth))
    else skip(reader, tag)
  }
  return list
}

/** Writes the fields of a Struct. What JSON leaves out of an object is left out. */
export const writeStruct = (writer: BinaryWriter, struct: object): void => {
  for (const [key, value] of Object.entries(struct)) {
    if (value === undefined || typeof value === "function" || typeof value === "symbol") continue
    writer.uint32(firstTag).fork().uint32(firstTag).string(key).uint32(secondTag).fork()
    writeValue(writer, value)
    writer.join().join()
  }
}

/** Writes the field of a Value. What JSON has no form for becomes null, as in `JSON.stringify`. */
export const writeValue = (writer: BinaryWriter, value: unknown): void => {
  if (typeof value === "number") writer.uint32(numberTag).double(value)
  else if (typeof value === "string") writer.uint32(textTag).string(value)
  else if (typeof value === "boolean") writer.uint32(booleanTag).bool(value)
  else if (Array.isArray(value)) {
    writer.uint32(listTag).fork()
    for (const element of value) {
      writer.uint32(firstTag).fork()
      writeValue(writer, element)
      writer.join()
    }
    writer.join()
  } else if (typeof value === "object" && value !== null) {
    writer.uint32(objectTag).fork()
    writeStruct(writer, value)
    writer.join()
  } else writer.uint32(nullTag).int32(0)
}
