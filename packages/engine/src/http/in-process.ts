/** `fetch` without a network: the connection's edge in this process. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Handle } from "../engine.ts"
import type { EngineLimits } from "../limits.ts"
import type { WireResponse } from "../protocol/request.ts"
import { wireError } from "../protocol/wire-error.ts"

/** The part of `fetch` that is offered. */
export type FetchLike = (input: Request | URL | string, init?: RequestInit) => Promise<Response>

/** Makes the `fetch` of an engine. Relative addresses are taken from `baseUrl`; any host is this engine. */
export const makeFetch =
  (baseUrl: string, key: string | undefined, limits: EngineLimits, handle: Handle): FetchLike =>
  async (input, init) => {
    // A body in memory is read where it is: a Request would encode it and copy it again.
    const given = inMemory(init?.body)
    const request = new Request(typeof input === "string" && input.startsWith("/") ? `${baseUrl}${input}` : input, {
      ...init,
      ...(given === undefined ? {} : { body: "{}" }), // not read: only so that methods and headers are checked with one
      ...(init?.body instanceof ReadableStream ? { duplex: "half" } : {})
    })
    request.signal.throwIfAborted()
    const url = new URL(request.url)
    const response = await handle(
      {
        method: request.method.toUpperCase(),
        path: url.pathname,
        query: url.searchParams,
        header: (name) => request.headers.get(name) ?? undefined,
        origin: url.origin,
        bodyBytes: bodySize(init?.body),
        body: given === undefined ? readBody(request, limits.bodyBytes) : takeBody(given, limits.bodyBytes)
      },
      { key, signal: request.signal }
    )
    return toResponse(response)
  }

const inMemory = (body: RequestInit["body"]): string | Uint8Array | undefined =>
  typeof body === "string" || body instanceof Uint8Array ? body : undefined

const tooLong = (length: number, most: number) =>
  Effect.fail(wireError(40033, `the request body has ${length} bytes; at most ${most} are taken`))

const takeBody = (body: string | Uint8Array, most: number) =>
  Effect.suspend(() => {
    const length = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength
    if (length > most) return tooLong(length, most)
    return Effect.succeed(typeof body === "string" ? body : new TextDecoder().decode(body))
  })

/** In this process a body is in memory already, except a stream; then the limit is checked while it is read. */
const bodySize = (body: RequestInit["body"]): number => {
  if (typeof body === "string") return body.length
  if (body instanceof Blob) return body.size
  return body instanceof ArrayBuffer || ArrayBuffer.isView(body) ? body.byteLength : 1
}

const readBody = (request: Request, maxBytes: number) =>
  Effect.flatMap(
    Effect.tryPromise({
      try: () => request.arrayBuffer(),
      catch: () => wireError(11100, "the request body ended early")
    }),
    (bytes) =>
      bytes.byteLength > maxBytes
        ? tooLong(bytes.byteLength, maxBytes)
        : Effect.succeed(new TextDecoder().decode(bytes))
  )

const toResponse = ({ body, headers, status }: WireResponse): Response => {
  if (typeof body === "string") return new Response(status === 204 ? null : body, { status, headers })
  if (body instanceof Uint8Array) return new Response(body, { status, headers })
  const encoder = new TextEncoder()
  return new Response(Stream.toReadableStream(Stream.map(body, (line) => encoder.encode(line))), { status, headers })
}
