// The same tables as Effect schemas: the declared contract of the decoder, for those who want schemas (JSON Schema,
// arbitrary values, forms). The decoder itself does not use them: it is faster, and forgiving.
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Field, Message } from "../messages/table.ts"

type Plain = Schema.Codec<unknown, unknown>

const made = new WeakMap<Message<unknown>, Plain>()

/**
 * The schema of a message in its decoded form: what {@link decode} gives always satisfies it, and what satisfies it is
 * decoded as it is. Members that the table does not know are dropped by the schema, and kept by the decoder.
 */
export const schemaOf = <A>(message: Message<A>): Schema.Codec<A, unknown> =>
  // The table's type says that what passes its fields is an `A`.
  messageSchema(message) as unknown as Schema.Codec<A, unknown>

const messageSchema = (message: Message<unknown>): Plain => {
  const known = made.get(message)
  if (known) return known
  const members: Record<string, Schema.Codec<unknown, unknown> | Schema.optionalKey<Plain>> = {}
  // Messages contain each other: their schemas meet through the map above.
  const schema: Plain = Schema.suspend(() => struct)
  made.set(message, schema)
  for (const [key, field] of message.fields) {
    const member = fieldSchema(field)
    members[key] =
      field.initial === undefined
        ? field.needed
          ? member
          : Schema.optionalKey(member)
        : member.pipe(Schema.withDecodingDefaultKey(Effect.succeed(field.initial)))
  }
  const struct: Plain = Schema.Struct(members).annotate({ identifier: message.name })
  return schema
}

const fieldSchema = (field: Field<unknown>): Plain => {
  switch (field.kind) {
    case "text":
    case "time":
    case "bytes":
      return Schema.String
    case "float":
    case "double":
    case "int":
    case "long":
    case "enum":
      return Schema.Number
    case "bool":
      return Schema.Boolean
    case "struct":
      return Schema.Record(Schema.String, Schema.Unknown)
    case "json":
      return Schema.Unknown
    case "message":
      return field.of ? messageSchema(field.of()) : Schema.Unknown
    case "list":
      return Schema.Array(field.item ? fieldSchema(field.item) : Schema.Unknown)
    case "map":
      return Schema.Record(Schema.String, field.item ? fieldSchema(field.item) : Schema.Unknown)
  }
}
