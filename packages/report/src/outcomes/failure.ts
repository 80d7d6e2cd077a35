/** A typed error as a report shows it: what happened, what the service said, and what to do. */
import type { FailureData } from "../document/report-data.ts"
import type { PrivateText } from "./private-text.ts"

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (error: unknown): Fields => (typeof error === "object" && error !== null ? (error as Fields) : {})

/** The fields that are shown, in this order; all others stay out of the report. */
const shownFields = [
  "code",
  "description",
  "details",
  "problem",
  "reason",
  "option",
  "setting",
  "httpStatus",
  "retryable",
  "retryAfterMs",
  "timeoutMs",
  "model",
  "requestId"
] as const

/** The error's tag, or its name. */
export const tagOf = (error: unknown): string => {
  const { _tag: tag, name } = fieldsOf(error)
  if (typeof tag === "string" && tag !== "") return tag
  return typeof name === "string" && name !== "" ? name : "Error"
}

/** Texts by which an error may name its input. */
export const namesIn = (error: unknown, key: string | undefined): ReadonlyArray<string> => {
  const { key: ownKey, media, path } = fieldsOf(error)
  const described = typeof media === "string" ? [media, media.replace(/^\w+ /, "")] : []
  return [key, ownKey, path, ...described].filter((name) => typeof name === "string")
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : typeof error === "string" ? error : tagOf(error)

/** The error as data; `known` are the input's own names. */
export const failureOf = (error: unknown, known: ReadonlyArray<string>, text: PrivateText): FailureData => {
  const fields = fieldsOf(error)
  const names = [...known, ...namesIn(error, undefined)]
  const message = text.error(messageOf(error), names)
  const facts = shownFields.flatMap((name): ReadonlyArray<readonly [string, string]> => {
    const value = fields[name]
    if (typeof value === "string") {
      const shown = text.error(value, names)
      // what the sentence says already is not said again
      return shown === "" || message.includes(shown) ? [] : [[name, shown]]
    }
    return typeof value === "number" || typeof value === "boolean" ? [[name, String(value)]] : []
  })
  return { tag: tagOf(error), message, facts }
}
