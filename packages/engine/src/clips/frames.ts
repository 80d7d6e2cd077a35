/** Frames of a video, decoded in a process that is killed when it stops making progress. */
import { type ChildProcess, fork } from "node:child_process"
import { extname } from "node:path"
import { fileURLToPath } from "node:url"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import { Settings } from "../settings.ts"
import { allowanceMs, startLimitMs } from "./allowance.ts"
import { makeWorkClock, processorMs } from "../work-clock.ts"
import type { ClipJob, ClipReply } from "./work.ts"

/** One sampled frame: `timeMs` is the moment it stands for, `jpeg` the picture on screen then. */
export interface ClipFrame {
  readonly index: number
  readonly timeMs: number
  readonly jpeg: Uint8Array<ArrayBuffer>
}

/** Decodes videos. Few at once, in processes that are kept for the next one; further videos wait. */
export class Clips extends Context.Service<
  Clips,
  {
    /** The frames, one for each `sampleMs`. `onNote` is told when the video broke off and only its beginning was seen. */
    readonly frames: (
      bytes: Uint8Array,
      sampleMs: number,
      onNote: (note: string) => void
    ) => Stream.Stream<ClipFrame, WireError>
  }
>()("@sightline/engine/Clips") {
  static readonly layer: Layer.Layer<Clips, never, Settings> = Layer.effect(
    Clips,
    Effect.gen(function* () {
      const { frameTimes, limits, workers } = yield* Settings
      const turns = yield* Semaphore.make(Math.max(1, Math.min(maxProcesses, workers)))
      const idle: Array<ChildProcess> = []
      yield* Effect.addFinalizer(() => Effect.sync(() => idle.forEach((child) => child.kill("SIGKILL"))))
      const take = Effect.sync(() => {
        let child = idle.pop()
        while (child !== undefined && !child.connected) child = idle.pop()
        return child ?? start()
      })
      const frames = (bytes: Uint8Array, sampleMs: number, onNote: (note: string) => void) =>
        Stream.callback<ClipFrame, WireError>(
          (queue) =>
            Effect.acquireRelease(
              Effect.map(Effect.andThen(turns.take(1), take), (child) => {
                const job: ClipJob = {
                  bytes,
                  sampleMs,
                  offsetMs: frameTimes === "middle" ? Math.floor(sampleMs / 2) : 0,
                  maxMs: limits.videoSeconds * 1000,
                  maxFrames: limits.videoFrames,
                  maxPixels: limits.pixels,
                  maxMemoryMiB
                }
                return { child, watch: follow(child, job, queue, limits.decodeTimeoutMs, onNote) }
              }),
              ({ child, watch }) =>
                Effect.andThen(
                  Effect.sync(() => {
                    watch.stop()
                    // One that was left in the middle of a video, or hangs, is not used again.
                    if (watch.settled() && child.connected) idle.push(rest(child))
                    else child.kill("SIGKILL")
                  }),
                  turns.release(1)
                )
            ),
          { bufferSize: 2 }
        )
      return Clips.of({ frames })
    })
  )
}

const maxProcesses = 2

/** Memory that decoding one video may add; frames in flight are few, whatever the length. */
const maxMemoryMiB = 400

const processPath = fileURLToPath(new URL(`./worker${extname(import.meta.url)}`, import.meta.url))

/** Only what a process needs to start: keys in the engine's environment are no business of a decoder. */
const passedOn = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"]

const start = (): ChildProcess =>
  fork(processPath, [], {
    serialization: "advanced",
    execArgv: ["--no-warnings"],
    env: Object.fromEntries(
      passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
    ),
    stdio: ["ignore", "ignore", "ignore", "ipc"]
  })

/** An idle decoder must not keep its program alive. */
const rest = (child: ChildProcess): ChildProcess => {
  child.unref()
  child.channel?.unref()
  return child
}

/** Gives the job to the process and its answers to the queue. */
const follow = (
  child: ChildProcess,
  job: ClipJob,
  queue: Queue.Queue<ClipFrame, WireError | Cause.Done>,
  limitMs: number,
  onNote: (note: string) => void
): { readonly stop: () => void; readonly settled: () => boolean } => {
  let settled = false
  let stopped = false
  const fail = (error: WireError, usable: boolean) => {
    stop()
    settled = usable
    Queue.failCauseUnsafe(queue, Cause.fail(error))
  }
  const clock = makeWorkClock(
    () => processorMs(child.pid),
    () =>
      fail(wireError(30002, "decoding the video takes too long and was stopped; send a smaller or shorter one"), false)
  )
  let [startedMs, endMs]: [number, number | undefined] = [0, undefined]
  const work = () =>
    clock.begin(allowanceMs({ limitMs, sampleMs: job.sampleMs, endMs, workedMs: clock.totalMs() - startedMs }))
  const onMessage = (reply: ClipReply) => {
    clock.rest()
    if (reply.kind === "missing")
      return fail(
        wireError(
          30101,
          "this engine cannot decode video; add the package @sightline/plugin-video (npm install @sightline/plugin-video)"
        ),
        false
      )
    if (reply.kind === "refused") return fail(wireError(reply.code, reply.details), true)
    if (reply.kind === "end") {
      if (reply.note !== "") onNote(reply.note)
      settled = true
      return void Queue.endUnsafe(queue)
    }
    if (reply.kind !== "frame") {
      if (reply.kind === "open") endMs = reply.endMs
      else startedMs = clock.totalMs()
      return work()
    }
    const frame = { index: reply.index, timeMs: reply.timeMs, jpeg: new Uint8Array(reply.jpeg) }
    // The clock stands while the frame is looked at: that is the model's time, not the decoder's.
    Effect.runFork(
      Effect.andThen(
        Queue.offer(queue, frame),
        Effect.sync(() => {
          if (stopped || !child.connected) return
          work()
          child.send("next")
        })
      )
    )
  }
  const onExit = (_code: unknown, signal?: unknown) =>
    fail(
      signal === "SIGKILL"
        ? wireError(30105, `decoding the video needs more than ${maxMemoryMiB} MiB of memory; send a smaller one`)
        : wireError(30002, "decoding the video ended its process"),
      false
    )
  const stop = () => {
    stopped = true
    clock.rest()
    child.off("message", onMessage)
    child.off("exit", onExit)
    child.off("error", onExit)
  }
  child.ref()
  child.channel?.ref()
  child.on("message", onMessage)
  child.once("exit", onExit)
  child.once("error", onExit)
  clock.begin(startLimitMs)
  child.send(job)
  return { stop, settled: () => settled }
}
