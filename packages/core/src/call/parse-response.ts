/** Finds the status in an answer, or the error for an answer that has none. */
import type { Settings } from "../connection/connection.ts"
import { type CallError, InvalidRequest, MalformedAnswer } from "../errors/errors.ts"
import { scrub } from "../errors/redact.ts"
import { decode } from "../wire/codec/decode-json.ts"
import { StatusWire } from "../wire/messages/status-messages.ts"
import { errorOfHttp } from "./status-error.ts"
import { secretsOf } from "./network-error.ts"
import type { Call, Reply } from "./attempt.ts"

/** An answer with a status of its own, whether good or not. */
export interface Understood {
  readonly status: StatusWire
  /** The whole body, parsed. */
  readonly json: Readonly<Record<string, unknown>>
}

const parse = ({ read, text }: Reply): unknown => {
  if (read !== undefined) return read.value
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A page's title says more than its first tag; text that is not plain is not shown, since it may be a medium's bytes. */
const excerpt = (text: string, secrets: ReadonlyArray<string>): string => {
  const body = text.trim()
  if (body === "") return "the body is empty"
  const title = /<title[^>]*>([^<]*)/i.exec(body)?.[1]
  const clean = scrub(title ?? body, secrets).slice(0, 60)
  if (!/^[\x20-\x7e\s…]*$/.test(clean)) return "the body is not text"
  return `${title === undefined ? "the body begins with" : "a page with the title"} ${JSON.stringify(clean)}`
}

/** Reads a raw answer. A body without a status is judged by its HTTP status, and is malformed where that was good. */
export const understand = (raw: Reply, call: Call, settings: Settings): Understood | CallError => {
  const secrets = secretsOf(settings, call.secrets)
  const json = parse(raw)
  const malformed = (problem: string) =>
    errorOfHttp(
      raw.httpStatus,
      raw.location === undefined ? problem : `redirects are not followed; it points to ${scrub(raw.location, secrets)}`,
      { model: call.model, retryAfterMs: raw.retryAfterMs, secrets }
    ) ??
    new MalformedAnswer({
      ...(call.model === undefined ? {} : { model: call.model }),
      httpStatus: raw.httpStatus,
      problem
    })
  if (!isRecord(json)) return malformed(`it is not JSON: ${excerpt(raw.text, secrets)}`)
  if (!isRecord(json["status"])) {
    if (typeof json["message"] !== "string") return malformed("it has no status")
    // the gateway's own form of errors
    const said = scrub(json["message"], secrets)
    return raw.httpStatus === 400
      ? new InvalidRequest({ ...(call.model === undefined ? {} : { model: call.model }), details: said })
      : malformed(said)
  }
  const status = decode(StatusWire, json["status"])
  if (!status.ok) return malformed(`status.${status.problem.path}: ${status.problem.problem}`)
  if (status.value.code === 0) return malformed("its status has no number")
  return { status: status.value, json }
}
