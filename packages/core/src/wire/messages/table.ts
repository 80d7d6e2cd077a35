// What a wire message is: a name from the protocol and, for each JSON member, how its value is read and written.
// The tables below these words are the single source of the decoder, the encoder and the declared schemas.

/** How a member travels. `float` is 32 bits, `double` 64; `long` may arrive as a string; `bytes` is base64 text. */
export type Kind =
  | "text"
  | "float"
  | "double"
  | "int"
  | "long"
  | "bool"
  | "bytes"
  | "time"
  | "struct"
  | "json"
  | "enum"
  | "message"
  | "list"
  | "map"

/** A free JSON object: metadata, inference parameters. */
export interface JsonObject {
  readonly [key: string]: unknown
}

/** How one member is read and written; `A` is its type once decoded. */
export interface Field<out A> {
  readonly kind: Kind
  /** Kind `message`: what it holds; a function because messages contain each other. */
  readonly of?: () => Message<unknown>
  /** Kinds `list` and `map`: what each element is. */
  readonly item?: Field<unknown>
  /** Kind `enum`: the number behind a name. */
  readonly number?: (name: string) => number | undefined
  /** Filled in where the member is absent, and always written: the protocol's always-shown members. */
  readonly initial?: A
  /** A message without this member is not one. */
  readonly needed?: true
  /** Left out by the encoder: old answers have it, the protocol of today does not. */
  readonly legacy?: true
}

/** One field for each member of `A`. */
export type Fields<A> = { readonly [K in keyof A]-?: Field<Exclude<A[K], undefined>> }

/** A wire message whose decoded form is `A`. */
export interface Message<out A> {
  /** Its name in the protocol definition, package `clarifai.api` left out. */
  readonly name: string
  readonly fields: ReadonlyMap<string, Field<unknown>>
  /** Members that are filled in or insisted on when they are absent. */
  readonly shown: ReadonlyArray<readonly [key: string, field: Field<unknown>]>
  /** True of JSON that the decoder would give back as it is; what it denies is read by the table. */
  readonly quick: ((json: unknown) => boolean) | undefined
  /** Never present: carries the type. */
  readonly "~decoded"?: A
}

/**
 * A message of the protocol by its name and members, with a recogniser where speed matters. Its table is made when it
 * is first used: messages may name each other freely, and a bundle leaves out those that nobody uses.
 */
export const message = <A>(name: string, members: () => Fields<A>, quick?: (json: unknown) => boolean): Message<A> => {
  let table: Pick<Message<A>, "fields" | "shown"> | undefined
  const make = () => {
    const entries = Object.entries<Field<unknown>>(members())
    return {
      fields: new Map(entries),
      shown: entries.filter(([, field]) => field.initial !== undefined || field.needed)
    }
  }
  return {
    name,
    quick,
    get fields() {
      return (table ??= make()).fields
    },
    get shown() {
      return (table ??= make()).shown
    }
  }
}

/** A string. */
export const text: Field<string> = { kind: "text" }
/** A 32-bit number. */
export const float: Field<number> = { kind: "float" }
/** A 64-bit number. */
export const double: Field<number> = { kind: "double" }
/** A whole number of 32 bits. */
export const int: Field<number> = { kind: "int" }
/** A whole number of 64 bits, which may arrive as text. */
export const long: Field<number> = { kind: "long" }
/** A boolean, which may arrive as 0 and 1. */
export const bool: Field<boolean> = { kind: "bool" }
/** Base64 text on the wire and here: bytes become base64 in one place, just before they are sent. */
export const bytes: Field<string> = { kind: "bytes" }
/** RFC 3339 with up to nine digits of a second, kept as it came: a `Date` holds three. */
export const time: Field<string> = { kind: "time" }
/** A free JSON object. */
export const struct: Field<JsonObject> = { kind: "struct" }
/** Any JSON, `null` included. */
export const json: Field<unknown> = { kind: "json" }
/** An enum that is not the status code: travels as a number, its names are accepted. */
export const oneOf = (names: Readonly<Record<string, number>>): Field<number> => ({
  kind: "enum",
  number: (name) => (Object.hasOwn(names, name) ? names[name] : undefined)
})
/** An enum whose names are looked up elsewhere. */
export const numbered = (number: (name: string) => number | undefined): Field<number> => ({ kind: "enum", number })
/** Another message, named by a function because messages contain each other. */
export const of = <A>(message: () => Message<A>): Field<A> => ({ kind: "message", of: message })
/** A list of fields. */
export const list = <A>(item: Field<A>): Field<ReadonlyArray<A>> => ({ kind: "list", item })
/** A list of messages. */
export const many = <A>(message: () => Message<A>): Field<ReadonlyArray<A>> => list(of(message))
/** An object used as a map from text to messages. */
export const map = <A>(message: () => Message<A>): Field<Readonly<Record<string, A>>> => ({
  kind: "map",
  item: of(message)
})
/** A list of strings. */
export const texts: Field<ReadonlyArray<string>> = /* @__PURE__ */ list(text)
/** A list of 32-bit numbers. */
export const floats: Field<ReadonlyArray<number>> = /* @__PURE__ */ list(float)
/** The same field, filled in with `initial` when it is absent and always written. */
export const shown = <A>(field: Field<A>, initial: A): Field<A> => ({ ...field, initial })
/** The same field, insisted on. */
export const needed = <A>(field: Field<A>): Field<A> => ({ ...field, needed: true })
/** The same field, read but never written: old answers have it, the protocol of today does not. */
export const legacy = <A>(field: Field<A>): Field<A> => ({ ...field, legacy: true })
