/** Decodes the request message of an HTTP request: from its body, its query and its path. */
import type { Method } from "@sightline/core/protobuf"
import { StatusCode } from "@sightline/core/status"
import { decodeRequest, type JsonObject, type Message } from "@sightline/core/wire"
import { malformed, type WireError, wireError } from "../protocol/wire-error.ts"

/** A request message, and those items of its `inputs` that could not be decoded. */
export interface DecodedRequest<out Request = unknown> {
  readonly request: Request
  readonly malformed: ReadonlyMap<unknown, WireError>
}

/** Decodes a request. The path takes precedence over the body, the body over the query. */
export const decodeHttp = (
  method: Method,
  parts: { readonly body: JsonObject; readonly query: URLSearchParams; readonly path: JsonObject }
): DecodedRequest => {
  const json = merge(merge(readQuery(method.request, parts.query), parts.body), parts.path)
  const problems = new Map<unknown, WireError>()
  const decoded = decodeRequest(method.request, json, (list, index, problem) => {
    // An item that is no message at all makes the request malformed.
    if (list !== "inputs" || problem.path === `inputs[${index}]`) return undefined
    const item = { id: idOf(json["inputs"], index) }
    problems.set(item, malformed(problem, StatusCode.INPUT_INVALID_ARGUMENT))
    return item
  })
  if (!decoded.ok) throw malformed(decoded.problem)
  return { request: decoded.value, malformed: problems }
}

const idOf = (inputs: unknown, index: number): string => {
  const item: unknown = Array.isArray(inputs) ? inputs[index] : inputs
  const id = isObject(item) ? item["id"] : undefined
  return typeof id === "string" ? id : ""
}

/** `upper` over `base`; the user and the app of a request may come from different places. */
const merge = (base: JsonObject, upper: JsonObject): JsonObject => {
  const [below, above] = [base["user_app_id"], upper["user_app_id"]]
  const both = isObject(below) && isObject(above) ? { user_app_id: { ...below, ...withoutEmpty(above) } } : {}
  return { ...base, ...upper, ...both }
}

const withoutEmpty = (from: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(from).filter(([, value]) => value !== "" && value !== null))

/** The fields of a query: dotted names are fields of fields, repeated names are lists. Unknown names are ignored. */
const readQuery = (message: Message<unknown>, query: URLSearchParams): JsonObject => {
  const json: Record<string, unknown> = {}
  const values = new Map<string, Array<string>>() // `getAll` would look through all of them for each name
  for (const [name, value] of query) {
    const known = values.get(name)
    if (known === undefined) values.set(name, [value])
    else known.push(value)
  }
  for (const [name, all] of values) {
    const path = name.split(".", maxDepth + 1)
    if (path.length <= maxDepth) setKnown(message, json, path, all.length === 1 ? all[0] : all)
  }
  return json
}

const setKnown = (
  message: Message<unknown>,
  json: Record<string, unknown>,
  [step = "", ...rest]: ReadonlyArray<string>,
  value: unknown
): void => {
  const field = message.fields.get(step)
  if (rest.length === 0 && field !== undefined) json[step] = value
  if (rest.length === 0 || field?.of === undefined) return
  const inner = json[step]
  const made = isObject(inner) ? { ...inner } : {}
  setKnown(field.of(), made, rest, value)
  json[step] = made
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Deeper nesting than any client has a use for; walking it would be the caller's stack against ours. */
const maxDepth = 64

/** Parses a request body. Nothing at all and `null` count as `{}` (training is asked for with no body). */
export const parseBody = (text: string): JsonObject => {
  if (text.trim() === "") return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw wireError(StatusCode.CONN_BAD_REQUEST_FORMAT, "The request body is not valid JSON.")
  }
  if (value === null) return {}
  if (!isObject(value)) throw wireError(StatusCode.CONN_BAD_REQUEST_FORMAT, "The request body must be a JSON object")
  checkDepth(value)
  return value
}

const checkDepth = (root: JsonObject): void => {
  let level: Array<object> = [root]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth)
      throw wireError(StatusCode.CONN_BAD_REQUEST_FORMAT, `The request body is nested deeper than ${maxDepth} levels.`)
    const next: Array<object> = []
    for (const node of level) {
      for (const child of Object.values(node)) if (typeof child === "object" && child !== null) next.push(child)
    }
    level = next
  }
}
