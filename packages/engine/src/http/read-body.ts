/** Reads a request's body as text: bounded in bytes and in JSON values, into memory that is taken as the bytes arrive. */
import { StatusCode } from "@sightline/core/status"
import type { EngineLimits } from "../limits.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import { nextTurn } from "../yield-to-event-loop.ts"
import { BodyEvicted, type BodyLease } from "./body-budget.ts"
import { JsonTooComplex, makeJsonScanner } from "./json-scanner.ts"

/** Deeper nesting than any client needs; walking it would cost stack. The same bound as of parsed bodies. */
const maxDepth = 65

/** Bytes that are scanned and decoded in one step. */
const stepBytes = 4 << 20

/** Collects the chunks of a body. Its functions throw `WireError` for a body that is over a limit. */
export interface BodyCollector {
  readonly push: (chunk: Uint8Array) => Promise<void>
  readonly end: () => string
}

export const bodyTooLarge = (maxBytes: number): WireError =>
  wireError(StatusCode.RPC_MAX_MESSAGE_SIZE_EXCEEDED, `the request body is larger than the limit of ${maxBytes} bytes`)

/** The error of a body that cannot be read. */
export const toBodyError = (cause: unknown, { jsonTokens }: EngineLimits): unknown => {
  if (cause instanceof BodyEvicted)
    return wireError(StatusCode.CONN_BAD_REQUEST_FORMAT, `${cause.message}; send it again`)
  if (!(cause instanceof JsonTooComplex)) return cause
  return cause.bound === "maxTokens"
    ? wireError(StatusCode.RPC_MAX_MESSAGE_SIZE_EXCEEDED, `the request body's JSON has more than ${jsonTokens} values`)
    : wireError(StatusCode.CONN_BAD_REQUEST_FORMAT, `The request body is nested deeper than ${maxDepth - 1} levels.`)
}

/** Makes a collector that takes its memory from a lease. */
export const collectBody = (limits: EngineLimits, lease: BodyLease): BodyCollector => {
  const scan = makeJsonScanner({ maxTokens: limits.jsonTokens, maxDepth })
  const decoder = new TextDecoder()
  const parts: Array<string> = []
  let size = 0
  return {
    push: async (chunk) => {
      size += chunk.length
      if (size > limits.bodyBytes) throw bodyTooLarge(limits.bodyBytes)
      await lease.take(chunk.length)
      for (let at = 0; at < chunk.length; at += stepBytes) {
        if (at > 0) await nextTurn()
        const step = chunk.subarray(at, at + stepBytes)
        scan(step)
        parts.push(decoder.decode(step, { stream: true }))
      }
    },
    end: () => {
      lease.complete()
      parts.push(decoder.decode())
      return parts.join("")
    }
  }
}

/** Reads a body that is in memory. A text is encoded step by step: its JSON is bounded as that of bytes is. */
export const readBodyInMemory = async (
  body: string | Uint8Array,
  limits: EngineLimits,
  lease: BodyLease
): Promise<string> => {
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength
  if (length > limits.bodyBytes) throw bodyTooLarge(limits.bodyBytes)
  if (typeof body !== "string") {
    const collector = collectBody(limits, lease)
    await collector.push(body)
    return collector.end()
  }
  await lease.take(length)
  lease.complete()
  const scan = makeJsonScanner({ maxTokens: limits.jsonTokens, maxDepth })
  for (let at = 0; at < body.length; at += stepBytes) {
    if (at > 0) await nextTurn()
    scan(Buffer.from(body.slice(at, at + stepBytes)))
  }
  return body
}
