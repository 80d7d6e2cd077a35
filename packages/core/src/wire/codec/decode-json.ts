// Decodes proto3 JSON, as tolerantly as protobuf's own readers: `null` means absent, numbers may be text, unknown fields
// are kept. A value that is in decoded form already is returned as it is, not copied.
import type { Field } from "../messages/field.ts"
import type { Message } from "../messages/message.ts"
import { isDecoded } from "./decoded-form.ts"

/** Why JSON is not the expected message. Contains no value of the message: it may be secret. */
export interface DecodeProblem {
  /** Where, in JavaScript's notation: `outputs[3].data.concepts[0].value`; empty for the whole body. */
  readonly path: string
  /** What was expected there and what was found, in one line. */
  readonly problem: string
}

/** A value, or why there is none. */
export type Decoded<A> =
  | { readonly ok: true; readonly value: A }
  | { readonly ok: false; readonly problem: DecodeProblem }

/** No real message nests a tenth as deep; the decoder's stack must survive one that does. */
const maxDepth = 100

type Path = Array<string | number>

/** Internal: leaves the decoder. */
export class Mismatch {
  readonly problem: DecodeProblem
  constructor(path: Path, expected: string, found: unknown) {
    this.problem = { path: printPath(path), problem: `expected ${expected}, found ${describe(found)}` }
  }
}

/**
 * Decodes `json`, as `JSON.parse` returns it, as a `message`. Unknown fields are kept; nothing is mutated.
 */
export const decode = <A>(message: Message<A>, json: unknown): Decoded<A> => new Decoder().decode(message, json)

/** Decodes one value. Another reader of JSON overrides what it tolerates beyond proto3 JSON. */
export class Decoder {
  protected readonly path: Path = []

  decode<A>(message: Message<A>, json: unknown): Decoded<A> {
    try {
      // The type of the table states that a value with these fields is an `A`.
      return { ok: true, value: this.message(message, json) as A }
    } catch (thrown) {
      if (thrown instanceof Mismatch) return { ok: false, problem: thrown.problem }
      throw thrown
    }
  }

  /** True where a value means that the field is absent. */
  protected isAbsent(_: Field<unknown>, given: unknown): boolean {
    return given === null
  }

  protected text(given: unknown): string {
    if (typeof given === "string") return given
    throw this.mismatch("text", given)
  }

  protected elements(given: unknown): ReadonlyArray<unknown> {
    if (Array.isArray(given)) return given
    throw this.mismatch("a list", given)
  }

  protected element(item: Field<unknown>, given: unknown): unknown {
    return this.field(item, given)
  }

  protected field(field: Field<unknown>, given: unknown): unknown {
    switch (field.kind) {
      case "string":
      case "timestamp":
      case "duration":
        return this.text(given)
      case "bytes":
        // Responses have `true` in place of the uploaded bytes, with quotes or without.
        if (typeof given === "string" || typeof given === "boolean") return String(given)
        // The binary form has bytes as they are.
        if (given instanceof Uint8Array) return given
        throw this.mismatch("base64 text", given)
      case "bool":
        if (typeof given === "boolean") return given
        if (given === 1 || given === "true" || given === "1") return true
        if (given === 0 || given === "false" || given === "0") return false
        throw this.mismatch("true or false", given)
      case "struct":
        if (isObject(given)) return given
        throw this.mismatch("an object", given)
      case "value":
        return given
      case "enum":
        if (typeof given !== "string" || !Number.isNaN(Number(given))) return this.#number(given)
        // A name that is newer than this table: 0 is every enum's unset value.
        return field.numberOf?.(given) ?? 0
      case "message":
        // `of` is set for every field of this kind.
        return field.of ? this.message(field.of(), given) : given
      case "repeated":
        return this.#list(field, given)
      case "map":
        return this.#map(field, given)
      default:
        return this.#number(given)
    }
  }

  protected message(message: Message<unknown>, json: unknown): unknown {
    if (isDecoded(message, json)) return json
    if (!isObject(json)) throw this.mismatch(`an object (${message.name})`, json)
    if (this.path.length > maxDepth) throw new Mismatch(this.path.slice(0, 8), `at most ${maxDepth} levels`, json)
    let out: Record<string, unknown> | undefined
    const { alwaysPresent, fields } = message
    for (const name of Object.keys(json)) {
      const field = fields.get(name)
      if (field === undefined) continue
      const given = json[name]
      if (field.kind !== "value" && this.isAbsent(field, given)) {
        out ??= { ...json }
        delete out[name]
        continue
      }
      this.path.push(name)
      const value = this.field(field, given)
      this.path.pop()
      if (!Object.is(value, given)) (out ??= { ...json })[name] = value
    }
    for (const [name, field] of alwaysPresent) {
      if ((out ?? json)[name] !== undefined) continue
      if (field.absent === undefined) throw new Mismatch([...this.path, name], "a value", undefined)
      ;(out ??= { ...json })[name] = field.absent
    }
    return out ?? json
  }

  protected mismatch(expected: string, found: unknown): Mismatch {
    return new Mismatch(this.path, expected, found)
  }

  #number(given: unknown): number {
    if (typeof given === "number") return given
    if (typeof given === "boolean") return given ? 1 : 0
    if (typeof given === "string" && /^(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|-?Infinity)$/.test(given))
      return Number(given)
    throw this.mismatch("a number", given)
  }

  #list({ item }: Field<unknown>, given: unknown): unknown {
    const list = this.elements(given)
    if (item === undefined || isListOf(item, list)) return list
    let out: Array<unknown> | undefined
    for (let at = 0; at < list.length; at++) {
      this.path.push(at)
      const value = this.element(item, list[at])
      this.path.pop()
      if (!Object.is(value, list[at])) (out ??= list.slice())[at] = value
    }
    return out ?? list
  }

  #map({ item }: Field<unknown>, given: unknown): unknown {
    if (!isObject(given)) throw this.mismatch("an object", given)
    if (item === undefined) return given
    let out: Record<string, unknown> | undefined
    for (const key of Object.keys(given)) {
      this.path.push(key)
      const value = this.field(item, given[key])
      this.path.pop()
      if (!Object.is(value, given[key])) (out ??= { ...given })[key] = value
    }
    return out ?? given
  }
}

/** True for a list of nothing but text, or nothing but numbers, as `item` says. */
const isListOf = ({ kind }: Field<unknown>, list: ReadonlyArray<unknown>): boolean =>
  (kind === "float" && list.every((element) => typeof element === "number")) ||
  (kind === "string" && list.every((element) => typeof element === "string"))

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const describe = (found: unknown): string => {
  if (found === undefined) return "nothing"
  if (found === null) return "null"
  if (Array.isArray(found)) return "a list"
  return typeof found === "string" ? "text" : typeof found === "object" ? "an object" : `a ${typeof found}`
}

const printPath = (path: Path): string =>
  path.map((step, at) => (typeof step === "number" ? `[${step}]` : at === 0 ? step : `.${step}`)).join("")
