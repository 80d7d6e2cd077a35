// Fields of protobuf messages: the number, kind and presence of each. Types, codecs and schemas are derived from them.
import type { Message } from "./message.ts"

/** What a field holds, in protobuf's words. `struct` and `value` are free JSON; wrappers have the kind that they wrap. */
export type FieldKind =
  | "string"
  | "bool"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float"
  | "double"
  | "bytes"
  | "enum"
  | "timestamp"
  | "duration"
  | "struct"
  | "value"
  | "message"
  | "repeated"
  | "map"

/** A JSON object of any content, such as metadata or inference parameters. */
export interface JsonObject {
  readonly [key: string]: unknown
}

/** How one field is read and written; `A` is the type of its decoded value. */
export interface Field<out A> {
  readonly kind: FieldKind
  /** The field's number in the binary form; 0 for a field that exists in JSON only. */
  readonly number: number
  /** Kind `message`: the message. A function, because messages contain each other. */
  readonly of?: () => Message<unknown>
  /** Kinds `repeated` and `map`: one element. */
  readonly item?: Field<unknown>
  /** Kind `enum`: the number of a name. */
  readonly numberOf?: (name: string) => number | undefined
  /** The value is in one of protobuf's wrapper messages, which distinguish an unset value from a zero. */
  readonly wrapped?: true
  /** The value that stands for an absent field in JSON. A decoded message always has the field; it is always written. */
  readonly absent?: A
  /** A message without the field is malformed. */
  readonly required?: true
  /** Written whenever it is set, also to its zero value, which other fields leave out. */
  readonly explicit?: true
  /** Read from older services and clients; written only for older clients. */
  readonly legacy?: true
}

/** A field that every decoded message has. */
export interface PresentField<out A> extends Field<A> {
  /** Never set: distinguishes the two types. */
  readonly "~present"?: true
}

/** Fields by their names. */
export interface Fields {
  readonly [name: string]: Field<unknown>
}

/** Text. */
export const string = (number: number): Field<string> => ({ kind: "string", number })
/** A boolean; JSON may have 0 and 1. */
export const bool = (number: number): Field<boolean> => ({ kind: "bool", number })
/** A signed integer of 32 bits. */
export const int32 = (number: number): Field<number> => ({ kind: "int32", number })
/** An unsigned integer of 32 bits. */
export const uint32 = (number: number): Field<number> => ({ kind: "uint32", number })
/** A signed integer of 64 bits as a double: exact up to 2^53. JSON may have it as text. */
export const int64 = (number: number): Field<number> => ({ kind: "int64", number })
/** An unsigned integer of 64 bits as a double: exact up to 2^53. JSON may have it as text. */
export const uint64 = (number: number): Field<number> => ({ kind: "uint64", number })
/** A number of 32 bits; written in the fewest digits that give the same 32 bits. */
export const float = (number: number): Field<number> => ({ kind: "float", number })
/** A number of 64 bits. */
export const double = (number: number): Field<number> => ({ kind: "double", number })
/** Bytes: text in base64 when decoded from JSON, an array when decoded from the binary form. Both are encoded. */
export const bytes = (number: number): Field<string | Uint8Array<ArrayBuffer>> => ({ kind: "bytes", number })
/** RFC 3339 text with up to nine digits of a second, as it was received: a `Date` holds three. */
export const timestamp = (number: number): Field<string> => ({ kind: "timestamp", number })
/** Text such as `1.5s`. */
export const duration = (number: number): Field<string> => ({ kind: "duration", number })
/** A JSON object of any content. */
export const struct = (number: number): Field<JsonObject> => ({ kind: "struct", number })
/** Any JSON, `null` included. */
export const value = (number: number): Field<unknown> => ({ kind: "value", number })
/** A boolean that may be unset. */
export const boolValue = (number: number): Field<boolean> => ({ ...bool(number), wrapped: true })

/** Numbers of an enum by their names. */
export interface EnumTable {
  readonly [name: string]: number
}

/** A number from an enum; JSON may have its name. Numbers that the enum lacks are kept. */
export const enumeration = (
  number: number,
  names: EnumTable | ((name: string) => number | undefined)
): Field<number> => ({
  kind: "enum",
  number,
  numberOf: typeof names === "function" ? names : (name) => (Object.hasOwn(names, name) ? names[name] : undefined)
})

/** Another message. A function, because messages contain each other. */
export const message = <A>(number: number, of: () => Message<A>): Field<A> => ({ kind: "message", number, of })

/** A list. */
export const repeated = <A>(item: Field<A>): Field<ReadonlyArray<A>> => ({
  kind: "repeated",
  number: item.number,
  item
})

/** An object whose keys are text and whose values are of one kind; in the binary form the values have number 2. */
export const map = <A>(number: number, item: Field<A>): Field<Readonly<Record<string, A>>> => ({
  kind: "map",
  number,
  item
})

/** The same field, always present when decoded and always written. `absent` is what its absence in JSON means. */
export const always = <A>(field: Field<A>, absent: A): PresentField<A> => ({ ...field, absent })
/** The same field, without which a message is malformed. */
export const required = <A>(field: Field<A>): PresentField<A> => ({ ...field, required: true })
/** The same field, written whenever it is set, also to its zero value. */
export const explicit = <A>(field: Field<A>): Field<A> => ({ ...field, explicit: true })
/** The same field, written only for older clients. */
export const legacy = <A>(field: Field<A>): Field<A> => ({ ...field, legacy: true })
