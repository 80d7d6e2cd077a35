// The program of a decoder process: opens one video at a time, whose bytes it asks its parent for, and works on it.
import { limitMemory, onMessage, reply } from "@sightline/platform/child"
import { type ByteSource, fromBytes } from "../bytes/byte-source.ts"
import type { Frame } from "../sampling/frame.ts"
import type { VideoPart } from "../split/split-video.ts"
import { fromErrorData, toErrorData } from "./error-data.ts"
import { type LocalVideo, openLocalVideo } from "./local-video.ts"
import type { OpenVideo } from "./open-video.ts"
import type { Answers, FrameItem, FromProcess, ToProcess, Work } from "./process-messages.ts"
import { toOpenVideo } from "./video-in-process.ts"

const say = (message: FromProcess): void => reply(message)

/** Reads on their way, by number. */
const reads = new Map<
  number,
  { readonly resolve: (bytes: Uint8Array) => void; readonly reject: (cause: unknown) => void }
>()
let readCount = 0

/** The parent's bytes, read over the channel. */
const remoteSource = (sizeBytes: number, far: boolean): ByteSource => ({
  sizeBytes,
  far,
  read: (start, end) =>
    new Promise((resolve, reject) => {
      const id = ++readCount
      reads.set(id, { resolve, reject })
      say({ kind: "read", id, start, end })
    }),
  close: async () => {}
})

let video: { readonly local: LocalVideo; readonly open: OpenVideo } | undefined
let stopLimit = () => {}

/** Requests at work: what stops each, and what waits for the parent to take items. */
interface Running {
  readonly stop: AbortController
  credits: number
  wake: (() => void) | undefined
}
const running = new Map<number, Running>()

const advanceMs = 200
let advancedMs = 0
/** At most a few messages a second report progress. */
const advance = (): void => {
  if (performance.now() - advancedMs < advanceMs) return
  advancedMs = performance.now()
  say({ kind: "advance" })
}

const openedVideo = () => {
  if (video === undefined) throw new TypeError("no video is open")
  return video
}

const open = async (work: Work & { readonly work: "open" }): Promise<Answers["open"]> => {
  stopLimit = limitMemory(work.memoryMiB)
  const source = work.bytes === undefined ? remoteSource(work.sizeBytes, work.far) : fromBytes(work.bytes)
  const local = await openLocalVideo(source, work.options)
  video = { local, open: toOpenVideo(local, advance) }
  const { access, info, originUs, statedEndUs } = local.track
  return {
    track: { access, info, originUs, statedEndUs },
    canSplit: video.open.canSplit,
    hasTables: local.track.access === "random" && local.track.tables !== undefined
  }
}

/** Sends items as far as the parent takes them. */
const sendItems = async <A>(id: number, items: AsyncGenerator<A, void>, pack: (item: A) => FrameItem | VideoPart) => {
  const state = running.get(id)
  if (state === undefined) return
  const aborted = new Promise<void>((resolve) => state.stop.signal.addEventListener("abort", () => resolve()))
  try {
    for (;;) {
      const next = await Promise.race([items.next(), aborted])
      if (next === undefined || next.done === true) return
      say({ kind: "item", id, item: pack(next.value) })
      state.credits--
      while (state.credits <= 0 && !state.stop.signal.aborted)
        await new Promise<void>((resolve) => {
          state.wake = resolve
        })
      if (state.stop.signal.aborted) return
    }
  } finally {
    await items.return()
  }
}

/** Frames that show the same picture share its bytes; those are sent once. */
const packFrames = () => {
  let last: Uint8Array | undefined
  return ({ bytes, ...rest }: Frame): FrameItem => {
    const again = bytes === last
    last = bytes
    return again ? rest : { ...rest, bytes }
  }
}

const close = async (): Promise<undefined> => {
  await video?.open.close()
  video = undefined
  stopLimit()
  return undefined
}

const perform = async (id: number, work: Work): Promise<Answers[keyof Answers]> => {
  switch (work.work) {
    case "open":
      return open(work)
    case "frames": {
      const { choose, limits, render, selection } = work
      const options = { render, ...(limits && { limits }), ...(choose && { choose }) }
      await sendItems(id, openedVideo().open.frames(selection, options), packFrames())
      return undefined
    }
    case "parts":
      await sendItems(id, openedVideo().open.parts(work.limits), (part) => part)
      return undefined
    case "endUs":
      return openedVideo().open.track.endUs()
    case "tables": {
      const { track, verifyTables } = openedVideo().local
      await verifyTables()
      return track.access === "random" ? track.tables : undefined
    }
    case "count":
      return openedVideo().open.countFrames(work.selection)
    case "close":
      return close()
  }
}

const begin = (id: number, work: Work): void => {
  running.set(id, { stop: new AbortController(), credits: "credits" in work ? work.credits : 0, wake: undefined })
  perform(id, work)
    .then(
      (answer) => say(work.work === "close" ? { kind: "closed", id } : { kind: "done", id, answer }),
      (cause: unknown) => say({ kind: "failed", id, error: toErrorData(cause) })
    )
    .finally(() => running.delete(id))
}

const wake = (state: Running | undefined): void => {
  state?.wake?.()
}

/** Messages come from this package's own session. */
const handle = (message: ToProcess): void => {
  switch (message.kind) {
    case "work":
      return begin(message.id, message.work)
    case "credit": {
      const state = running.get(message.id)
      if (state !== undefined) state.credits++
      return wake(state)
    }
    case "stop": {
      const state = running.get(message.id)
      state?.stop.abort()
      return wake(state)
    }
    case "bytes":
      reads.get(message.id)?.resolve(message.bytes)
      reads.delete(message.id)
      return undefined
    case "unreadable":
      reads.get(message.id)?.reject(fromErrorData(message.error))
      reads.delete(message.id)
      return undefined
  }
}

onMessage((message) => handle(message as ToProcess))
say({ kind: "ready" })
