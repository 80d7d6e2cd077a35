/** Reading requests: tolerant of what clients of ten years send, exact about what cannot be meant. */
import { StatusCode } from "@sightline/core/status"
import { wireError } from "./wire-error.ts"

/** A JSON object of a request. Unknown members are ignored; `null` counts as absent. */
export type Message = { readonly [key: string]: unknown }

const fail = (path: string, expected: string): never => {
  throw wireError(StatusCode.CONN_BAD_REQUEST_FORMAT, `${path} must be ${expected}`)
}

const isMessage = (value: unknown): value is Message =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The member as an object, an empty one when absent. Throws `WireError` 11100 when it is something else. */
export const readMessage = (from: Message, key: string, path = key): Message => {
  const value = from[key]
  if (value === undefined || value === null) return {}
  return isMessage(value) ? value : fail(path, "an object")
}

/** The member as a list of objects; a single object counts as a list of one. */
export const readMessages = (from: Message, key: string, path = key): ReadonlyArray<Message> => {
  const value = from[key]
  if (value === undefined || value === null) return []
  if (isMessage(value)) return [value]
  if (!Array.isArray(value)) return fail(path, "a list of objects")
  return value.map((item, index) =>
    isMessage(item) ? item : item === null ? {} : fail(`${path}[${index}]`, "an object")
  )
}

/** The member as text, "" when absent. Numbers and booleans are taken by their print. */
export const readText = (from: Message, key: string, path = key): string => {
  const value = from[key]
  if (value === undefined || value === null) return ""
  if (typeof value === "string") return value
  return typeof value === "number" || typeof value === "boolean" ? String(value) : fail(path, "a string")
}

/** The member as a list of texts; one text counts as a list of one. */
export const readTexts = (from: Message, key: string, path = key): ReadonlyArray<string> => {
  const value = from[key]
  if (value === undefined || value === null) return []
  const list: ReadonlyArray<unknown> = Array.isArray(value) ? value : [value]
  return list.map((item, index) => (typeof item === "string" ? item : fail(`${path}[${index}]`, "a string")))
}

/** The member as a number: JSON numbers, digits in a string (64-bit integers travel so), booleans as 1 and 0. */
export const readNumber = (from: Message, key: string, path = key): number | undefined => {
  const value = from[key]
  if (value === undefined || value === null || value === "") return undefined
  const number = typeof value === "boolean" ? Number(value) : typeof value === "string" ? Number(value) : value
  return typeof number === "number" && Number.isFinite(number) ? number : fail(path, "a number")
}

/** The member as a boolean: true/false, "true"/"false" (query strings), 1/0. */
export const readFlag = (from: Message, key: string, path = key): boolean | undefined => {
  const value = from[key]
  if (value === undefined || value === null || value === "") return undefined
  if (value === true || value === "true" || value === 1 || value === "1") return true
  if (value === false || value === "false" || value === 0 || value === "0") return false
  return fail(path, "true or false")
}

/** The member as an enum: the number, or one of the names that stand for it. */
export const readEnum = (from: Message, key: string, names: Readonly<Record<string, number>>, path = key): number => {
  const value = from[key]
  if (typeof value === "string" && Object.hasOwn(names, value)) return names[value] ?? 0
  return readNumber(from, key, path) ?? 0
}

/** Deeper nesting than any client has a use for; walking it would be the caller's stack against ours. */
const maxDepth = 64

/** Parses a request body. Nothing at all and `null` count as `{}` (training is asked for with no body). */
export const parseBody = (text: string): Message => {
  if (text.trim() === "") return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw wireError(StatusCode.CONN_BAD_REQUEST_FORMAT, "The request body is not valid JSON.")
  }
  if (value === null) return {}
  if (!isMessage(value)) return fail("The request body", "a JSON object")
  checkDepth(value)
  return value
}

const checkDepth = (root: Message): void => {
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
