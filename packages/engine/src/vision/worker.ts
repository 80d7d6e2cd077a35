/** A decoding process: takes one picture at a time from the engine and answers with its header and vector. */
import { decode, readHeader, Refused } from "./decode.ts"
import { mirror } from "./pixels.ts"
import type { Job, Reply, Setup } from "./protocol.ts"
import { makeDescriber, sideOf } from "./representation.ts"

// The engine that starts this process is the only one who writes this argument.
const setup: Setup = JSON.parse(process.argv[2] ?? "{}")
const { limits, setting } = setup
const describe = makeDescriber(setting)

const work = async (job: Job): Promise<Reply> => {
  if (job.kind === "inspect") return { kind: "done", header: await readHeader(job.bytes, limits) }
  const { header, pixels } = await decode(job.bytes, sideOf(setting), limits)
  const vector = describe(pixels)
  return job.mirror
    ? { kind: "done", header, vector, mirrored: describe(mirror(pixels)) }
    : { kind: "done", header, vector }
}

const say = (reply: Reply, then?: () => void): void => {
  process.send?.(reply, undefined, undefined, then)
}

// Native code decodes on another thread, so this thread is free to watch the memory it takes.
const watchMemory = (): (() => void) => {
  const most = process.memoryUsage.rss() + limits.memoryMiB * 2 ** 20
  const details = `decoding needs more than ${limits.memoryMiB} MiB of memory; send a smaller picture`
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() < most) return
    clearInterval(timer)
    say({ kind: "refused", refusal: { code: 30105, details } }, () => process.exit(1))
  }, 20)
  return () => clearInterval(timer)
}

// A process whose engine is gone has nothing left to do.
process.on("disconnect", () => process.exit(0))
process.on("message", (job: Job) => {
  const stopWatching = watchMemory()
  const settle = (reply: Reply) => {
    stopWatching()
    say(reply)
  }
  work(job).then(settle, (cause: unknown) => {
    const refusal = cause instanceof Refused ? cause.refusal : { code: 30002, details: String(cause) }
    settle({ kind: "refused", refusal })
  })
})
say({ kind: "ready" })
