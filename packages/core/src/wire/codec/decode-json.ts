// JSON to wire messages, forgiving as proto JSON is: `null` is absent, numbers and booleans come in more than one
// form, unknown members are left alone. What needs no change is not copied: the same objects come back.
import type { Field, Message } from "../messages/table.ts"

/** Why JSON is not the message it should be. Holds no value of the message: it may be secret. */
export interface DecodeProblem {
  /** Where, as one would write it in JavaScript: `outputs[3].data.concepts[0].value`; empty for the whole body. */
  readonly path: string
  /** What was expected there and what was found, in one line. */
  readonly problem: string
}

/** A value, or why there is none. */
export type Decoded<A> =
  | { readonly ok: true; readonly value: A }
  | { readonly ok: false; readonly problem: DecodeProblem }

/** Messages contain each other; no real answer nests a tenth as deep, and the stack must survive one that does. */
const deepest = 100

type Path = Array<string | number>

/** Ends a decoding; never leaves this file. */
class Mismatch {
  readonly problem: DecodeProblem
  constructor(path: Path, expected: string, found: unknown) {
    this.problem = { path: pathText(path), problem: `expected ${expected}, found ${describe(found)}` }
  }
}

/** Reads `json`, as `JSON.parse` gives it, as a `message`. Unknown members survive; nothing is mutated. */
export const decode = <A>(message: Message<A>, json: unknown): Decoded<A> => {
  try {
    // The table's type says that what passes its own fields is an `A`.
    return { ok: true, value: decodeMessage(message, json, []) as A }
  } catch (thrown) {
    if (thrown instanceof Mismatch) return { ok: false, problem: thrown.problem }
    throw thrown
  }
}

const decodeMessage = (message: Message<unknown>, json: unknown, path: Path): unknown => {
  if (message.quick?.(json)) return json
  if (!isObject(json)) throw new Mismatch(path, `a ${message.name} object`, json)
  if (path.length > deepest) throw new Mismatch(path.slice(0, 8), `at most ${deepest} levels`, json)
  let out: Record<string, unknown> | undefined
  const { fields, shown } = message
  for (const key of Object.keys(json)) {
    const field = fields.get(key)
    if (field === undefined) continue
    const given = json[key]
    if (given === null && field.kind !== "json") {
      out ??= { ...json }
      delete out[key]
      continue
    }
    path.push(key)
    const value = decodeField(field, given, path)
    path.pop()
    if (!Object.is(value, given)) (out ??= { ...json })[key] = value
  }
  for (const [key, field] of shown) {
    if ((json[key] ?? undefined) !== undefined) continue
    if (field.initial === undefined) throw new Mismatch([...path, key], "a value", undefined)
    ;(out ??= { ...json })[key] = field.initial
  }
  return out ?? json
}

const decodeField = (field: Field<unknown>, given: unknown, path: Path): unknown => {
  switch (field.kind) {
    case "text":
    case "time":
      if (typeof given === "string") return given
      throw new Mismatch(path, "text", given)
    case "bytes":
      // Answers say "true" instead of repeating the bytes; some say it without the quotes.
      if (typeof given === "string" || typeof given === "boolean") return String(given)
      throw new Mismatch(path, "base64 text", given)
    case "float":
    case "double":
    case "int":
    case "long":
      return decodeNumber(given, path)
    case "bool":
      if (typeof given === "boolean") return given
      if (given === 1 || given === "true") return true
      if (given === 0 || given === "false") return false
      throw new Mismatch(path, "true or false", given)
    case "struct":
      if (isObject(given)) return given
      throw new Mismatch(path, "an object", given)
    case "json":
      return given
    case "enum":
      if (typeof given !== "string" || given.trim() === "" || !Number.isNaN(Number(given)))
        return decodeNumber(given, path)
      // A name that is newer than this table: 0 is every enum's "not set".
      return field.number?.(given) ?? 0
    case "message":
      // `of` is set wherever the kind is `message`; an empty table would only let more through.
      return field.of ? decodeMessage(field.of(), given, path) : given
    case "list":
      return decodeList(field, given, path)
    case "map":
      return decodeMap(field, given, path)
  }
}

const decodeNumber = (given: unknown, path: Path): number => {
  if (typeof given === "number") return given
  if (typeof given === "boolean") return given ? 1 : 0
  if (typeof given === "string" && /^(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|-?Infinity)$/.test(given))
    return Number(given)
  throw new Mismatch(path, "a number", given)
}

const decodeList = (field: Field<unknown>, given: unknown, path: Path): unknown => {
  const { item } = field
  if (!Array.isArray(given)) throw new Mismatch(path, "a list", given)
  if (item === undefined) return given
  if (
    (item.kind === "float" || item.kind === "text") &&
    given.every((element) => typeof element === (item.kind === "text" ? "string" : "number"))
  )
    return given
  let out: Array<unknown> | undefined
  for (let i = 0; i < given.length; i++) {
    path.push(i)
    const value = decodeField(item, given[i], path)
    path.pop()
    if (!Object.is(value, given[i])) (out ??= given.slice())[i] = value
  }
  return out ?? given
}

const decodeMap = (field: Field<unknown>, given: unknown, path: Path): unknown => {
  if (!isObject(given)) throw new Mismatch(path, "an object", given)
  const { item } = field
  if (item === undefined) return given
  let out: Record<string, unknown> | undefined
  for (const key of Object.keys(given)) {
    path.push(key)
    const value = decodeField(item, given[key], path)
    path.pop()
    if (!Object.is(value, given[key])) (out ??= { ...given })[key] = value
  }
  return out ?? given
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const describe = (found: unknown): string => {
  if (found === undefined) return "nothing"
  if (found === null) return "null"
  if (Array.isArray(found)) return "a list"
  return typeof found === "string" ? "text" : typeof found === "object" ? "an object" : `a ${typeof found}`
}

const pathText = (path: Path): string =>
  path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("")
