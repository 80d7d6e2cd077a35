// Live streams: predictions as messages of calls of the method StreamModelOutputs, behind the form of `fetch`.
import type { Duplex } from "@sightline/core/effect"
import { PostModelOutputs, StreamModelOutputs } from "@sightline/core/protobuf"
import type { PostModelOutputsRequestWire } from "@sightline/core/wire"
import type { Channel } from "./channel.ts"
import { sendGrpc, toGrpc } from "./grpc-fetch.ts"
import { PredictionStream } from "./prediction-stream.ts"

/** The streams of one run: one call for each path, which is a model and its version. */
export const makeDuplex = (channel: () => Channel): Duplex => {
  const streams = new Map<string, PredictionStream>()
  const streamOf = (path: string, headers: Readonly<Record<string, string>>): PredictionStream => {
    const open = streams.get(path)
    if (open?.isOpen === true) return open
    const stream = new PredictionStream(channel().duplex(StreamModelOutputs, headers))
    streams.set(path, stream)
    return stream
  }
  return {
    fetch: async (input, init = {}) => {
      const signal = init.signal ?? undefined
      signal?.throwIfAborted()
      const asked = toGrpc(input, init)
      if (asked instanceof Response) return asked
      const message = asked.message as PostModelOutputsRequestWire // of this method alone
      if (asked.method !== PostModelOutputs || message.inputs.length !== 1) return sendGrpc(channel(), asked, signal)
      const { pathname } = new URL(input instanceof Request ? input.url : input)
      return streamOf(pathname, asked.headers).send(message, signal)
    },
    close: () => {
      for (const stream of streams.values()) stream.close()
      streams.clear()
    }
  }
}
