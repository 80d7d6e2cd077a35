/** Ids: the ones we make, and what a caller's own may look like. */
import { randomBytes } from "node:crypto"
import { wireError } from "./wire-error.ts"

/** 32 lower-case hexadecimal characters, as the service makes them. */
export const newId = (): string => randomBytes(16).toString("hex")

/** The longest id accepted, in characters. */
export const maxIdLength = 128

const control = /[\u0000-\u001f\u007f]/ // oxlint-disable-line no-control-regex -- that is what is refused

/**
 * The id as given, or a `WireError`. Ids are keys of rows and never names of files, so almost any text is allowed:
 * no "/" (it would split a path), no control characters, no "." or ".." (URL parsers fold them away).
 */
export const checkId = (id: string, what: string, code: number): string => {
  if (id.length > maxIdLength) throw wireError(code, `${what} id is longer than ${maxIdLength} characters`)
  if (id.includes("/") || control.test(id) || id === "." || id === "..")
    throw wireError(code, `${what} id ${JSON.stringify(id.slice(0, 40))} must not hold "/" or control characters`)
  return id
}
