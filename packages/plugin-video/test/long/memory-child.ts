// Run in a process without decoder processes: the memory that a long clip takes beyond that of a short one.
// Arguments: the work, the short clip, the long clip, the address of a service. Prints one line of JSON.
import { file, clarifai, models, sightline } from "@sightline/core"
import { readFileSync } from "node:fs"
import { Decoder, decodeFrames, openVideo, splitVideo, video } from "../../src/index.ts"

const [work = "", short = "", long = "", baseUrl = ""] = process.argv.slice(2)
const MiB = 1024 * 1024

const times = async (path: string): Promise<ReadonlyArray<number>> => {
  if (work === "frames") {
    const found: Array<number> = []
    for await (const { timeMs } of decodeFrames({ path }, { everyMs: 1000, isolate: false })) found.push(timeMs)
    return found
  }
  if (work === "parts") {
    const opened = await openVideo({ path }, { isolate: false })
    const found: Array<number> = []
    for await (const { fromMs, pictures } of splitVideo(opened, { bytes: 4 * MiB, ms: 600_000 }))
      found.push(fromMs, pictures)
    await opened.close()
    return found
  }
  const connection = clarifai({ pat: "key", userId: "u", appId: "a", baseUrl })
  const app = sightline(connection).use(
    video({ predict: work === "predicted" ? "remote" : "local", decoder: Decoder.layerInProcess })
  )
  const { frames } = await app.video(file(path)).predict(models.general).run()
  await connection[Symbol.asyncDispose]()
  return frames.map(({ timeMs }) => timeMs)
}

/** The most memory this process had so far; what it has now where that is not told. */
const peakBytes = (): number => {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024
  } catch {
    return process.memoryUsage().rss
  }
}

// once is not enough: the heap is to have the size that such work gives it
for (let i = 0; i < 10; i++) await times(short)
const before = process.memoryUsage().rss
const found = await times(long)
console.log(JSON.stringify({ grownMiB: Math.round((peakBytes() - before) / MiB), found }))
