/** Reads parameters of models and trainings: JSON objects of any content, which no message table describes. */
import { StatusCode } from "@sightline/core/status"
import type { JsonObject } from "@sightline/core/wire"
import { wireError } from "./wire-error.ts"

const mustBe = (key: string, expected: string) =>
  wireError(StatusCode.CONN_BAD_REQUEST_FORMAT, `${key} must be ${expected}`)

/** A number; digits in a string count as one, `null` and `""` as absent. Throws `WireError` 11100 for other values. */
export const readNumber = (from: JsonObject, key: string): number | undefined => {
  const value = from[key]
  if (value === undefined || value === null || value === "") return undefined
  const number = typeof value === "boolean" || typeof value === "string" ? Number(value) : value
  if (typeof number === "number" && Number.isFinite(number)) return number
  throw mustBe(key, "a number")
}

/** A boolean, also as text or as 0 and 1; `null` and `""` count as absent. Throws `WireError` 11100 for other values. */
export const readFlag = (from: JsonObject, key: string): boolean | undefined => {
  const value = from[key]
  if (value === undefined || value === null || value === "") return undefined
  if (value === true || value === "true" || value === 1 || value === "1") return true
  if (value === false || value === "false" || value === 0 || value === "0") return false
  throw mustBe(key, "true or false")
}
