// A video read and decoded in a child process: hostile files stop that process only.
import type { ByteSource } from "../bytes/byte-source.ts"
import type { SampleTables } from "../container/sample-tables.ts"
import type { Frame, FramesOptions } from "../sampling/frame.ts"
import type { Selection } from "../sampling/selection.ts"
import { abortable } from "../sampling/abortable.ts"
import type { PartLimits } from "../split/cut-points.ts"
import { splitTables, type VideoPart } from "../split/split-video.ts"
import { takeProcess, toProcessError } from "./decoder-processes.ts"
import { DecoderSession, type Item } from "./decoder-session.ts"
import type { OpenOptions, OpenVideo } from "./open-video.ts"

/** Memory that a process may take for a video. */
const defaultMemoryMiB = 512
/** Files of up to this size are handed over whole. */
const inlineBytes = 1024 * 1024
/** Frames on their way to this process take about this much memory at most. */
const aheadBytes = 16 * 1024 * 1024

const start = async (signal: AbortSignal | undefined) => {
  try {
    return await takeProcess(signal)
  } catch (cause) {
    if (signal?.aborted === true) throw signal.reason
    throw toProcessError(cause, { limitMs: 0, memoryMiB: 0 })
  }
}

/** Frames as they arrive; one without bytes has those of the frame before. */
const unpackFrames = () => {
  let last = new Uint8Array(0)
  return (item: Item): Frame => {
    if (!("timeMs" in item)) throw new TypeError("the decoder process sent something other than a frame")
    const { bytes, ...rest } = item
    // what arrives is a view of a message that may hold other frames
    if (bytes !== undefined) last = new Uint8Array(bytes)
    return { ...rest, bytes: last }
  }
}

/** A part with its own memory. */
const unpackPart = (item: Item): VideoPart => {
  if (!("fromMs" in item)) throw new TypeError("the decoder process sent something other than a part")
  return { ...item, bytes: new Uint8Array(item.bytes) }
}

/** Opens a video in a decoder process. The signal ends that process, however long the video stays open. */
export const openIsolated = async (bytes: ByteSource, options: OpenOptions): Promise<OpenVideo> => {
  const { maxPixels, memoryMiB = defaultMemoryMiB, signal, track } = options
  const child = await start(signal)
  const session = new DecoderSession(child, bytes, memoryMiB)
  const onAbort = () => session.end(signal?.reason)
  try {
    const opened = await session.ask(
      {
        work: "open",
        sizeBytes: bytes.sizeBytes,
        far: bytes.far,
        ...(bytes.sizeBytes <= inlineBytes && !bytes.far ? { bytes: await bytes.read(0, bytes.sizeBytes) } : {}),
        options: { ...(track === undefined ? {} : { track }), ...(maxPixels === undefined ? {} : { maxPixels }) },
        memoryMiB
      },
      signal
    )
    signal?.addEventListener("abort", onAbort, { once: true })
    let tables: Promise<SampleTables | undefined> | undefined
    const { height, width } = opened.track.info
    const frames = (selection: Selection, { choose, limits, render, signal: stop }: FramesOptions) => {
      const frameBytes = width * height * (render.form === "rgb" ? 3 : 0.2)
      const credits = Math.max(1, Math.min(8, Math.floor(aheadBytes / frameBytes)))
      const optional = { ...(limits && { limits }), ...(choose && { choose }) }
      const work = { work: "frames", selection, render, credits, ...optional } as const
      return abortable(stop, (left) => session.items(work, unpackFrames(), left))
    }
    async function* parts(limits: PartLimits, left: AbortSignal): AsyncGenerator<VideoPart, void> {
      // by tables this process can copy the bytes itself
      tables ??= opened.hasTables ? session.ask({ work: "tables" }) : Promise.resolve(undefined)
      const known = await tables
      if (known !== undefined) return yield* splitTables(bytes, known, limits, opened.track.originUs)
      yield* session.items({ work: "parts", limits, credits: 1 }, unpackPart, left)
    }
    return {
      bytes,
      track: { ...opened.track, endUs: () => session.ask({ work: "endUs" }) },
      canSplit: opened.canSplit,
      frames,
      parts: (limits, { signal: stop } = {}) => abortable(stop, (left) => parts(limits, left)),
      countFrames: (selection) => session.ask({ work: "count", selection }),
      close: async () => {
        signal?.removeEventListener("abort", onAbort)
        await session.close()
        await bytes.close()
      }
    }
  } catch (cause) {
    await session.close()
    throw cause
  }
}
