/** Pictures of a clip's frames, decoded by plugin-video where it is installed. */
import type { Media } from "@sightline/core"
import type * as Video from "@sightline/plugin-video"

/** A frame of a clip as an encoded picture. */
export interface ClipFrame {
  readonly timeMs: number
  readonly bytes: Uint8Array
}

/** Most pictures of one clip that a report shows. */
export const mostFrames = 24

/** Which of `count` frames get a picture: all of few, else evenly spaced, the first and the last among them. */
export const picturedFrames = (count: number): ReadonlyArray<number> =>
  count <= mostFrames
    ? Array.from({ length: count }, (_, i) => i)
    : Array.from({ length: mostFrames }, (_, i) => Math.round((i * (count - 1)) / (mostFrames - 1)))

type VideoPackage = typeof Video

const loadVideo = async (): Promise<VideoPackage | undefined> => {
  try {
    return await import("@sightline/plugin-video")
  } catch {
    return undefined
  }
}

/** The step to sample with, so that each of these times is near a sampled one. Within the decoder's bounds. */
const stepFor = (timesMs: ReadonlyArray<number>): number => {
  const gaps = timesMs.slice(1).map((time, i) => time - (timesMs[i] ?? 0))
  const least = Math.min(...gaps.filter((gap) => gap > 0), 60_000)
  return Math.max(100, Math.min(60_000, Math.round(least)))
}

const inputOf = ({ source }: Media): Parameters<VideoPackage["decodeFrames"]>[0] | undefined => {
  switch (source.from) {
    case "file":
      return { path: source.path }
    case "bytes":
      return source.bytes
    case "blob":
      return source.blob
    default:
      // an address is the service's to read, and a stream was read already
      return undefined
  }
}

/** The kind of a failure, without words that may name a file. */
const tagOf = (cause: unknown): string =>
  typeof cause === "object" && cause !== null && "_tag" in cause ? ` (${String(cause._tag)})` : ""

/** What became of a clip's frames: those that could be decoded, in order of time, and why others are missing. */
export interface ClipFrames {
  readonly frames: ReadonlyArray<ClipFrame>
  readonly problem?: string
}

/** Decodes the frames on screen at these times, given in milliseconds and ascending. */
export const clipFrames = async (
  media: Media,
  timesMs: ReadonlyArray<number>,
  maxSide: number
): Promise<ClipFrames> => {
  const input = inputOf(media)
  if (input === undefined) return { frames: [], problem: "the clip was read by the service, not here" }
  if (timesMs.length === 0) return { frames: [], problem: "the answer has no frames" }
  const video = await loadVideo()
  if (video === undefined)
    return { frames: [], problem: "install @sightline/plugin-video beside @sightline/report to see frames of clips" }
  const everyMs = stepFor(timesMs)
  const [first = 0] = timesMs
  const last = timesMs.at(-1) ?? 0
  const found: Array<ClipFrame> = []
  let next = 0
  try {
    const fromMs = Math.max(0, first)
    const frames = video.decodeFrames(input, { everyMs, fromMs, toMs: last + 1, maxSide, quality: 90 })
    for await (const frame of frames) {
      const wanted = timesMs[next]
      if (wanted === undefined) break
      if (frame.timeMs + everyMs / 2 < wanted) continue
      found.push({ timeMs: wanted, bytes: frame.bytes })
      next++
    }
  } catch (cause) {
    return { frames: found, problem: `the clip cannot be decoded${tagOf(cause)}` }
  }
  return { frames: found }
}
