/** Requests and answers between the floors (`fetch`, a socket, gRPC) and the handlers. */
import type * as protobuf from "@sightline/core/protobuf"
import { StatusCode } from "@sightline/core/status"
import type { StatusWire } from "@sightline/core/wire"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { BodyLease } from "../http/body-budget.ts"
import type { WireError } from "./wire-error.ts"

/** An HTTP request, from a socket or from this process. */
export interface WireRequest {
  readonly method: string
  /** The path as it came, still percent-encoded. */
  readonly path: string
  readonly query: URLSearchParams
  readonly header: (name: string) => string | undefined
  /** Where the caller reached us, such as `http://127.0.0.1:8080`: hosted URLs in answers begin with it. */
  readonly origin: string
  /** True if it came over a socket. */
  readonly overNetwork: boolean
  /** The declared size of the body in bytes; 0 if there is no body or its size is not known. */
  readonly bodyBytes: number
  /** The body as text. Fails with 40033 if it is larger than allowed. */
  readonly readBody: (lease: BodyLease) => Effect.Effect<string, WireError>
}

/** An HTTP response as an edge sends it. */
export interface WireResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array<ArrayBuffer> | Stream.Stream<string>
}

/** Whose rows a call is about, and how it is answered. */
export interface Caller {
  /** The key of this user's and app's rows. */
  readonly scope: string
  readonly appId: string
  readonly userId: string
  readonly origin: string
  readonly requestId: string
}

/** What a handler sees: a request message of its method. */
export interface Call<out Request> extends Caller {
  readonly request: Request
  /** Items of the request's `inputs` that could not be decoded, with the reason. Such an item has its id alone. */
  readonly malformed: ReadonlyMap<unknown, WireError>
}

/** A response message. Its `status` is made of `code` and `details`, except where the message has its own. */
export interface Reply<out Response> {
  readonly _tag: "message"
  readonly message: Omit<Response, "status"> & { readonly status?: StatusWire }
  readonly code: number
  readonly details: string
}

/** Several response messages, each sent as soon as it is made. */
export interface Replies<out Response> {
  readonly _tag: "messages"
  readonly messages: Stream.Stream<Response>
}

type Methods = {
  readonly [
    Name in keyof typeof protobuf as (typeof protobuf)[Name] extends protobuf.Method ? Name : never
  ]: (typeof protobuf)[Name]
}

/** Answers one method of the protocol. */
export type Handler<Name extends keyof Methods, R = never> =
  Methods[Name] extends protobuf.Method<infer Request, infer Response>
    ? (call: Call<Request>) => Effect.Effect<Reply<Response>, WireError, R>
    : never

/** A response message, and the result of the whole request (10000 by default). */
export const answer = <M>(message: M, code: number = StatusCode.SUCCESS, details = "") => ({
  _tag: "message" as const,
  message,
  code,
  details
})

/** The most items on a page. */
const maxPage = 1000

/** A page of a list: `page` counts from 1; `per_page` is 128 by default, at most 1000. */
export const readPage = ({
  page = 1,
  per_page = 0
}: {
  readonly page?: number
  readonly per_page?: number
}): { readonly limit: number; readonly offset: number } => {
  const size = Math.floor(per_page)
  const limit = size > 0 ? Math.min(size, maxPage) : 128
  // Far past any end, and still an integer for SQLite.
  return { limit, offset: page > 1 ? Math.min((Math.floor(page) - 1) * limit, Number.MAX_SAFE_INTEGER) : 0 }
}
