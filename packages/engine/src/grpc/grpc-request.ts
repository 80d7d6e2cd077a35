/** Turns gRPC requests into requests of the router, and its responses into messages: the same handlers answer both. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { bindRequest, decodeBinary, encodeBinary, type Method } from "@sightline/core/protobuf"
import { decode, encode, type Message } from "@sightline/core/wire"
import type { Access, Handle } from "../engine.ts"
import type { WireRequest, WireResponse } from "../protocol/request.ts"

/** What a call knows of its caller. */
export interface GrpcCaller {
  readonly header: (name: string) => string | undefined
  /** Where hosted media of the answers are. */
  readonly origin: string
}

/** A request that is not the message of its method. */
export class MalformedRequest extends Error {}

/** Answers one request message with the messages of its response. */
export async function* answerGrpc(
  method: Method,
  bytes: Uint8Array,
  caller: GrpcCaller,
  handle: Handle,
  access: Access
): AsyncGenerator<Uint8Array> {
  const response = await handle(toWireRequest(method, bytes, caller), access)
  for await (const json of messagesOf(response)) yield encodeBinary(method.response, toMessage(method.response, json))
}

const toWireRequest = (method: Method, bytes: Uint8Array, { header, origin }: GrpcCaller): WireRequest => {
  const decoded = decodeBinary(method.request, bytes)
  if (!decoded.ok) throw new MalformedRequest(decoded.problem.problem)
  const bound = bindRequest(method, decoded.value)
  if (bound === undefined) throw new MalformedRequest(`the request of ${method.name} names no resource`)
  const json = encode(method.request, decoded.value)
  const get = bound.verb === "GET"
  return {
    method: bound.verb,
    path: `/${bound.path.map(encodeURIComponent).join("/")}`,
    query: get ? toQuery(json) : new URLSearchParams(),
    header,
    origin,
    overNetwork: true,
    bodyBytes: bytes.length,
    readBody: (lease) =>
      Effect.promise(async () => {
        await lease.take(bytes.length)
        lease.complete()
        return get ? "" : JSON.stringify(json)
      })
  }
}

/** The fields of a request that has no body: dotted names, lists as repeated names. */
const toQuery = (
  json: Readonly<Record<string, unknown>>,
  path = "",
  query = new URLSearchParams()
): URLSearchParams => {
  for (const [name, value] of Object.entries(json)) {
    const key = path === "" ? name : `${path}.${name}`
    if (Array.isArray(value)) for (const item of value) query.append(key, String(item))
    else if (typeof value === "object" && value !== null)
      toQuery(value as Readonly<Record<string, unknown>>, key, query) // of encode
    else query.append(key, String(value))
  }
  return query
}

/** A response is one message; a streamed one is a line of JSON for each. */
async function* messagesOf({ body }: WireResponse): AsyncGenerator {
  if (typeof body === "string") yield JSON.parse(body)
  else if (!(body instanceof Uint8Array))
    for await (const line of Stream.toAsyncIterable(body)) {
      const json: unknown = JSON.parse(line)
      yield typeof json === "object" && json !== null && "result" in json ? json.result : json
    }
}

const toMessage = (message: Message<unknown>, json: unknown): unknown => {
  const decoded = decode(message, json)
  if (decoded.ok) return decoded.value
  throw new Error(`the answer is no ${message.name}: ${decoded.problem.path}: ${decoded.problem.problem}`)
}
