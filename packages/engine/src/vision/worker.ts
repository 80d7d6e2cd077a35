/** A decoding process: takes one picture at a time from the engine and answers with its header and vector. */
import { decode, readHeader, Refused } from "./decode.ts"
import type { Header } from "./decode.ts"
import { mirror } from "./pixels.ts"
import { largePixels } from "./protocol.ts"
import type { Job, Order, Reply, Setup } from "./protocol.ts"
import { makeDescriber, sideOf } from "./representation.ts"

// The engine that starts this process is the only one who writes this argument.
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
  const pixels = await decode(job.bytes, header, frame, limits)
  if (job.kind === "pixels") return { kind: "done", header, pixels }
  const describe = (describer ??= makeDescriber(setting)) // not every process has to describe
  const vector = describe(pixels)
  const mirrored = job.mirror ? describe(mirror(pixels)) : undefined
  return { kind: "done", header, vector, ...(mirrored && { mirrored }) }
}

const goOn = async (): Promise<Reply> => {
  const held = waiting
  waiting = undefined
  return held
    ? finish(held.job, held.header)
    : { kind: "refused", refusal: { code: 30002, details: "no picture waits" } }
}

const say = (reply: Reply): void => {
  process.send?.(reply)
}

// Native code decodes on another thread, so this thread is free to watch the memory it takes. Only a signal ends a
// process that is busy in native code at once; the engine knows what this one means.
const watchMemory = (): (() => void) => {
  const most = process.memoryUsage.rss() + limits.memoryMiB * 2 ** 20
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() > most) process.kill(process.pid, "SIGKILL")
  }, 5)
  return () => clearInterval(timer)
}

// A process whose engine is gone has nothing left to do.
process.on("disconnect", () => process.exit(0))
process.on("message", (order: Order) => {
  const stopWatching = watchMemory()
  const settle = (reply: Reply) => {
    stopWatching()
    say(reply)
  }
  const work = order.kind === "go" ? goOn() : begin(order)
  work.then(settle, (cause: unknown) => {
    const refusal = cause instanceof Refused ? cause.refusal : { code: 30002, details: String(cause) }
    settle({ kind: "refused", refusal })
  })
})
say({ kind: "ready" })
