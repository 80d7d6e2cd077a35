// Streams in both directions: the method StreamModelOutputs over one call.
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { type CallError, type InvalidOption, MalformedAnswer, type Settings, TimedOut } from "@sightline/core"
import { type Duplex, type DuplexCall, duplexNetworkError, duplexStatusError } from "@sightline/core/effect"
import { decodeBinary, encodeBinary, StreamModelOutputs } from "@sightline/core/protobuf"
import { MultiOutputResponseWire, PostModelOutputsRequestWire } from "@sightline/core/wire"
import type { Channel } from "./channel.ts"
import { isServiceError, responseOf } from "./grpc-status.ts"

const headersOf = ({ authorization, secretHeaders = {}, sessionToken }: Settings): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(secretHeaders).map(([name, value]) => [name, Redacted.value(value)])),
  ...(authorization === undefined ? {} : { authorization: Redacted.value(authorization) }),
  ...(sessionToken === undefined ? {} : { "x-clarifai-session-token": Redacted.value(sessionToken) })
})

/** The error for what broke the call. A typed error, such as that of an input, is itself. */
const errorOf = (thrown: unknown, call: DuplexCall): CallError | InvalidOption => {
  if (typeof thrown === "object" && thrown !== null && "_tag" in thrown) return thrown as CallError | InvalidOption
  if (!isServiceError(thrown)) return duplexNetworkError(call, thrown)
  try {
    return duplexStatusError(call, responseOf(thrown).status, thrown.details)
  } catch (network) {
    return duplexNetworkError(call, network)
  }
}

/** The calls of a connection that stream in both directions. */
export const makeDuplex =
  (channel: () => Channel): Duplex =>
  (asked) =>
    Stream.fromAsyncIterable(converse(channel, asked), (thrown) => errorOf(thrown, asked))

/** Waits for a response at most so long while a request is unanswered. */
const withinMs = async <A>(ms: number, late: () => Error, promise: Promise<A>): Promise<A> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const clock = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms)
  })
  try {
    return await Promise.race([promise, clock])
  } finally {
    clearTimeout(timer)
  }
}

async function* converse(channel: () => Channel, asked: DuplexCall): AsyncGenerator {
  const { model, requests, settings, timeoutMs } = asked
  const call = channel().duplex(StreamModelOutputs, headersOf(settings))
  let failure: unknown
  let sent = 0
  let answered = 0
  const source = Stream.toAsyncIterable(requests)[Symbol.asyncIterator]()
  const send = async () => {
    for (;;) {
      const next = await source.next()
      if (next.done === true) break
      sent++
      // The next request is read when this one is on its way: the service slows its sender.
      await new Promise<void>((resolve, reject) => {
        call.write(encodeBinary(PostModelOutputsRequestWire, next.value), (error: unknown) => {
          if (error === undefined || error === null) resolve()
          else reject(error instanceof Error ? error : new Error("the stream is closed"))
        })
      })
    }
    call.end()
  }
  const sending = send().catch((thrown: unknown) => {
    failure ??= thrown
    call.cancel()
  })
  const responses: AsyncIterator<Uint8Array> = call[Symbol.asyncIterator]()
  const late = () => new TimedOut({ model, what: "attempt", timeoutMs })
  try {
    for (;;) {
      const next = await nextResponse(responses, () => sent > answered, timeoutMs, late)
      if (next.done === true) return
      answered++
      const decoded = decodeBinary(MultiOutputResponseWire, next.value)
      if (!decoded.ok) throw new MalformedAnswer({ model, problem: decoded.problem.problem })
      yield decoded.value
    }
  } catch (thrown) {
    throw failure ?? thrown
  } finally {
    call.on("error", () => {}) // what ends it from here on is our own doing
    call.cancel()
    await source.return?.()
    await sending
  }
}

/** The next response. Silence counts against the service only while it owes one. */
const nextResponse = async (
  responses: AsyncIterator<Uint8Array>,
  owed: () => boolean,
  timeoutMs: number,
  late: () => Error
): Promise<IteratorResult<Uint8Array>> => {
  const next = responses.next()
  next.catch(() => {}) // it is awaited below, or its failure comes too late
  for (;;) {
    const outcome = await withinMs(timeoutMs, late, next).catch((thrown: unknown) => {
      if (thrown instanceof TimedOut && !owed()) return undefined
      throw thrown
    })
    if (outcome !== undefined) return outcome
  }
}
