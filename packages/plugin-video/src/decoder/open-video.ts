// Opens videos: finds their bytes, then reads and decodes them in a child process, or in this one.
import { type ByteSource, type ByteSourceOptions, openBytes, type VideoInput } from "../bytes/byte-source.ts"
import { sniff } from "@sightline/platform/sniff"
import { VideoUnsupported } from "../errors.ts"
import type { Frame, FramesOptions } from "../sampling/frame.ts"
import { makeProgress } from "../sampling/progress.ts"
import type { Selection } from "../sampling/selection.ts"
import { abortable } from "../sampling/abortable.ts"
import type { PartLimits } from "../split/cut-points.ts"
import type { VideoPart } from "../split/split-video.ts"
import type { TrackInfo } from "../track/track.ts"
import type { LocalOptions } from "./local-video.ts"
import { openInProcess } from "./video-in-process.ts"

/**
 * What is known of the track that was opened. Times are microseconds; `originUs` is when the first picture is shown on the
 * container's timeline, and every other time counts from there.
 */
export interface OpenTrack {
  readonly info: TrackInfo
  /** Whether any picture can be reached by its time, or pictures are only read from the start. */
  readonly access: "random" | "sequential"
  readonly originUs: number
  /** Where the container says that the last picture ends; undefined if it does not say. */
  readonly statedEndUs: number | undefined
  /** Where the last picture really ends. */
  readonly endUs: () => Promise<number>
}

/** A video that can be read. `close` frees the reader, the process it runs in, and what was spooled. */
export interface OpenVideo {
  readonly bytes: ByteSource
  readonly track: OpenTrack
  /** Whether it can be split by copying. */
  readonly canSplit: boolean
  readonly frames: (selection: Selection, options: FramesOptions) => AsyncGenerator<Frame, void>
  readonly parts: (limits: PartLimits, options?: { readonly signal?: AbortSignal }) => AsyncGenerator<VideoPart, void>
  /** How many frames a selection gives; undefined if it is known only after decoding. */
  readonly countFrames: (selection: Selection) => Promise<number | undefined>
  readonly close: () => Promise<void>
}

/**
 * How a video is opened.
 *
 * `isolate`: whether it is read and decoded in a child process, which is killed if it stops making progress, takes too
 * much memory or is no longer wanted. `memoryMiB`: memory that the process may take for it.
 */
export interface OpenOptions extends ByteSourceOptions, LocalOptions {
  /** @default true in Node, false elsewhere */
  readonly isolate?: boolean
  /** @default 512 */
  readonly memoryMiB?: number
}

/** Node itself: Bun and Deno name themselves too. */
const isNode = (): boolean =>
  typeof process !== "undefined" &&
  process.versions?.node !== undefined &&
  !("Bun" in globalThis) &&
  !("Deno" in globalThis)

/** Refuses at once what shows by its first bytes that it holds no video. */
const checkType = async (bytes: ByteSource): Promise<void> => {
  if (bytes.sizeBytes === 0) throw new VideoUnsupported({ reason: "empty", detail: "it has no bytes" })
  const type = sniff(await bytes.read(0, Math.min(bytes.sizeBytes, 4096))) ?? ""
  // an MP4 file that says it is audio may hold pictures all the same
  if (type.startsWith("audio/") && type !== "audio/mp4")
    throw new VideoUnsupported({
      reason: "no-video-track",
      detail: `it contains no pictures (${type}); send it as audio, or send another file`
    })
  if (type.startsWith("image/") && !animated.has(type))
    throw new VideoUnsupported({
      reason: "not-a-video",
      detail: `no known video container begins like this: it is a picture (${type})`
    })
}

/** Images that are read as videos. */
const animated = new Set(["image/gif", "image/avif", "image/heic"])

const openReader = async (bytes: ByteSource, options: OpenOptions): Promise<OpenVideo> => {
  await checkType(bytes)
  if (!(options.isolate ?? isNode())) return openInProcess(bytes, options)
  const { openIsolated } = await import("./isolated-video.ts")
  return openIsolated(bytes, options)
}

/**
 * Opens a video. Nothing stays open if it fails.
 *
 * @throws the typed errors of videos, or `signal.reason`
 */
export const openVideo = async (input: VideoInput, options: OpenOptions = {}): Promise<OpenVideo> => {
  options.signal?.throwIfAborted()
  const bytes = await openBytes(input, options)
  try {
    return await openReader(bytes, options)
  } catch (cause) {
    await bytes.close()
    throw cause
  }
}

/**
 * The frames of a selection, in order, decoded as they are taken. Leaving the loop stops the decoding and frees its memory.
 *
 * @throws the typed error of the video after the last frame that was readable, or `signal.reason`
 */
export const sampleFrames = (
  video: OpenVideo,
  selection: Selection,
  options: FramesOptions
): AsyncGenerator<Frame, void> =>
  abortable(options.signal, async function* (signal) {
    const { onProgress, ...rest } = options
    const { statedEndUs } = video.track
    const totalMs = Math.min(
      "toMs" in selection ? selection.toMs : Infinity,
      statedEndUs === undefined ? Infinity : statedEndUs / 1000
    )
    const progress = makeProgress(Number.isFinite(totalMs) ? totalMs : undefined, () => performance.now())
    for await (const frame of video.frames(selection, { ...rest, signal })) {
      onProgress?.(progress(frame.timeMs))
      yield frame
    }
  })

/**
 * Parts of a video under `limits`, made as they are taken; memory holds one part.
 *
 * @throws `VideoTooLarge` of the limit `part` if its key pictures are too far apart, `VideoUnsupported` if its pictures
 * cannot be copied, `VideoDamaged` where the file ends early
 */
export const splitVideo = (video: OpenVideo, limits: PartLimits): AsyncGenerator<VideoPart, void> =>
  abortable(undefined, (signal) => video.parts(limits, { signal }))
