/** A process that decodes videos for the engine, one after the other. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ClipJob, ClipReply } from "./work.ts"

const say = (reply: ClipReply): void => {
  process.send?.(reply)
}

/** A refusal by its code; thrown inside, said outside. */
class Refused extends Error {
  readonly code: number
  constructor(code: number, details: string) {
    super(details)
    this.code = code
  }
}

const load = async () => {
  try {
    return await import("@sightline/plugin-video")
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND") return undefined
    throw cause
  }
}

/** Waits for the engine to take a frame, so that frames never pile up on the way. */
const taken = (): Promise<void> =>
  new Promise((resolve) => {
    const onMessage = (word: unknown) => {
      if (word !== "next") return
      process.off("message", onMessage)
      resolve()
    }
    process.on("message", onMessage)
  })

/** Codes of the protocol for what can be wrong with a video. */
const codeOf = (error: { readonly _tag: string }): number =>
  ({ VideoTooLarge: 30105, VideoUnsupported: 30101, VideoDamaged: 30300, VideoSourceError: 30002 })[error._tag] ?? 30002

const watch = async (job: ClipJob): Promise<void> => {
  const plugin = await load()
  if (plugin === undefined) return say({ kind: "missing" })
  say({ kind: "loaded" })
  let shown = 0
  const work = Effect.gen(function* () {
    const decoder = yield* plugin.Decoder
    const video = yield* decoder.open(job.bytes, { maxPixels: job.maxPixels })
    const endMs = (yield* Effect.promise(() => video.track.endUs())) / 1000
    if (endMs > job.maxMs)
      throw new Refused(30105, `the video lasts ${Math.round(endMs)} ms; at most ${job.maxMs} are taken`)
    const count = Math.max(1, Math.ceil(endMs / job.sampleMs))
    if (count > job.maxFrames)
      throw new Refused(
        30105,
        `${count} frames of one video; at most ${job.maxFrames} are taken, ask for a larger sample_ms`
      )
    say({ kind: "open", frames: count, endMs })
    const nominal = Array.from({ length: count }, (_, index) => index * job.sampleMs + job.offsetMs)
    // The middle of the last interval may lie behind the end; what is on screen then is the last picture.
    const timesMs = nominal.map((time) => Math.max(0, Math.min(time, Math.ceil(endMs) - 1)))
    const frames = decoder.frames(
      video,
      { kind: "at", timesMs },
      {
        render: { form: "jpeg", quality: 92 },
        limits: { frames: job.maxFrames }
      }
    )
    yield* Stream.runForEach(frames, (frame) =>
      Effect.promise(async () => {
        const next = taken()
        say({ kind: "frame", index: frame.index, timeMs: nominal[frame.index] ?? 0, jpeg: frame.bytes })
        shown++
        await next
      })
    )
  })
  const error = await Effect.runPromise(
    Effect.scoped(work).pipe(
      Effect.provide(plugin.Decoder.layer),
      Effect.as(undefined),
      Effect.catch((error) => Effect.succeed(error))
    )
  )
  if (error === undefined) return say({ kind: "end", note: "" })
  // A video that breaks off is answered as far as it goes.
  if (error._tag === "VideoDamaged" && shown > 0) return say({ kind: "end", note: error.message })
  say({ kind: "refused", code: codeOf(error), details: error.message })
}

/** Only a signal ends a process that is busy in native code at once; the engine knows what this one means. */
const watchMemory = (most: number): (() => void) => {
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() > most) process.kill(process.pid, "SIGKILL")
  }, 10)
  return () => clearInterval(timer)
}

// A process whose engine is gone has nothing left to do.
process.on("disconnect", () => process.exit(0))
process.on("message", (job: ClipJob | "next") => {
  if (job === "next") return
  const stop = watchMemory(process.memoryUsage.rss() + job.maxMemoryMiB * 2 ** 20)
  watch(job)
    .catch((cause: unknown) =>
      say(
        cause instanceof Refused
          ? { kind: "refused", code: cause.code, details: cause.message }
          : { kind: "refused", code: 30002, details: cause instanceof Error ? cause.message : String(cause) }
      )
    )
    .finally(stop)
})
