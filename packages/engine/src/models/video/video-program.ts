/** The program of a process that decodes videos, one after the other. */
import { StatusCode } from "@sightline/core/status"
import { limitMemory, onMessage, reply } from "@sightline/platform/child"
import { isMissingPackage } from "@sightline/platform/missing-package"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type * as Plugin from "@sightline/plugin-video"
import { importOptional } from "../../optional-import.ts"
import { joinSamples } from "./join-samples.ts"
import type { SoundJob, VideoJob, VideoOrder, VideoReply } from "./video-messages.ts"

const send = (message: VideoReply): void => reply(message)

/** Thrown where a video is refused; sent as a `refused` reply. */
class Refused extends Error {
  readonly code: number
  constructor(code: number, details: string) {
    super(details)
    this.code = code
  }
}

const pluginName = "@sightline/plugin-video"

const load = async () => {
  try {
    return await importOptional<typeof Plugin>(pluginName)
  } catch (cause) {
    if (isMissingPackage(cause, pluginName)) return undefined
    throw cause
  }
}

/** Waits until the engine takes a frame, so that frames do not pile up between the processes. */
const untilTaken = (): Promise<void> =>
  new Promise((resolve) => {
    const onNext = (word: unknown) => {
      if (word !== "next") return
      process.off("message", onNext)
      resolve()
    }
    process.on("message", onNext)
  })

/** The status code for each error of the plugin. */
const codeOf = (error: { readonly _tag: string }): number =>
  ({
    VideoTooLarge: StatusCode.INPUT_OVER_LIMIT,
    VideoUnsupported: StatusCode.INPUT_UNSUPPORTED_FORMAT,
    VideoDamaged: StatusCode.ALL_INPUT_INVALID_BYTES,
    VideoSourceError: StatusCode.INPUT_FAILED
  })[error._tag] ?? StatusCode.INPUT_FAILED

const decode = async (job: VideoJob): Promise<void> => {
  if (plugin === undefined) return send({ kind: "missing" })
  send({ kind: "loaded" })
  let shown = 0
  const work = Effect.gen(function* () {
    const decoder = yield* plugin.Decoder
    const video = yield* decoder.open(job.bytes, { maxPixels: job.maxPixels })
    const endMs = (yield* Effect.promise(() => video.track.endUs())) / 1000
    if (endMs > job.maxMs)
      throw new Refused(
        StatusCode.INPUT_OVER_LIMIT,
        `the video lasts ${Math.round(endMs)} ms; at most ${job.maxMs} are taken`
      )
    const count = Math.max(1, Math.ceil(endMs / job.sampleMs))
    if (count > job.maxFrames)
      throw new Refused(
        StatusCode.INPUT_OVER_LIMIT,
        `${count} frames of one video; at most ${job.maxFrames} are taken, ask for a larger sample_ms`
      )
    send({ kind: "open", frames: count, endMs })
    const nominal = Array.from({ length: count }, (_, index) => index * job.sampleMs + job.offsetMs)
    // The middle of the last interval may lie after the end; the last picture is on screen then.
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
        const next = untilTaken()
        send({ kind: "frame", index: frame.index, timeMs: nominal[frame.index] ?? 0, jpeg: frame.bytes })
        shown++
        await next
      })
    )
  })
  const error = await Effect.runPromise(
    Effect.scoped(work).pipe(
      Effect.provide(plugin.Decoder.layerInProcess),
      Effect.as(undefined),
      Effect.catch((error) => Effect.succeed(error))
    )
  )
  if (error === undefined) return send({ kind: "end", note: "" })
  // A video that breaks off is answered with the frames before that.
  if (error._tag === "VideoDamaged" && shown > 0) return send({ kind: "end", note: error.message })
  send({ kind: "refused", code: codeOf(error), details: error.message })
}

/** Samples of one message: a few seconds. */
const samplesAtOnce = 160_000

const decodeSound = async ({ maxMs, sampleRate, sound }: SoundJob): Promise<void> => {
  if (plugin === undefined) return send({ kind: "missing" })
  send({ kind: "loaded" })
  let [parts, count, total]: [Array<Float32Array>, number, number] = [[], 0, 0]
  const pass = () => {
    if (count > 0) send({ kind: "sound", samples: joinSamples(parts) })
    ;[parts, count] = [[], 0]
  }
  try {
    const decoded = plugin.decodeSound(sound, { maxMs, sampleRate })
    let next = await decoded.next()
    for (; next.done !== true; next = await decoded.next()) {
      parts.push(next.value)
      count += next.value.length
      total += next.value.length
      if (count >= samplesAtOnce) pass()
    }
    pass()
    const seconds = Math.round(total / sampleRate)
    send({
      kind: "end",
      note: next.value.cutShort ? `the audio is damaged; ${seconds} seconds of it were readable` : ""
    })
  } catch (cause) {
    if (!(cause instanceof Error && "_tag" in cause && typeof cause._tag === "string")) throw cause
    const details = "detail" in cause ? `the audio cannot be used: ${String(cause.detail)}` : cause.message
    send({ kind: "refused", code: codeOf({ _tag: cause._tag }), details })
  }
}

// Loaded before the process is ready: one that may not read the plugin fails to start, which its pool knows how to repair.
const plugin = await load()

onMessage((message) => {
  const order = message as VideoOrder // only the engine sends messages
  if (order === "next") return
  const stopLimit = limitMemory(order.maxMemoryMiB)
  const work = "sound" in order ? decodeSound(order) : decode(order)
  work
    .catch((cause: unknown) =>
      send(
        cause instanceof Refused
          ? { kind: "refused", code: cause.code, details: cause.message }
          : {
              kind: "refused",
              code: StatusCode.INPUT_FAILED,
              details: cause instanceof Error ? cause.message : String(cause)
            }
      )
    )
    .finally(stopLimit)
})
send({ kind: "ready" })
