// Where our tables differ from the official definition in this workspace (11.11), on purpose.
import type { Field } from "../../src/wire/messages/field.ts"
import type { Message } from "../../src/wire/messages/message.ts"

/** Older services and clients have these … */
const removed = ["OutputConfig.closed_environment", "DeleteInputsRequest.delete_all"]
/** … and newer services send these (published stubs of 12.5). */
const newer = ["Status.http_status_code", "Output.cached_tokens"]

/** Fields of our tables that the definition does not have. */
export const elsewhere: ReadonlySet<string> = new Set([...removed, ...newer])

/** The same JSON without the fields that newer definitions lack. */
const without = (json: unknown): unknown => {
  if (Array.isArray(json)) return json.map(without)
  if (typeof json !== "object" || json === null) return json
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) =>
      [...elsewhere].some((name) => name.endsWith(`.${key}`)) ? [] : [[key, without(value)]]
    )
  )
}

/** A list is sorted in one order: of the fields that name one, the definition takes the last, also where it is false. */
export const oneOrder = (json: unknown): unknown => {
  const order = Object.keys(Object(json)).findLast((key) => key.startsWith("sort_by_"))
  return Object.fromEntries(
    Object.entries(Object(json)).filter(
      ([key, value]) => !key.startsWith("sort_by_") || (key === order && value === true)
    )
  )
}

/** The same JSON with only the fields that our tables have. */
export const known = (message: Message<unknown>, json: unknown): unknown => {
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(Object(json))) {
    const field = message.fields.get(key)
    if (field) out[key] = knownField(field, value)
  }
  return out
}
const knownField = (field: Field<unknown>, value: unknown): unknown => {
  const { item, of } = field
  if (item && Array.isArray(value)) return value.map((element) => knownField(item, element))
  if (item) return Object.fromEntries(Object.entries(Object(value)).map(([k, v]) => [k, knownField(item, v)]))
  return of ? known(of(), value) : value
}

/** The JSON of a message as the definition of today has it. */
export const today = (name: string, json: unknown): unknown =>
  name === "DeleteModelsRequest" || name === "DeleteWorkflowsRequest" ? json : oneOrder(without(json))
