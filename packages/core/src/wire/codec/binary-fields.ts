// The message tables as the binary form needs them: fields by number, with their tags.
import { type BinaryReader, WireType } from "@bufbuild/protobuf/wire"
import type { Field, FieldKind } from "../messages/field.ts"
import type { Message } from "../messages/message.ts"

/** The wire type of text, bytes, messages and packed lists. */
export const lengthDelimited: number = WireType.LengthDelimited

/** Number and wire type of a field in one number, as they precede its value. */
export const tagOf = (number: number, wireType: number): number => (number << 3) | wireType

/** By their numbers. */
const wireTypes: ReadonlyArray<WireType> = [
  WireType.Varint,
  WireType.Bit64,
  WireType.LengthDelimited,
  WireType.StartGroup,
  WireType.EndGroup,
  WireType.Bit32
]

/** Skips the value after a tag that is unknown, or has another wire type than ours. */
export const skip = (reader: BinaryReader, tag: number): void => {
  const wireType = wireTypes[tag & 7]
  if (wireType === undefined) throw new Error("a field has no wire type")
  reader.skip(wireType, tag >>> 3)
}

/** How many more values the message that is being read may have. */
let valuesLeft = 0

/** To be called before a message is read: it may then have that many values. */
export const allowValues = (count: number): void => {
  valuesLeft = count
}

/** To be called for each field, and before the items of a list are read: a message of few bytes may have many values. */
export const countValue = (count = 1): void => {
  valuesLeft -= count
  if (valuesLeft < 0) throw new Error("it has too many values")
}

/** A field of the binary form. */
export interface BinaryField {
  readonly name: string
  readonly field: Field<unknown>
  /** The kind of one element. */
  readonly kind: FieldKind
  readonly wireType: number
  /** Number and wire type as they precede each value. */
  readonly tag: number
  readonly repeated: boolean
  /** The tag of a list of numbers that are written together; undefined for other fields. */
  readonly packedTag: number | undefined
  /** The value of an absent field that every decoded message has. */
  readonly zero: unknown
}

/** A message of the binary form. */
export interface BinaryMessage {
  readonly fields: ReadonlyArray<BinaryField>
  /** By number, so that sparse numbers stay cheap. */
  readonly byNumber: ReadonlyMap<number, BinaryField>
  /** Fields that every decoded message has. */
  readonly present: ReadonlyArray<BinaryField>
}

const tables = new WeakMap<Message<unknown>, BinaryMessage>()

/** The binary form of a message. Fields that exist in JSON only are left out. */
export const binaryMessage = (message: Message<unknown>): BinaryMessage => {
  const known = tables.get(message)
  if (known !== undefined) return known
  const fields = [...message.fields]
    .filter(([, { number }]) => number > 0)
    .map(([name, field]) => toBinary(name, field))
  const table: BinaryMessage = {
    fields,
    byNumber: new Map(fields.map((field) => [field.field.number, field])),
    present: fields.filter(({ field }) => field.absent !== undefined || field.required)
  }
  tables.set(message, table)
  return table
}

const toBinary = (name: string, field: Field<unknown>): BinaryField => {
  const repeated = field.kind === "repeated"
  const one = repeated && field.item ? field.item : field
  const wireType = one.wrapped ? lengthDelimited : wireTypeOf(one.kind)
  return {
    name,
    field: one,
    kind: one.kind,
    wireType,
    tag: tagOf(field.number, wireType),
    repeated,
    packedTag: repeated && wireType !== lengthDelimited ? tagOf(field.number, lengthDelimited) : undefined,
    zero: repeated ? [] : zeroOf(one.kind)
  }
}

/** How a value of this kind is delimited. */
export const wireTypeOf = (kind: FieldKind): number => {
  switch (kind) {
    case "bool":
    case "int32":
    case "uint32":
    case "int64":
    case "uint64":
    case "enum":
      return WireType.Varint
    case "float":
      return WireType.Bit32
    case "double":
      return WireType.Bit64
    default:
      return lengthDelimited
  }
}

/** The value that an absent field of this kind has in the binary form; undefined for messages. */
const zeroOf = (kind: FieldKind): unknown => {
  switch (kind) {
    case "bool":
      return false
    case "string":
      return ""
    case "int32":
    case "uint32":
    case "int64":
    case "uint64":
    case "enum":
    case "float":
    case "double":
      return 0
    case "bytes":
      return new Uint8Array()
    default:
      return undefined
  }
}
