/** Finds the status in a response, or makes the error of a response that has none. */
import { type CallError, InvalidRequest, MalformedAnswer } from "../errors/errors.ts"
import { scrub } from "../errors/redact.ts"
import type { Secrets } from "../errors/secrets.ts"
import { decode } from "../wire/codec/decode-json.ts"
import { StatusWire } from "../wire/messages/status-messages.ts"
import { type Call, type ParsedBody } from "./attempt.ts"
import { modelOf } from "./network-error.ts"
import { httpStatusError } from "./status-error.ts"

/** A response with a status of the protocol, a success or not. */
export interface ParsedResponse {
  readonly status: StatusWire
  /** The whole body, parsed. */
  readonly json: Readonly<Record<string, unknown>>
}

const parse = ({ read, text }: ParsedBody): unknown => {
  if (read !== undefined) return read.value
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A page's title says more than its first tag. Text that is not plain is not shown: it may be a medium's bytes. */
const excerpt = (text: string, secrets: Secrets): string => {
  const body = text.trim()
  if (body === "") return "the body is empty"
  const title = /<title[^>]*>([^<]*)/i.exec(body)?.[1]
  const clean = scrub(title ?? body, secrets).slice(0, 60)
  if (!/^[\x20-\x7e\s…]*$/.test(clean)) return "the body is not text"
  return `${title === undefined ? "the body begins with" : "a page with the title"} ${JSON.stringify(clean)}`
}

/** Parses a response. A body without a status is an error by its HTTP status, and is malformed if that is a success. */
export const parseResponse = (raw: ParsedBody, call: Call, secrets: Secrets): ParsedResponse | CallError => {
  const json = parse(raw)
  const malformed = (problem: string) =>
    httpStatusError(
      raw.httpStatus,
      raw.location === undefined ? problem : `redirects are not followed; it points to ${scrub(raw.location, secrets)}`,
      { model: call.model, retryAfterMs: raw.retryAfterMs, secrets }
    ) ?? new MalformedAnswer({ ...modelOf(call), httpStatus: raw.httpStatus, problem })
  if (!isRecord(json)) return malformed(`it is not JSON: ${excerpt(raw.text, secrets)}`)
  if (!isRecord(json["status"])) {
    if (typeof json["message"] !== "string") return malformed("it has no status")
    // the gateway's own form of errors
    const message = scrub(json["message"], secrets)
    return raw.httpStatus === 400 ? new InvalidRequest({ ...modelOf(call), details: message }) : malformed(message)
  }
  const status = decode(StatusWire, json["status"])
  if (!status.ok) return malformed(`status.${status.problem.path}: ${status.problem.problem}`)
  if (status.value.code === 0) return malformed("its status has no number")
  const { req_id: id } = status.value // repeated in outcomes, events and spans
  return { status: id === undefined ? status.value : { ...status.value, req_id: secrets.redact(id) }, json }
}
