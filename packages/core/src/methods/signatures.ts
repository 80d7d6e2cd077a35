// The methods of a model, listed by its version or by the model itself.
import { type Decoded, decode } from "../wire/codec/decode-json.ts"
import type { JsonObject } from "../wire/messages/field.ts"
import { MethodSignatureWire, type ModelTypeFieldWire } from "../wire/messages/model-type-messages.ts"
import type { MethodType, PlainType } from "./method-types.ts"

/** An argument of a method, or its result. */
export interface Parameter {
  readonly name: string
  /** Undefined for a type that this version cannot write. */
  readonly type: MethodType | undefined
  readonly required: boolean
  readonly description?: string
  /** As the model's author wrote it. */
  readonly default?: string
  /** True where one follows another. */
  readonly streams: boolean
}

/** A method of a model, as the model describes it. */
export interface Signature {
  readonly name: string
  readonly description?: string
  readonly takes: ReadonlyArray<Parameter>
  readonly gives: Parameter | undefined
  /** `answers`: it gives one result after another. `both`: it also takes one item after another. */
  readonly streams: "no" | "answers" | "inputs" | "both"
}

/** The protocol's numbers of types, in their order. */
const plainOf: ReadonlyArray<PlainType | undefined> = [
  undefined,
  "str",
  "bytes",
  "int",
  "float",
  "bool",
  "ndarray",
  "json",
  "text",
  "image",
  "concept",
  "region",
  "frame",
  "audio",
  "video"
]
const namedFields = 15
const tuple = 16
const list = 17

const typeOf = ({ type = 0, type_args = [] }: ModelTypeFieldWire): MethodType | undefined => {
  const inner = type_args.map(typeOf)
  if (type === list) {
    const [item] = inner
    return typeof item === "string" && !item.endsWith("[]") ? (`${item}[]` as MethodType) : undefined // a plain type
  }
  if (type !== namedFields && type !== tuple) return plainOf[type]
  const known = inner.filter((one) => typeof one === "string")
  if (known.length < inner.length || known.length === 0) return undefined
  if (type === tuple) return known
  return Object.fromEntries(type_args.map(({ name = "" }, i) => [name, known[i] ?? "json"]))
}

const toParameter = (field: ModelTypeFieldWire): Parameter => ({
  name: field.name ?? "",
  type: typeOf(field),
  required: field.required ?? false,
  streams: field.iterator ?? false,
  ...(field.description === undefined ? {} : { description: field.description }),
  ...(field.default === undefined ? {} : { default: field.default })
})

const kinds = ["no", "no", "answers", "inputs", "both"] as const

/** A decoded signature. */
export const toSignature = (runtime: MethodSignatureWire): Signature => ({
  name: runtime.name ?? "",
  ...(runtime.description ? { description: runtime.description } : {}),
  takes: runtime.input_fields?.map(toParameter) ?? [],
  gives: runtime.output_fields?.[0] && toParameter(runtime.output_fields[0]),
  streams: kinds[runtime.method_type ?? 0] ?? "no"
})

const snake = (json: unknown): unknown => {
  if (Array.isArray(json)) return json.map(snake)
  if (typeof json !== "object" || json === null) return json
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), snake(value)])
  )
}

/** The signatures in a text from a model: an object of them by name, with members in either spelling. */
export const signaturesIn = (text: string): Decoded<ReadonlyArray<Signature>> => {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { ok: false, problem: { path: "outputs[0].data.text.raw", problem: "expected JSON, found other text" } }
  }
  const signatures: Array<Signature> = []
  for (const [name, json] of Object.entries(Object(parsed) as JsonObject)) {
    const decoded = decode(MethodSignatureWire, snake(json))
    if (!decoded.ok) return decoded
    signatures.push(toSignature({ name, ...decoded.value }))
  }
  return { ok: true, value: signatures }
}
