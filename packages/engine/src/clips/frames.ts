/** Frames of a video, decoded in a process of its own that is killed when it stops making progress. */
import { type ChildProcess, fork } from "node:child_process"
import { extname } from "node:path"
import { fileURLToPath } from "node:url"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Queue from "effect/Queue"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import type { SettingsValue } from "../settings.ts"
import type { ClipJob, ClipReply } from "./work.ts"

/** One sampled frame: `timeMs` is the moment it stands for, `jpeg` the picture on screen then. */
export interface ClipFrame {
  readonly index: number
  readonly timeMs: number
  readonly jpeg: Uint8Array<ArrayBuffer>
}

const processPath = fileURLToPath(new URL(`./process${extname(import.meta.url)}`, import.meta.url))

/** Only what a process needs to start: keys in the engine's environment are no business of a decoder. */
const passedOn = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"]

/** Memory that decoding one video may add; frames in flight are few, whatever the length. */
const maxMemoryMiB = 400

/**
 * The frames of a video, one for each `sampleMs`. `onNote` is told when the video broke off and only its beginning was
 * seen. Ends the process when the stream does, when a frame takes longer than `decodeTimeoutMs`, or on interruption.
 */
export const clipFrames = (
  bytes: Uint8Array,
  sampleMs: number,
  { frameTimes, limits }: SettingsValue,
  onNote: (note: string) => void
): Stream.Stream<ClipFrame, WireError> =>
  Stream.callback<ClipFrame, WireError>(
    (queue) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          const child = fork(processPath, [], {
            serialization: "advanced",
            execArgv: ["--no-warnings"],
            env: Object.fromEntries(
              passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
            ),
            stdio: ["ignore", "ignore", "ignore", "ipc"]
          })
          const job: ClipJob = {
            bytes,
            sampleMs,
            offsetMs: frameTimes === "middle" ? Math.floor(sampleMs / 2) : 0,
            maxMs: limits.videoSeconds * 1000,
            maxFrames: limits.videoFrames,
            maxPixels: limits.pixels,
            maxMemoryMiB
          }
          listen(child, queue, limits.decodeTimeoutMs, onNote)
          child.send(job)
          return child
        }),
        (child) => Effect.sync(() => void child.kill("SIGKILL"))
      ),
    { bufferSize: 2 }
  )

const listen = (
  child: ChildProcess,
  queue: Queue.Queue<ClipFrame, WireError | Cause.Done>,
  stallMs: number,
  onNote: (note: string) => void
): void => {
  const fail = (error: WireError) => {
    clearTimeout(stalled)
    Queue.failCauseUnsafe(queue, Cause.fail(error))
  }
  const arm = () =>
    setTimeout(
      () => fail(wireError(30002, `decoding the video made no progress for ${stallMs} ms; it was stopped`)),
      stallMs
    )
  let stalled = arm()
  child.on("message", (reply: ClipReply) => {
    clearTimeout(stalled)
    if (reply.kind === "missing")
      return fail(
        wireError(
          30101,
          "this engine cannot decode video; add the package @sightline/plugin-video (npm install @sightline/plugin-video)"
        )
      )
    if (reply.kind === "refused") return fail(wireError(reply.code, reply.details))
    if (reply.kind === "end") {
      if (reply.note !== "") onNote(reply.note)
      return void Queue.endUnsafe(queue)
    }
    if (reply.kind !== "frame") {
      stalled = arm()
      return
    }
    const frame = { index: reply.index, timeMs: reply.timeMs, jpeg: new Uint8Array(reply.jpeg) }
    // The clock stands while the frame is looked at: that is the model's time, not the decoder's.
    Effect.runFork(
      Effect.andThen(
        Queue.offer(queue, frame),
        Effect.sync(() => {
          stalled = arm()
          if (child.connected) child.send("next")
        })
      )
    )
  })
  child.once("exit", (_code, signal) =>
    fail(
      signal === "SIGKILL"
        ? wireError(30105, `decoding the video needs more than ${maxMemoryMiB} MiB of memory; send a smaller one`)
        : wireError(30002, "decoding the video ended its process")
    )
  )
  child.once("error", (cause) => fail(wireError(30002, `the video decoder could not be started: ${cause.message}`)))
}
