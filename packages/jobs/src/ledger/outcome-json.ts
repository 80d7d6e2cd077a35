/** Outcomes as JSON and back: numbers exactly, bytes as base64, errors as the classes that they were. */
import { Mask, type Outcome } from "@sightline/core"
import * as CoreErrors from "@sightline/core/plugin"
import * as JobErrors from "../errors.ts"

type Fields = Readonly<Record<string, unknown>>

const mark = "~sightline"

const isRecord = (value: unknown): value is Fields => typeof value === "object" && value !== null

/** Values that JSON does not keep, in a form that it keeps. */
const toPlain = (value: unknown): unknown => {
  if (typeof value === "number") return Number.isFinite(value) ? value : { [mark]: "number", value: String(value) }
  if (typeof value === "bigint") return { [mark]: "bigint", value: String(value) }
  if (!isRecord(value)) return typeof value === "function" || typeof value === "symbol" ? undefined : value
  if (value instanceof Mask) return { [mark]: "mask", ...value.toJSON() }
  if (value instanceof Date) return { [mark]: "date", value: value.toISOString() }
  if (value instanceof Float32Array || value instanceof Float64Array) return Array.from(value, toPlain)
  if (ArrayBuffer.isView(value))
    return {
      [mark]: "bytes",
      value: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")
    }
  if (value instanceof Error) return toPlainError(value)
  if (Array.isArray(value)) return value.map(toPlain)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toPlain(member)]))
}

/** True for a value that JSON keeps as it is, as most answers are: looking is cheaper than copying. */
const isPlain = (value: unknown): boolean => {
  if (typeof value === "number") return Number.isFinite(value)
  if (typeof value !== "object" || value === null) return typeof value !== "bigint"
  if (Array.isArray(value)) return value.every(isPlain)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    if (Object.getPrototypeOf(prototype) !== Object.prototype) return false
    if (value instanceof Mask || value instanceof Date || ArrayBuffer.isView(value) || value instanceof Error)
      return false
  }
  for (const name in value) if (!isPlain((value as Fields)[name])) return false
  return true
}

/** Fields of an error that stay in the process: what they hold may be large, and says nothing to another one. */
const leftOut = new Set(["cause", "stack", "name", "message", "answers"])

const toPlainError = (error: Error): unknown => {
  const { _tag: tag } = error as { readonly _tag?: unknown }
  const fields = Object.entries(error).filter(([name]) => !leftOut.has(name) && name !== "_tag")
  return {
    [mark]: "error",
    tag: typeof tag === "string" ? tag : error.name,
    message: error.message,
    fields: toPlain(Object.fromEntries(fields))
  }
}

/** An error of a class that this package does not know, such as a plugin's. */
export class SettledError extends Error {
  /** The tag of the error, or its name. */
  readonly _tag: string
  /** What it concerned, as plain data. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly retryable: boolean
  constructor(tag: string, message: string, fields: Readonly<Record<string, unknown>>) {
    super(message)
    this.name = tag
    this._tag = tag
    this.fields = fields
    this.retryable = fields["retryable"] === true
  }
}

type ErrorClass = new (fields: Fields) => Error

/** The classes of errors by their tag. */
const classOf = (tag: string): ErrorClass | undefined => {
  for (const classes of [CoreErrors, JobErrors] as ReadonlyArray<Fields>) {
    const found = Object.hasOwn(classes, tag) ? classes[tag] : undefined
    if (typeof found === "function" && found.prototype instanceof Error) return found as ErrorClass // by its prototype
  }
  return undefined
}

const toError = ({ fields, message, tag }: Fields): Error => {
  const given = isRecord(fields) ? fields : {}
  const Known = classOf(String(tag))
  if (Known !== undefined)
    try {
      const error = new Known(given)
      if (error.message === message) return error
    } catch {
      // fields that were left out: the message says what they said
    }
  return new SettledError(String(tag), String(message), given)
}

const revive = (_: string, value: unknown): unknown => {
  if (!isRecord(value) || !(mark in value)) return value
  switch (value[mark]) {
    case "number":
      return Number(value["value"])
    case "bigint":
      return BigInt(String(value["value"]))
    case "date":
      return new Date(String(value["value"]))
    case "bytes":
      return new Uint8Array(Buffer.from(String(value["value"]), "base64"))
    case "mask": {
      const { height, png, width } = value
      const size = typeof width === "number" && typeof height === "number" ? { image_info: { width, height } } : {}
      return new Mask({ base64: String(png), ...size })
    }
    case "error":
      return toError(value)
    default:
      return value
  }
}

/** An outcome as JSON. */
export const encodeOutcome = (outcome: Outcome<unknown, unknown>): string =>
  JSON.stringify(isPlain(outcome) ? outcome : toPlain(outcome))

/** The outcome of {@link encodeOutcome}. */
export const decodeOutcome = (json: string): Outcome<unknown, unknown> =>
  JSON.parse(json, revive) as Outcome<unknown, unknown> // as it was encoded
