/** Answers protobuf messages: the handlers of the HTTP routes, with the binary codec in place of JSON. */
import { decodeBinary, encodeBinary, type Method } from "@sightline/core/protobuf"
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Access, Run } from "../engine.ts"
import { checkCaller, checkKey } from "../http/access.ts"
import { BodyBudget } from "../http/body-budget.ts"
import { hidePaths } from "../http/hide-paths.ts"
import { makeCall, makeRequestId, readOnlyError, toWireError } from "../http/make-call.ts"
import { type Needs, serviceOf } from "../http/routes.ts"
import type { Replies, Reply } from "../protocol/request.ts"
import { requestStatus } from "../protocol/status.ts"
import { wireError } from "../protocol/wire-error.ts"
import { Settings } from "../settings.ts"

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
  run: Run,
  access: Access
): AsyncGenerator<Uint8Array> {
  const messages = await run(answerMessage(method, bytes, caller), access)
  if (messages instanceof MalformedRequest) throw messages
  for await (const message of Stream.toAsyncIterable(messages)) yield encodeBinary(method.response, message)
}

/**
 * The messages of a response; every failure becomes one. A request is decoded once its caller is known and there is memory
 * for it, up to as many values as a request over HTTP may have.
 */
const answerMessage = Effect.fn("engine.grpc")(function* (
  { name, request }: Method,
  bytes: Uint8Array,
  { header, origin }: GrpcCaller
): Effect.fn.Return<Stream.Stream<unknown> | MalformedRequest, never, Needs> {
  const requestId = makeRequestId(header)
  const settings = yield* Settings
  const handle = Effect.gen(function* () {
    if (settings.key === undefined) yield* Effect.fromResult(checkCaller(header))
    yield* Effect.fromResult(checkKey(settings.key, header))
    const service = serviceOf.get(name)
    if (service === undefined)
      return yield* wireError(StatusCode.NOT_IMPLEMENTED, `this engine does not serve the method ${name}`)
    if (service.writes && settings.readOnly) return yield* readOnlyError()
    const { lease } = yield* BodyBudget
    const memory = yield* lease
    yield* Effect.promise(() => memory.take(bytes.length))
    memory.complete()
    const decoded = decodeBinary(request, bytes, settings.limits.jsonTokens)
    if (!decoded.ok) return new MalformedRequest(decoded.problem.problem)
    return yield* service.handler(
      makeCall({ request: decoded.value, malformed: new Map() }, settings, { origin, requestId })
    )
  })
  const messages = yield* Effect.scoped(handle).pipe(
    Effect.catchDefect((defect) => Effect.fail(toWireError(defect))),
    Effect.match({
      onFailure: ({ code, details }) => toMessages({ _tag: "message", message: {}, code, details }, requestId),
      onSuccess: (reply) => (reply instanceof MalformedRequest ? reply : toMessages(reply, requestId))
    })
  )
  if (messages instanceof MalformedRequest) return messages
  return Stream.map(messages, (message) => hidePaths(message, settings))
})

const toMessages = (reply: Reply<unknown> | Replies<unknown>, requestId: string): Stream.Stream<unknown> =>
  reply._tag === "messages"
    ? reply.messages
    : Stream.succeed({ status: requestStatus(reply.code, requestId, reply.details), ...reply.message })
