/** Values of options: each parser returns the value, or fails with one line that states what is accepted. */
import { InvalidArgumentError } from "commander"

/** Json values, as core's options take them. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | ReadonlyArray<JsonValue>
  | { readonly [key: string]: JsonValue }

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 }

/**
 * A duration in milliseconds.
 *
 * @example parseDuration("500ms") // => 500
 */
export const parseDuration = (text: string): number => {
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h)?$/.exec(text.trim()) ?? []
  const ms = Number(number) * (units[unit] ?? Number.NaN)
  if (!(ms > 0)) throw new InvalidArgumentError("it must be a duration such as 500ms, 2s or 5m")
  return ms
}

/** A whole number in a range. */
export const parseInteger =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`it must be a whole number from ${min} to ${max}`)
  }

/** A share from 0 to 1. `below`: 1 itself is not accepted. */
export const parseShare =
  ({ below = false }: { readonly below?: boolean } = {}) =>
  (text: string): number => {
    const value = text.trim() === "" ? Number.NaN : Number(text)
    if (value >= 0 && (below ? value < 1 : value <= 1)) return value
    throw new InvalidArgumentError(`it must be a number from 0 to ${below ? "below 1" : "1"}, such as 0.5`)
  }

/** Names, separated by commas. Several options are joined. */
export const parseNames = (text: string, previous: ReadonlyArray<string> = []): ReadonlyArray<string> => {
  const names = text.split(",").map((name) => name.trim())
  if (names.includes("")) throw new InvalidArgumentError("it has an empty name; separate names by single commas")
  return [...previous, ...names]
}

/** Text that may be given several times. */
export const collect = (text: string, previous: ReadonlyArray<string> = []): ReadonlyArray<string> => [
  ...previous,
  text
]

/**
 * A parameter of a model: `name=value`. The value is read as JSON if it is JSON, and as text otherwise.
 *
 * @example parseParam("temperature=0.2") // => { temperature: 0.2 }
 */
export const parseParam = (
  text: string,
  previous: Readonly<Record<string, JsonValue>> = {}
): Readonly<Record<string, JsonValue>> => {
  const at = text.indexOf("=")
  if (at < 1) throw new InvalidArgumentError("it must be name=value, such as temperature=0.2")
  const value = text.slice(at + 1)
  return { ...previous, [text.slice(0, at)]: readJson(value) }
}

const readJson = (text: string): JsonValue => {
  try {
    return JSON.parse(text) as JsonValue // what JSON.parse returns
  } catch {
    return text
  }
}
