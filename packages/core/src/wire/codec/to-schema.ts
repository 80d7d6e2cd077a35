// The message tables as Effect schemas: the declared form of what the decoder returns, for programs that want schemas
// (JSON Schema, arbitrary values, forms). The decoder itself does not use them: it is faster, and tolerant.
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Field } from "../messages/field.ts"
import type { Message } from "../messages/message.ts"

type AnyCodec = Schema.Codec<unknown, unknown>

const made = new WeakMap<Message<unknown>, AnyCodec>()

/**
 * The schema of a decoded message: what {@link decode} returns always satisfies it, and what satisfies it is decoded as
 * it is. The schema drops fields that the message does not have; the decoder keeps them.
 */
export const schemaOf = <A>(message: Message<A>): Schema.Codec<A, unknown> =>
  // The type of the table states that a value with these fields is an `A`.
  messageSchema(message) as unknown as Schema.Codec<A, unknown>

const messageSchema = (message: Message<unknown>): AnyCodec => {
  const known = made.get(message)
  if (known) return known
  const members: Record<string, AnyCodec | Schema.optionalKey<AnyCodec>> = {}
  // Messages contain each other: their schemas meet through the map above.
  const schema: AnyCodec = Schema.suspend(() => struct)
  made.set(message, schema)
  for (const [name, field] of message.fields) {
    const member = fieldSchema(field)
    members[name] =
      field.absent !== undefined
        ? member.pipe(Schema.withDecodingDefaultKey(Effect.succeed(field.absent)))
        : field.required
          ? member
          : Schema.optionalKey(member)
  }
  const struct: AnyCodec = Schema.Struct(members).annotate({ identifier: message.name })
  return schema
}

const fieldSchema = (field: Field<unknown>): AnyCodec => {
  switch (field.kind) {
    case "string":
    case "timestamp":
    case "duration":
      return Schema.String
    case "bytes":
      return Schema.Union([Schema.String, Schema.instanceOf(Uint8Array)])
    case "bool":
      return Schema.Boolean
    case "struct":
      return Schema.Record(Schema.String, Schema.Unknown)
    case "value":
      return Schema.Unknown
    case "message":
      return field.of ? messageSchema(field.of()) : Schema.Unknown
    case "repeated":
      return Schema.Array(field.item ? fieldSchema(field.item) : Schema.Unknown)
    case "map":
      return Schema.Record(Schema.String, field.item ? fieldSchema(field.item) : Schema.Unknown)
    default:
      return Schema.Number
  }
}
