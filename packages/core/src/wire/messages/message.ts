// Messages: a name of the protocol definition and a table of fields. Each is the only statement of its message.
import type { Field, Fields } from "./field.ts"

type ValueOf<F> = F extends Field<infer A> ? A : never
type IsPresent<F> = "~present" extends keyof F ? true : false

/** The decoded form of a message with these fields. Extend it by an interface: messages contain each other. */
export type Infer<Table extends () => Fields> = InferFields<ReturnType<Table>>

type InferFields<F> = {
  readonly [K in keyof F as IsPresent<F[K]> extends true ? K : never]: ValueOf<F[K]>
} & {
  readonly [K in keyof F as IsPresent<F[K]> extends true ? never : K]?: ValueOf<F[K]>
}

/** A message of the protocol whose decoded form is `A`. */
export interface Message<out A> {
  /** Its name in the protocol definition, without the package `clarifai.api`. */
  readonly name: string
  readonly fields: ReadonlyMap<string, Field<unknown>>
  /** The fields that every decoded message has. */
  readonly alwaysPresent: ReadonlyArray<readonly [name: string, field: Field<unknown>]>
  /** Never set: carries the type. */
  readonly "~decoded"?: A
}

/**
 * Defines a message by its name and its fields. The table is made on first use, so messages may name each other, and a
 * bundler drops those that are not used.
 */
export const defineMessage = <A>(name: string, fields: () => Fields): Message<A> => {
  let table: Pick<Message<A>, "fields" | "alwaysPresent"> | undefined
  const make = () => {
    const entries = Object.entries(fields())
    return {
      fields: new Map(entries),
      alwaysPresent: entries.filter(([, field]) => field.absent !== undefined || field.required)
    }
  }
  return {
    name,
    get fields() {
      return (table ??= make()).fields
    },
    get alwaysPresent() {
      return (table ??= make()).alwaysPresent
    }
  }
}
