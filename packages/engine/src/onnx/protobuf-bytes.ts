/** The part of protobuf's binary format that ONNX models need. */
import { concatBytes } from "@sightline/platform/bytes/view"

const utf8 = new TextEncoder()

/** Encodes an integer as a varint; a negative one as 64 bits in two's complement. */
const varint = (value: number): Uint8Array => {
  if (value < 0) return negative(BigInt.asUintN(64, BigInt(value)))
  const out: Array<number> = []
  let rest = value
  while (rest > 127) {
    out.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  return Uint8Array.from([...out, rest])
}

const negative = (value: bigint): Uint8Array => {
  const out = Uint8Array.from({ length: 10 }, (_, i) => Number((value >> BigInt(7 * i)) & 127n) | 128)
  out[9] = 1
  return out
}

/** Encodes an integer field. */
export const int = (field: number, value: number): Uint8Array => concatBytes([varint(field * 8), varint(value)])
/** Encodes a field of bytes or a message. */
export const bytes = (field: number, ...parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const body = concatBytes(parts)
  return concatBytes([varint(field * 8 + 2), varint(body.length), body])
}
/** Encodes a field of 32 bits: a float. */
export const float = (field: number, value: number): Uint8Array => {
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, value, true)
  return concatBytes([varint(field * 8 + 5), new Uint8Array(view.buffer)])
}
/** Encodes a string field. */
export const text = (field: number, value: string): Uint8Array => bytes(field, utf8.encode(value))

/** A decoded field: a number, or a view of its bytes. */
export interface Field {
  readonly field: number
  readonly value: number | Uint8Array
}

/** Decodes a varint; returns it and its end. Throws `RangeError` if the bytes end before. */
const readVarint = (from: Uint8Array, at: number): readonly [number, number] => {
  let value = 0
  for (let i = 0; i < 10; i++) {
    const byte = from[at + i]
    if (byte === undefined) break
    value += (byte & 127) * 2 ** (7 * i)
    if (byte < 128) return [value, at + i + 1]
  }
  throw new RangeError("a number does not end")
}

/** The fields of a message, in order. Throws `RangeError` for bytes that are not a message. */
export const fieldsOf = (message: Uint8Array): ReadonlyArray<Field> => {
  const fields: Array<Field> = []
  for (let at = 0; at < message.length;) {
    const [tag, next] = readVarint(message, at)
    const field = Math.floor(tag / 8)
    const wire = tag % 8
    if (wire === 0) {
      const [value, end] = readVarint(message, next)
      fields.push({ field, value })
      at = end
      continue
    }
    const [size, start] = wire === 2 ? readVarint(message, next) : [wire === 1 ? 8 : wire === 5 ? 4 : -1, next]
    if (size < 0 || start + size > message.length) throw new RangeError("a field does not end")
    fields.push({ field, value: message.subarray(start, start + size) })
    at = start + size
  }
  return fields
}

/** The bytes of the fields with a number. */
export const bytesOf = (fields: ReadonlyArray<Field>, field: number): ReadonlyArray<Uint8Array> =>
  fields.flatMap((one) => (one.field === field && typeof one.value !== "number" ? [one.value] : []))

/** The first field with a number as a string; empty if there is none. */
export const textOf = (fields: ReadonlyArray<Field>, field: number): string =>
  new TextDecoder().decode(bytesOf(fields, field)[0] ?? new Uint8Array())
