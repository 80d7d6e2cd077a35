/** `fetch` without a network: the connection's way to an engine in this process. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Run } from "../engine.ts"
import type { EngineLimits } from "../limits.ts"
import type { WireResponse } from "../protocol/request.ts"
import { WireError, wireError } from "../protocol/wire-error.ts"
import type { BodyLease } from "./body-budget.ts"
import { collectBody, readBodyInMemory, toBodyError } from "./read-body.ts"
import { answerRequest } from "./router.ts"

/** The part of `fetch` that is offered. */
export type FetchLike = (input: Request | URL | string, init?: RequestInit) => Promise<Response>

/** Makes the `fetch` of an engine. Relative addresses are resolved with `baseUrl`; any host is this engine. */
export const makeFetch =
  (baseUrl: string, key: string | undefined, limits: EngineLimits, run: Run): FetchLike =>
  async (input, init) => {
    // A body in memory is read in place: a Request would encode it and copy it again.
    const given = inMemory(init?.body)
    const request = new Request(typeof input === "string" && input.startsWith("/") ? `${baseUrl}${input}` : input, {
      ...init,
      ...(given === undefined ? {} : { body: "{}" }), // not read: methods and headers are validated with a body
      ...(init?.body instanceof ReadableStream ? { duplex: "half" } : {})
    })
    request.signal.throwIfAborted()
    const url = new URL(request.url)
    const response = await run(
      answerRequest({
        method: request.method.toUpperCase(),
        path: url.pathname,
        query: url.searchParams,
        header: (name) => request.headers.get(name) ?? undefined,
        origin: url.origin,
        overNetwork: false,
        bodyBytes: given === undefined ? 0 : sizeOf(given),
        readBody: (lease) =>
          Effect.tryPromise({
            try: () =>
              given === undefined ? readStream(request, limits, lease) : readBodyInMemory(given, limits, lease),
            catch: (cause) => {
              const error = toBodyError(cause, limits)
              return error instanceof WireError
                ? error
                : wireError(StatusCode.CONN_BAD_REQUEST_FORMAT, "the request body ended early")
            }
          })
      }),
      { key, signal: request.signal }
    )
    return toResponse(response)
  }

const inMemory = (body: RequestInit["body"]): string | Uint8Array | undefined =>
  typeof body === "string" || body instanceof Uint8Array ? body : undefined

const sizeOf = (body: string | Uint8Array): number => (typeof body === "string" ? body.length : body.byteLength)

const readStream = async (request: Request, limits: EngineLimits, lease: BodyLease): Promise<string> => {
  const body = collectBody(limits, lease)
  if (request.body !== null) {
    const reader = request.body.getReader()
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) await body.push(part.value)
    } catch (cause) {
      await reader.cancel().catch(() => {}) // the first error is the one to report
      throw cause
    }
  }
  return body.end()
}

const toResponse = ({ body, headers, status }: WireResponse): Response => {
  if (typeof body === "string") return new Response(status === 204 ? null : body, { status, headers })
  if (body instanceof Uint8Array) return new Response(body, { status, headers })
  const encoder = new TextEncoder()
  return new Response(Stream.toReadableStream(Stream.map(body, (line) => encoder.encode(line))), { status, headers })
}
