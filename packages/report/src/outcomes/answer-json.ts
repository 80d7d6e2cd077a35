/** An answer as JSON text: all of its numbers exactly, with the length of bytes, masks and long vectors instead of their content. */
import type { PrivateText } from "./private-text.ts"

/** Longest list of numbers that is written whole. */
const longestVector = 32
/** Longest list of other values. */
const longestList = 500
const longestText = 20_000
const deepest = 12

/** Members that may hold the caller's name of the input, or say the same as another part of the report. */
export interface JsonOptions {
  readonly text: PrivateText
  /** The caller's key of the input, which services repeat as its id. */
  readonly key: string | undefined
  readonly names: boolean
}

const isBytes = (value: object): value is ArrayBufferView | ArrayBuffer =>
  ArrayBuffer.isView(value) || value instanceof ArrayBuffer

const isMask = (value: object): boolean => "pixels" in value && typeof value.pixels === "function"

const maskText = (value: object): string => {
  const side = (name: "width" | "height") => (name in value ? (value as Record<string, unknown>)[name] : undefined)
  const [width, height] = [side("width"), side("height")]
  return typeof width === "number" && typeof height === "number" ? `<mask of ${width} × ${height}>` : "<mask>"
}

const listOf = (items: ReadonlyArray<unknown>, options: JsonOptions, depth: number): ReadonlyArray<unknown> => {
  const numbers = items.every((item) => typeof item === "number")
  const longest = numbers ? longestVector : longestList
  const shown = items.length <= longest ? items : items.slice(0, numbers ? 8 : longest)
  const more = items.length - shown.length
  return [
    ...shown.map((item) => plain(item, options, depth + 1)),
    ...(more === 0 ? [] : [`… ${more} more ${numbers ? "numbers" : "items"}`])
  ]
}

const objectOf = (value: object, options: JsonOptions, depth: number): unknown => {
  const entries = Object.entries(value).flatMap(([name, member]): ReadonlyArray<readonly [string, unknown]> => {
    if (member === undefined || typeof member === "function") return []
    if (!options.names && (name === "key" || (name === "inputId" && member === options.key))) return []
    return [[name, plain(member, options, depth + 1)]]
  })
  return Object.fromEntries(entries)
}

const plain = (value: unknown, options: JsonOptions, depth: number): unknown => {
  if (typeof value === "bigint") return String(value)
  if (typeof value === "string") {
    const cut = value.length > longestText
    const said = options.text.said(cut ? value.slice(0, longestText) : value, "json")
    return cut ? `${said}… ${value.length - longestText} more characters` : said
  }
  if (typeof value !== "object" || value === null) return value
  if (depth > deepest) return "…"
  if (isBytes(value)) return `<${value.byteLength} bytes>`
  if (isMask(value)) return maskText(value)
  if (Array.isArray(value)) return listOf(value, options, depth)
  return objectOf(value, options, depth)
}

/** The answer as JSON text. */
export const answerJson = (value: unknown, options: JsonOptions): string =>
  JSON.stringify(plain(value, options, 0)) ?? "null"
