// A message with one field of each kind, and the bytes that protobuf's definition of its binary form gives to each.
import * as field from "../../../src/wire/messages/field.ts"
import { defineMessage, type Infer, type Message } from "../../../src/wire/messages/message.ts"

const inner = () => ({ text: field.string(1), level: field.always(field.int32(2), 7) })
export interface InnerWire extends Infer<typeof inner> {}
export const InnerWire: Message<InnerWire> = defineMessage("Inner", inner)

const allKinds = () => ({
  text: field.string(1),
  flag: field.bool(2),
  int32: field.int32(3),
  uint32: field.uint32(4),
  int64: field.int64(5),
  uint64: field.uint64(6),
  float: field.float(7),
  double: field.double(8),
  bytes: field.bytes(9),
  choice: field.enumeration(10, { NONE: 0, FIRST: 1, SECOND: 2 }),
  time: field.timestamp(11),
  length: field.duration(12),
  struct: field.struct(13),
  any: field.value(14),
  inner: field.message(15, () => InnerWire),
  texts: field.repeated(field.string(16)),
  numbers: field.repeated(field.int32(17)),
  floats: field.repeated(field.float(18)),
  inners: field.repeated(field.message(19, () => InnerWire)),
  byName: field.map(
    20,
    field.message(2, () => InnerWire)
  ),
  maybe: field.boolValue(21),
  maybeText: { ...field.string(22), wrapped: true as const },
  maybeNumber: { ...field.int32(23), wrapped: true as const },
  old: field.legacy(field.string(24)),
  flags: field.repeated(field.bool(25)),
  shown: field.explicit(field.int32(26)),
  jsonOnly: field.legacy(field.string(0))
})
export interface AllKindsWire extends Infer<typeof allKinds> {}
/** Makes the message. What codecs keep for a message they do not have for this one. */
export const makeAllKinds = (): Message<AllKindsWire> => defineMessage("AllKinds", allKinds)
export const AllKindsWire: Message<AllKindsWire> = makeAllKinds()

/** Bytes in hexadecimal digits, with spaces wherever they help. */
export const fromHex = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"))

/** A value of each kind, and its message in the binary form. */
export const binarySamples: ReadonlyArray<readonly [name: string, value: AllKindsWire, hex: string]> = [
  ["text", { text: "aé" }, "0a 03 61 c3a9"],
  ["a boolean", { flag: true }, "10 01"],
  ["int32", { int32: 150 }, "18 9601"],
  ["a negative int32", { int32: -1 }, "18 ffffffffffffffffff01"],
  ["uint32", { uint32: 4_294_967_295 }, "20 ffffffff0f"],
  ["int64", { int64: 9_007_199_254_740_991 }, "28 ffffffffffffff0f"],
  ["a negative int64", { int64: -1 }, "28 ffffffffffffffffff01"],
  ["uint64", { uint64: 9_007_199_254_740_991 }, "30 ffffffffffffff0f"],
  ["float", { float: 0.1 }, "3d cdcccc3d"],
  ["double", { double: 0.1 }, "41 9a9999999999b93f"],
  ["bytes", { bytes: Uint8Array.of(1, 2, 3) }, "4a 03 010203"],
  ["an enum", { choice: 2 }, "50 02"],
  ["a time", { time: "1970-01-01T00:00:01.500Z" }, "5a 08 08 01 10 80cab5ee01"],
  ["a time before 1970", { time: "1969-12-31T23:59:59Z" }, "5a 0b 08 ffffffffffffffffff01"],
  ["a time of nanoseconds alone", { time: "1970-01-01T00:00:00.000000001Z" }, "5a 02 10 01"],
  ["the time 0", { time: "1970-01-01T00:00:00Z" }, "5a 00"],
  ["a duration", { length: "12s" }, "62 02 08 0c"],
  ["free JSON", { struct: { a: null } }, "6a 09 0a 07 0a 01 61 12 02 08 00"],
  ["an empty JSON object", { struct: {} }, "6a 00"],
  ["any JSON value", { any: "x" }, "72 03 1a 01 78"],
  ["null as a JSON value", { any: null }, "72 02 08 00"],
  ["false as a JSON value", { any: false }, "72 02 20 00"],
  ["a message", { inner: { text: "a", level: 7 } }, "7a 05 0a 01 61 10 07"],
  ["a message of zero values", { inner: { level: 0 } }, "7a 00"],
  ["a list of texts, empty ones too", { texts: ["a", ""] }, "8201 01 61 8201 00"],
  ["a list of integers", { numbers: [1, 150] }, "8a01 03 01 9601"],
  ["a list of floats", { floats: [0.5, 0.1] }, "9201 08 0000003f cdcccc3d"],
  ["a list of messages", { inners: [{ level: 0 }, { level: 1 }] }, "9a01 00 9a01 02 10 01"],
  ["a map", { byName: { k: { level: 1 } } }, "a201 07 0a 01 6b 12 02 10 01"],
  ["a map's empty key and value", { byName: { "": { level: 0 } } }, "a201 04 0a 00 12 00"],
  ["a wrapped true", { maybe: true }, "aa01 02 08 01"],
  ["a wrapped false", { maybe: false }, "aa01 00"],
  ["a wrapped text", { maybeText: "a" }, "b201 03 0a 01 61"],
  ["a wrapped empty text", { maybeText: "" }, "b201 00"],
  ["a wrapped number", { maybeNumber: 5 }, "ba01 02 08 05"],
  ["a wrapped zero", { maybeNumber: 0 }, "ba01 00"],
  ["a list of booleans", { flags: [true, false] }, "ca01 02 01 00"]
]
