/** The program of a decoding process: takes one image at a time and replies with its header, pixels or vector. */
import { StatusCode } from "@sightline/core/status"
import { limitMemory, onMessage, reply } from "@sightline/platform/child"
import { largePixels } from "./decode-messages.ts"
import type { Job, Order, Reply, Setup } from "./decode-messages.ts"
import { decode, readHeader, Refused } from "./decode.ts"
import type { Header } from "./decode.ts"
import { mirror } from "../pixels.ts"
import { makeDescriber, sideOf } from "../representation.ts"

// Only the engine starts this process, with a `Setup` as the argument.
const setup: Setup = JSON.parse(process.argv[2] ?? "{}")
const { limits, setting } = setup
let describer: ReturnType<typeof makeDescriber> | undefined

let waiting: { readonly job: Job; readonly header: Header } | undefined

const begin = async (job: Job): Promise<Reply> => {
  const header = await readHeader(job.bytes, limits)
  if (job.kind === "inspect") return { kind: "done", header }
  if (header.width * header.height <= largePixels) return finish(job, header)
  waiting = { job, header }
  return { kind: "large" }
}

const finish = async (job: Job, header: Header): Promise<Reply> => {
  if (job.kind === "inspect") return { kind: "done", header }
  const side = sideOf(setting)
  const frame = job.kind === "pixels" ? job : ({ width: side, height: side, fit: "inside" } as const)
  const { orientation, ...pixels } = await decode(job.bytes, header, frame, limits)
  if (job.kind === "pixels") return { kind: "done", header, pixels, orientation }
  const describe = (describer ??= makeDescriber(setting)) // only when needed: it is large
  const vector = describe(pixels)
  const mirrored = job.mirror ? describe(mirror(pixels)) : undefined
  return { kind: "done", header, vector, ...(mirrored && { mirrored }) }
}

const finishWaiting = async (): Promise<Reply> => {
  const held = waiting
  waiting = undefined
  return held
    ? finish(held.job, held.header)
    : { kind: "refused", refusal: { code: StatusCode.INPUT_FAILED, details: "no image waits to be decoded" } }
}

const send = (message: Reply): void => reply(message)

onMessage((message) => {
  const order = message as Order // only the engine sends messages
  const stopLimit = limitMemory(limits.memoryMiB)
  const settle = (result: Reply) => {
    stopLimit()
    send(result)
  }
  const work = order.kind === "go" ? finishWaiting() : begin(order)
  work.then(settle, (cause: unknown) => {
    const refusal = cause instanceof Refused ? cause.refusal : { code: StatusCode.INPUT_FAILED, details: String(cause) }
    settle({ kind: "refused", refusal })
  })
})
send({ kind: "ready" })
