/** Requests and answers between the two edges (`fetch` here, a socket there) and the handlers. */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { BodyLease } from "../http/body-budget.ts"
import type { WireObject } from "./json.ts"
import { type Message, readNumber } from "./read.ts"
import type { WireError } from "./wire-error.ts"

/** A request, from a socket or from this process. */
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

/** An answer as an edge sends it. */
export interface WireResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array<ArrayBuffer> | Stream.Stream<string>
}

/** What a handler sees. */
export interface Call {
  /** The key of this user's and app's rows. */
  readonly scope: string
  readonly appId: string
  readonly userId: string
  /** Parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>
  /** The query string; repeated names are lists, dotted names (`fields.test_set`) stay as they are. */
  readonly query: Message
  readonly body: Message
  readonly origin: string
  readonly requestId: string
}

/** What a handler gives: members of the answer and the result of the whole request (10000 when not said). */
export type Answer =
  | { readonly _tag: "message"; readonly members: WireObject; readonly code?: number; readonly details?: string }
  | { readonly _tag: "bytes"; readonly bytes: Uint8Array<ArrayBuffer>; readonly type: string }
  | { readonly _tag: "lines"; readonly lines: Stream.Stream<WireObject> }

/** An answer of plain members. */
export const answer = (members: WireObject, code?: number, details?: string): Answer => ({
  _tag: "message",
  members,
  ...(code === undefined ? {} : { code }),
  ...(details === undefined ? {} : { details })
})

/** The most items on a page. */
const maxPage = 1000

/** `page` (from 1) and `per_page` (128 when not said, at most 1000) of a query or a `pagination` member. */
export const readPage = (from: Message): { readonly limit: number; readonly offset: number } => {
  const page = Math.max(1, Math.floor(readNumber(from, "page") ?? 1))
  const asked = Math.floor(readNumber(from, "per_page") ?? 0)
  const limit = asked <= 0 ? 128 : Math.min(asked, maxPage)
  // Far past any end, and still an integer for SQLite.
  return { limit, offset: Math.min((page - 1) * limit, Number.MAX_SAFE_INTEGER) }
}
