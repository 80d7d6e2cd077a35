/** Frames of a video, decoded in a process that is killed when it makes no progress. */
import { StatusCode } from "@sightline/core/status"
import {
  codeFolders,
  makeProcessPool,
  type PoolProcess,
  type ProcessFailed,
  programBeside
} from "@sightline/platform/process-pool"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { type WireError, wireError } from "../../protocol/wire-error.ts"
import { maxSamples } from "../pretrained/audio/pcm.ts"
import { joinSamples } from "./join-samples.ts"
import { Settings } from "../../settings.ts"
import type { SoundJob, VideoJob, VideoOrder, VideoReply } from "./video-messages.ts"
import { allowanceMs, startLimitMs } from "./work-allowance.ts"

/** One sampled frame: `timeMs` is the moment that it stands for, `jpeg` the picture on screen then. */
export interface VideoFrame {
  readonly index: number
  readonly timeMs: number
  readonly jpeg: Uint8Array<ArrayBuffer>
}

/** Decodes videos, a few at once; further videos wait. */
export class VideoFrames extends Context.Service<
  VideoFrames,
  {
    /** The frames, one for each `sampleMs`. `onNote` is called if the video breaks off and only its beginning was decoded. */
    readonly frames: (
      bytes: Uint8Array,
      sampleMs: number,
      onNote: (note: string) => void
    ) => Stream.Stream<VideoFrame, WireError>
    /** The sound of a recording or video in any container: mono samples. `note` says that a part could not be read. */
    readonly sound: (
      bytes: Uint8Array,
      sampleRate: number
    ) => Effect.Effect<{ readonly samples: Float32Array; readonly note: string }, WireError>
  }
>()("@sightline/engine/VideoFrames") {
  static readonly layer: Layer.Layer<VideoFrames, never, Settings> = Layer.effect(
    VideoFrames,
    Effect.gen(function* () {
      const { frameTimes, limits, workers } = yield* Settings
      const pool = yield* makeProcessPool<VideoOrder, VideoReply, void, ProcessFailed>({
        program: programBeside(import.meta.url, "video-program"),
        size: Math.min(maxProcesses, workers),
        permissions: {
          read: codeFolders(import.meta.url, [
            "@sightline/platform",
            "@sightline/core",
            "effect",
            "@sightline/plugin-video",
            "node-av",
            "mediabunny"
          ]),
          addons: true
        },
        isLast: ({ kind }) => kind === "end" || kind === "refused",
        prepare: (child) => Effect.asVoid(child.receive(startLimitMs))
      })
      const frames = (bytes: Uint8Array, sampleMs: number, onNote: (note: string) => void) =>
        Stream.callback<VideoFrame, WireError>(
          (queue) => {
            const job: VideoJob = {
              bytes,
              sampleMs,
              offsetMs: frameTimes === "middle" ? Math.floor(sampleMs / 2) : 0,
              maxMs: limits.videoSeconds * 1000,
              maxFrames: limits.videoFrames,
              maxPixels: limits.pixels,
              maxMemoryMiB
            }
            return pool
              .use((child) => decode(child, job, limits.decodeTimeoutMs, (frame) => Queue.offer(queue, frame), onNote))
              .pipe(
                Effect.catchTag("ProcessFailed", (failure) => Effect.fail(toWireError(failure))),
                Effect.matchEffect({
                  onFailure: (error) => Queue.fail(queue, error),
                  onSuccess: () => Queue.end(queue)
                })
              )
          },
          { bufferSize: 2 }
        )
      const sound = (bytes: Uint8Array, sampleRate: number) => {
        const job: SoundJob = {
          sound: bytes,
          sampleRate,
          maxMs: Math.floor((maxSamples / sampleRate) * 1000),
          maxMemoryMiB
        }
        return pool
          .use((child) => decodeSound(child, job, limits.decodeTimeoutMs))
          .pipe(Effect.catchTag("ProcessFailed", (failure) => Effect.fail(toWireError(failure))))
      }
      return VideoFrames.of({ frames, sound })
    })
  )
}

const maxProcesses = 2

/** Memory that decoding one video may add; few frames are in flight, whatever the length. */
const maxMemoryMiB = 400

const toWireError = ({ message, reason }: ProcessFailed): WireError => {
  switch (reason) {
    case "missing":
      return wireError(StatusCode.INTERNAL_SERVER_ISSUE, `the video decoder cannot be started: ${message}`)
    case "killed":
      return wireError(
        StatusCode.INPUT_OVER_LIMIT,
        `decoding the video needs more than ${maxMemoryMiB} MiB of memory; send a smaller one`
      )
    case "overran":
      return wireError(
        StatusCode.INPUT_FAILED,
        "decoding the video takes too long and was stopped; send a smaller or shorter one"
      )
    case "exit":
      return wireError(StatusCode.INPUT_FAILED, "decoding the video ended its process")
  }
}

/** Sends a recording to a process and collects its samples. */
const decodeSound = Effect.fnUntraced(function* (
  child: PoolProcess<VideoOrder, VideoReply>,
  job: SoundJob,
  limitMs: number
): Effect.fn.Return<{ readonly samples: Float32Array; readonly note: string }, WireError | ProcessFailed> {
  const parts: Array<Float32Array> = []
  child.send(job)
  let reply = yield* child.receive(startLimitMs)
  for (;;) {
    if (reply.kind === "sound") parts.push(reply.samples)
    if (reply.kind === "missing")
      return yield* wireError(
        StatusCode.INPUT_UNSUPPORTED_FORMAT,
        "the audio is not WAV, AIFF or FLAC; convert it to WAV first, or add the package @sightline/plugin-video to the engine"
      )
    if (reply.kind === "refused") return yield* wireError(reply.code, reply.details)
    if (reply.kind === "end") break
    // A few seconds of sound are decoded in a small part of the work that an image may take.
    reply = yield* child.receive(limitMs)
  }
  return { samples: joinSamples(parts), note: reply.note }
})

/** Sends a video to a process and passes on its frames. Waiting for `onFrame` is not counted as the decoder's work. */
const decode = Effect.fnUntraced(function* (
  child: PoolProcess<VideoOrder, VideoReply>,
  job: VideoJob,
  limitMs: number,
  onFrame: (frame: VideoFrame) => Effect.Effect<unknown>,
  onNote: (note: string) => void
): Effect.fn.Return<void, WireError | ProcessFailed> {
  let [startedMs, endMs]: [number, number | undefined] = [0, undefined]
  child.send(job)
  let reply = yield* child.receive(startLimitMs)
  for (;;) {
    switch (reply.kind) {
      case "missing":
        return yield* wireError(
          StatusCode.INPUT_UNSUPPORTED_FORMAT,
          "this engine cannot decode video; add the package @sightline/plugin-video (npm install @sightline/plugin-video)"
        )
      case "refused":
        return yield* wireError(reply.code, reply.details)
      case "end":
        if (reply.note !== "") onNote(reply.note)
        return
      case "ready":
      case "sound":
        break
      case "loaded":
        startedMs = child.workedMs()
        break
      case "open":
        endMs = reply.endMs
        break
      case "frame":
        yield* onFrame({ index: reply.index, timeMs: reply.timeMs, jpeg: new Uint8Array(reply.jpeg) })
        child.send("next")
        break
    }
    const workedMs = child.workedMs() - startedMs
    reply = yield* child.receive(allowanceMs({ limitMs, sampleMs: job.sampleMs, endMs, workedMs }))
  }
})
