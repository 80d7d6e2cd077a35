/**
 * Writes core's fast path of decoding: for each message that long answers are made of, a function that recognises
 * values in decoded form. It reads one property after another, without a loop over keys, which engines compile well.
 */
import type { Field } from "../../packages/core/src/wire/messages/field.ts"
import type { Message } from "../../packages/core/src/wire/messages/message.ts"
import { ConceptWire } from "../../packages/core/src/wire/messages/concept-messages.ts"
import { DataWire, EmbeddingWire } from "../../packages/core/src/wire/messages/data-messages.ts"
import { FrameInfoWire, FrameWire } from "../../packages/core/src/wire/messages/frame-messages.ts"
import { InputWire } from "../../packages/core/src/wire/messages/input-messages.ts"
import { ImageWire } from "../../packages/core/src/wire/messages/media-messages.ts"
import {
  ModelIdsWire,
  PredictionOutputWire,
  VersionIdWire
} from "../../packages/core/src/wire/messages/prediction-output.ts"
import { BoundingBoxWire, RegionInfoWire, RegionWire } from "../../packages/core/src/wire/messages/region-messages.ts"
import { StatusWire } from "../../packages/core/src/wire/messages/status-messages.ts"

/** The messages that are many in a long answer. Fields of other messages must be absent to be recognised. */
const common = new Map<Message<unknown>, readonly [constant: string, file: string]>([
  [StatusWire, ["StatusWire", "status-messages"]],
  [ConceptWire, ["ConceptWire", "concept-messages"]],
  [ImageWire, ["ImageWire", "media-messages"]],
  [BoundingBoxWire, ["BoundingBoxWire", "region-messages"]],
  [RegionInfoWire, ["RegionInfoWire", "region-messages"]],
  [RegionWire, ["RegionWire", "region-messages"]],
  [FrameInfoWire, ["FrameInfoWire", "frame-messages"]],
  [FrameWire, ["FrameWire", "frame-messages"]],
  [EmbeddingWire, ["EmbeddingWire", "data-messages"]],
  [DataWire, ["DataWire", "data-messages"]],
  [InputWire, ["InputWire", "input-messages"]],
  [VersionIdWire, ["VersionIdWire", "prediction-output"]],
  [ModelIdsWire, ["ModelIdsWire", "prediction-output"]],
  [PredictionOutputWire, ["PredictionOutputWire", "prediction-output"]]
])

const functionOf = (message: Message<unknown>): string | undefined => {
  const constant = common.get(message)?.[0]
  return constant === undefined ? undefined : `is${constant.replace(/Wire$/, "")}`
}

/** The JavaScript type of a kind's decoded values. */
const typeOf = ({ kind }: Field<unknown>): "string" | "number" | "boolean" | undefined => {
  switch (kind) {
    case "string":
    case "bytes":
    case "timestamp":
    case "duration":
      return "string"
    case "bool":
      return "boolean"
    case "int32":
    case "uint32":
    case "int64":
    case "uint64":
    case "float":
    case "double":
    case "enum":
      return "number"
    default:
      return undefined
  }
}

const optional = { string: "isText", number: "isNumber", boolean: "isBoolean" }

const conditionOf = (name: string, field: Field<unknown>): string | undefined => {
  const value = `json["${name}"]`
  const type = typeOf(field)
  const present = field.absent !== undefined || field.required
  if (type !== undefined) return present ? `typeof ${value} === "${type}"` : `${optional[type]}(${value})`
  if (field.kind === "value") return undefined
  if (field.kind === "struct" && !present) return `isStruct(${value})`
  if (field.kind === "message" && !present) {
    const inner = field.of && functionOf(field.of())
    if (inner !== undefined) return `(${value} === undefined || ${inner}(${value}, depth + 1))`
  }
  if (field.kind === "repeated" && field.item && !present) {
    const { item } = field
    const inner = item.of && functionOf(item.of())
    if (inner !== undefined) return `isList(${value}, ${inner}, depth)`
    const itemType = typeOf(item)
    if (itemType !== undefined) return `isListOf(${value}, "${itemType}")`
  }
  return `${value} === undefined`
}

const recogniserOf = (message: Message<unknown>): string => {
  const conditions = [...message.fields]
    .map(([name, field]) => conditionOf(name, field))
    .filter((condition) => condition !== undefined)
  const all = ["depth < maxDepth", "isObject(json)", ...conditions]
  const head = `const ${functionOf(message)}: Recogniser = (json, depth) =>`
  const line = all.join(" && ")
  // As oxfmt breaks lines.
  const body =
    head.length + line.length < lineWidth
      ? ` ${line}`
      : `\n  ${line.length + 2 <= lineWidth ? line : all.join(" &&\n  ")}`
  return `${head}${body}\n`
}

const lineWidth = 120

export const decodedFormModule = (): string => {
  const imports = new Map<string, Array<string>>()
  for (const [constant, file] of common.values()) imports.set(file, [...(imports.get(file) ?? []), constant])
  const importLines = [...imports]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, constants]) => `import { ${constants.toSorted().join(", ")} } from "../messages/${file}.ts"`)
  const entries = [...common].map(([message, [constant]]) => `  [${constant}, ${functionOf(message)}]`)
  return `// The fast path of decoding. Most values of a response are in decoded form already, and these functions see it quickly.
// Each is true only where the decoder would return the value as it is; a false costs time and nothing else.
// Generated by \`pnpm generate\` from the message tables (tooling/generate/decoded-form.ts); do not edit.
${importLines.join("\n")}
import type { Message } from "../messages/message.ts"

/** Messages that nest deeper than this go through the decoder. */
const maxDepth = 16

interface JsonRecord {
  readonly [key: string]: unknown
}
type Recogniser = (json: unknown, depth: number) => boolean

const isObject = (json: unknown): json is JsonRecord =>
  typeof json === "object" && json !== null && !Array.isArray(json)
const isText = (json: unknown): boolean => json === undefined || typeof json === "string"
const isNumber = (json: unknown): boolean => json === undefined || typeof json === "number"
const isBoolean = (json: unknown): boolean => json === undefined || typeof json === "boolean"
const isStruct = (json: unknown): boolean => json === undefined || isObject(json)

const isListOf = (json: unknown, type: "string" | "number" | "boolean"): boolean => {
  if (json === undefined) return true
  if (!Array.isArray(json)) return false
  for (let at = 0; at < json.length; at++) if (typeof json[at] !== type) return false
  return true
}

const isList = (json: unknown, is: Recogniser, depth: number): boolean => {
  if (json === undefined) return true
  if (!Array.isArray(json)) return false
  for (let at = 0; at < json.length; at++) if (!is(json[at], depth + 1)) return false
  return true
}

${[...common.keys()].map(recogniserOf).join("\n")}
const recognisers: ReadonlyMap<Message<unknown>, Recogniser> = /* @__PURE__ */ new Map<Message<unknown>, Recogniser>([
${entries.join(",\n")}
])

/** True for a value that the decoder of \`message\` would return as it is. */
export const isDecoded = (message: Message<unknown>, json: unknown): boolean =>
  recognisers.get(message)?.(json, 0) ?? false
`
}
