// `fetch` over gRPC: an HTTP request of the protocol becomes the method that it stands for.
import type { ClientReadableStream } from "@grpc/grpc-js"
import {
  attachmentsOf,
  decodeBinary,
  encodeBinary,
  type HasValue,
  matchMethod,
  type Method,
  setField
} from "@sightline/core/protobuf"
import type { Fetch } from "@sightline/core"
import { decodeRequest, encode, type Message } from "@sightline/core/wire"
import type { Channel } from "./channel.ts"
import { isServiceError, responseOf } from "./grpc-status.ts"

/** A response with a decoded message; its JSON is made only where somebody reads it. */
export class MessageResponse extends Response implements HasValue {
  readonly "~sightline/value": { readonly value: unknown }
  readonly #message: Message<unknown>
  constructor(message: Message<unknown>, value: unknown) {
    super(null, { status: 200, headers: { "content-type": "application/json" } })
    this.#message = message
    this["~sightline/value"] = { value }
  }
  override text(): Promise<string> {
    return Promise.resolve(JSON.stringify(encode(this.#message, this["~sightline/value"].value)))
  }
  override async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }
}

const gatewayError = (http: number, code: number, message: string): Response =>
  Response.json({ code, message, details: [] }, { status: http })

/** The method and the request message that an HTTP request stands for, with the headers of the call. */
interface GrpcRequest {
  readonly method: Method
  readonly message: unknown
  readonly headers: Readonly<Record<string, string>>
}

/** The method and the request message of an HTTP request; a response where it has none. */
export const toGrpc = (input: Parameters<Fetch>[0], init: RequestInit): GrpcRequest | Response => {
  const verb = init.method ?? "GET"
  const url = new URL(input instanceof Request ? input.url : input)
  const body = parseBody(init.body)
  const parts = url.pathname.split("/").slice(1).map(decodeURIComponent)
  const match = matchMethod(verb, parts)
  if (match === undefined) return gatewayError(404, 12, `there is no gRPC method for ${verb} ${url.pathname}`)
  const request: Record<string, unknown> = { ...Object(body) }
  for (const name of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(name)
    setField(request, name, values.length === 1 ? values[0] : values)
  }
  const decoded = decodeRequest(match.method.request, merged(request, match.fields))
  if (!decoded.ok) return gatewayError(400, 3, `${decoded.problem.path}: ${decoded.problem.problem}`)
  return { method: match.method, message: decoded.value, headers: Object.fromEntries(new Headers(init.headers)) }
}

/** The fields of the path win over those of the body. */
const merged = (body: Readonly<Record<string, unknown>>, path: Readonly<Record<string, unknown>>) => {
  const out: Record<string, unknown> = { ...body }
  for (const [name, value] of Object.entries(path))
    out[name] = typeof value === "object" ? { ...Object(out[name]), ...Object(value) } : value
  return out
}

/** The JSON of a body, with the attached bytes in the places of their placeholders. */
const parseBody = (body: RequestInit["body"]): unknown => {
  if (body === undefined || body === null) return {}
  if (!(body instanceof Uint8Array)) throw new TypeError("a body must be bytes")
  if (body.length === 0) return {}
  const attachments = attachmentsOf(body)
  const text = new TextDecoder().decode(body)
  if (attachments.length === 0) return JSON.parse(text)
  return JSON.parse(text, (key, value: unknown) =>
    key === "base64" && typeof value === "string" && value.startsWith("@")
      ? (attachments[Number(value.slice(1))] ?? value)
      : value
  )
}

/** The `fetch` of a gRPC connection. */
export const makeGrpcFetch =
  (channel: () => Channel): Fetch =>
  async (input, init = {}) => {
    const signal = init.signal ?? undefined
    signal?.throwIfAborted()
    const asked = toGrpc(input, init)
    return asked instanceof Response ? asked : sendGrpc(channel(), asked, signal)
  }

/** Makes one call. A streamed response is lines of JSON, as the HTTP gateway writes them. */
export const sendGrpc = async (
  channel: Channel,
  { headers, message, method }: GrpcRequest,
  signal: AbortSignal | undefined
): Promise<Response> => {
  const bytes = encodeBinary(method.request, message)
  if (method.responseStream) return streamed(method, channel.serverStream(method, bytes, headers), signal)
  try {
    const response = await channel.unary(method, bytes, headers, signal)
    const decoded = decodeBinary(method.response, response)
    return decoded.ok
      ? new MessageResponse(method.response, decoded.value)
      : gatewayError(500, 13, decoded.problem.problem)
  } catch (thrown) {
    signal?.throwIfAborted()
    if (isServiceError(thrown)) return responseOf(thrown)
    throw thrown
  }
}

/** One JSON line for each message; the head waits for the first of them, as a gateway's does. */
const streamed = async (
  method: Method,
  call: ClientReadableStream<Uint8Array>,
  signal: AbortSignal | undefined
): Promise<Response> => {
  signal?.addEventListener("abort", () => call.cancel(), { once: true })
  const messages: AsyncIterator<Uint8Array> = call[Symbol.asyncIterator]()
  const utf8 = new TextEncoder()
  const line = (bytes: Uint8Array): Uint8Array => {
    const decoded = decodeBinary(method.response, bytes)
    return utf8.encode(
      `${JSON.stringify(
        decoded.ok
          ? { result: encode(method.response, decoded.value) }
          : { error: { code: 13, message: decoded.problem.problem } }
      )}\n`
    )
  }
  let first: IteratorResult<Uint8Array>
  try {
    first = await messages.next()
  } catch (thrown) {
    signal?.throwIfAborted()
    if (isServiceError(thrown)) return responseOf(thrown)
    throw thrown
  }
  let pending: IteratorResult<Uint8Array> | undefined = first
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const next = pending ?? (await messages.next())
          pending = undefined
          if (next.done === true) controller.close()
          else controller.enqueue(line(next.value))
        } catch (thrown) {
          if (!isServiceError(thrown)) return controller.error(thrown)
          controller.enqueue(
            utf8.encode(`${JSON.stringify({ error: { code: thrown.code, message: thrown.details } })}\n`)
          )
          controller.close()
        }
      },
      cancel: () => {
        call.on("error", () => {})
        call.cancel()
      }
    },
    { highWaterMark: 0 }
  )
  return new Response(body, { status: 200, headers: { "content-type": "application/json" } })
}
