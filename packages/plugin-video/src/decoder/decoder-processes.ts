// Decoder processes: started when a video is opened, a few kept for the next one.
import { run } from "@sightline/core/plugin"
import {
  codeFolders,
  makeStarter,
  type OwnedProcess,
  ProcessFailed,
  programBeside
} from "@sightline/platform/process-pool"
import * as Effect from "effect/Effect"
import { damagedAtStart, type VideoError, VideoTooLarge, VideoUnsupported } from "../errors.ts"
import type { FromProcess, ToProcess } from "./process-messages.ts"

/** A decoder process. */
export type DecoderProcess = OwnedProcess<ToProcess, FromProcess>

/** Processes kept for the next video. Each takes about 60 MiB while it rests. */
const maxIdle = 2

const idle: Array<DecoderProcess> = []

/** Packages whose code the program reads. */
const packages = ["@sightline/platform", "@sightline/core", "effect", "mediabunny", "node-av"]

/** Work until the program is loaded, in milliseconds. */
const startLimitMs = 20_000

const makeStart = () =>
  makeStarter<ToProcess, FromProcess, void, ProcessFailed>({
    program: programBeside(import.meta.url, "decoder-program"),
    permissions: { read: codeFolders(import.meta.url, packages), addons: true },
    isLast: ({ kind }) => kind === "closed",
    prepare: (child) => Effect.asVoid(child.receive(startLimitMs))
  })

let start: ReturnType<typeof makeStart> | undefined

/** Starts a process that may read its code and load node-av, and nothing else: a video's bytes are sent to it. */
const startOne = async (signal: AbortSignal | undefined): Promise<DecoderProcess> =>
  (await run((start ??= makeStart()), signal === undefined ? {} : { signal })).child

/** Takes a process that rests, or starts one. An abort ends the start, and rejects with the signal's reason. */
export const takeProcess = async (signal?: AbortSignal): Promise<DecoderProcess> => {
  for (let child = idle.pop(); child !== undefined; child = idle.pop()) {
    if (!child.isAlive()) continue
    child.setBusy(true)
    return child
  }
  return startOne(signal)
}

/** Gives a process back: it is kept if its video was closed in order, and killed otherwise. */
export const giveProcess = (child: DecoderProcess): void => {
  if (!child.isAlive() || !child.isAtRest() || idle.length >= maxIdle) return child.kill()
  child.setBusy(false)
  idle.push(child)
}

/** What a failure of the process means for the video. */
export const toProcessError = (
  cause: unknown,
  { limitMs, memoryMiB }: { readonly limitMs: number; readonly memoryMiB: number }
): VideoError => {
  if (!(cause instanceof ProcessFailed))
    return new VideoUnsupported({
      reason: "no-decoder",
      detail: cause instanceof Error ? cause.message : String(cause)
    })
  switch (cause.reason) {
    case "missing":
      return new VideoUnsupported({ reason: "no-decoder", detail: cause.message })
    case "overran":
      return new VideoTooLarge({ limit: "work", allowed: limitMs, found: limitMs })
    case "killed":
      return new VideoTooLarge({ limit: "memory", allowed: memoryMiB, found: memoryMiB })
    case "exit":
      return damagedAtStart("corrupt", `decoding stopped: ${cause.message}`)
  }
}
