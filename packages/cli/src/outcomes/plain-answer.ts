/** An answer as plain JSON. */
import type { Output } from "@sightline/core"

/** Plain data. */
export type Plain = string | number | boolean | null | ReadonlyArray<Plain> | { readonly [key: string]: Plain }

/** Saves generated media and returns its file name; undefined to embed it as base64. */
export type SaveMedia = (bytes: Uint8Array, extension: string) => string | undefined

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === "" ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === "object" &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.keys(value).length === 0)

const extensionOf = (format: unknown): string =>
  typeof format === "string" && /^[a-z0-9]{1,5}$/i.test(format) ? format.toLowerCase() : "bin"

/** Any value of an answer as plain data: typed arrays as arrays, bytes as base64 or a file, empty members left out. */
const toPlain = (value: unknown, save: SaveMedia): Plain => {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value
  if (typeof value === "number") return Number.isFinite(value) ? value : null
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as ArrayLike<number>)
  if (Array.isArray(value)) return value.map((one) => toPlain(one, save))
  if (typeof value !== "object" || value === undefined) return null
  if ("bytes" in value && value.bytes instanceof Uint8Array) {
    const { bytes, ...others } = value
    const file =
      bytes.byteLength === 0 ? undefined : save(bytes, extensionOf("format" in value ? value.format : undefined))
    return {
      ...plainMembers(others, save),
      ...(file === undefined ? (bytes.byteLength === 0 ? {} : { base64: toPlain(bytes, save) }) : { file })
    }
  }
  if ("toJSON" in value && typeof value.toJSON === "function") return toPlain(value.toJSON(), save)
  return plainMembers(value, save)
}

const plainMembers = (value: object, save: SaveMedia): { readonly [key: string]: Plain } =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => (isEmpty(member) ? [] : [[name, toPlain(member, save)]]))
  )

/** Members of an answer that differ between equal runs, or that repeat what the command line says. */
const leftOut = new Set(["id", "createdAt", "inputId", "reference", "model"])

/** An answer as plain data, without empty members. Equal runs give equal data. */
export const answerToPlain = (answer: Output, save: SaveMedia): { readonly [key: string]: Plain } =>
  plainMembers(Object.fromEntries(Object.entries(answer).filter(([name]) => !leftOut.has(name))), save)
