// Frames of a video as they are asked for: plans the jobs, runs several at once, hands the frames over in order.
import type { OpenVideo } from "../decoder/open-video.ts"
import { VideoDamaged, VideoTooLarge } from "../errors.ts"
import type { PictureDecoder, Rendered, RenderOptions } from "../picture/picture.ts"
import { makeProgress, type Progress } from "./progress.ts"
import { inOrder, type Worker } from "./channel.ts"
import type { MakeChoice } from "./choose.ts"
import { type Job, planJobs } from "./job.ts"
import { type Health, newHealth, runJob } from "./run-job.ts"
import { momentsOf, type Selection } from "./selection.ts"

/**
 * One frame of a video, upright, with square pixels.
 *
 * `index` counts the frames of the answer from 0. `timeMs` is the moment asked for (the picture's own time for keyframes
 * and whole spans); `frameTimeMs` is when the picture that is on screen then came there. Both are milliseconds from the
 * first frame of the video. `bytes` is a JPEG file, or packed RGB of `width * height * 3` bytes.
 */
export interface Frame {
  readonly index: number
  readonly timeMs: number
  readonly frameTimeMs: number
  readonly width: number
  readonly height: number
  readonly form: "jpeg" | "rgb"
  readonly bytes: Uint8Array
}

/** Bounds of one answer; passing one ends it with `VideoTooLarge` after the frames before it. */
export interface FrameLimits {
  readonly frames?: number
  readonly ms?: number
}

/** A picture as the jobs push it. */
interface Pushed {
  readonly atUs: number
  readonly ptsUs: number
  readonly rendered: Rendered
}

export interface FramesOptions {
  readonly render: RenderOptions
  readonly limits?: FrameLimits
  /** Keep only some of the pictures; they then come one after the other, on one decoder. */
  readonly choose?: MakeChoice
  readonly onProgress?: (progress: Progress) => void
}

const longGopUs = 30_000_000
const aheadBytes = 16 * 1024 * 1024

/** How many decoders at once: one more than cores (they wait for each other's JavaScript), fewer for large pictures. */
const laneCount = (video: OpenVideo, options: FramesOptions): number => {
  if (video.track.access === "sequential" || options.choose !== undefined) return 1
  const pictureBytes = video.track.info.codedWidth * video.track.info.codedHeight * 1.5
  const fitting = Math.floor((96 * 1024 * 1024) / (pictureBytes * 8 + 1))
  return Math.max(1, Math.min(video.cores + 1, 6, fitting))
}

const makeWorker = (video: OpenVideo, health: Health, options: FramesOptions, lanes: number): Worker<Job, Pushed> => {
  let decoder: { readonly pictures: PictureDecoder; readonly threads: number } | undefined
  const decoderFor = async (job: Job): Promise<PictureDecoder> => {
    // jobs share the cores; a long one, or one that is alone, gets them all
    const threads = lanes === 1 || job.gopUs > longGopUs ? Math.min(video.cores, 4) : 1
    if (decoder?.threads === threads) return decoder.pictures
    decoder?.pictures.close()
    decoder = undefined
    decoder = { pictures: await video.makeDecoder(threads), threads }
    return decoder.pictures
  }
  const choice = options.choose?.()
  const run = async (job: Job, push: (item: Pushed) => Promise<boolean>): Promise<void> => {
    let last: Pushed | undefined
    let leftOut: number | undefined
    await runJob(video.track, job, await decoderFor(job), health, async ({ atUs, picture, ptsUs }) => {
      if (ptsUs === leftOut) return true
      if (last?.ptsUs === ptsUs) return choice !== undefined || push({ ...last, atUs })
      if (choice !== undefined && !choice.keep(await picture.tiny(choice.side, choice.side))) {
        leftOut = ptsUs
        return true
      }
      last = { atUs, ptsUs, rendered: await picture.render(options.render) }
      return push(last)
    })
  }
  return { run, close: () => decoder?.pictures.close() }
}

const damage = (video: OpenVideo, health: Health, frames: number): VideoDamaged | undefined => {
  const { originUs, statedEndUs } = video.track
  const truncated = health.truncated || video.track.cutShort
  const blank = health.lastPictureUs === Number.NEGATIVE_INFINITY
  if (!truncated && !blank && health.problems === 0) return undefined
  const ended = Math.max(0, (health.lastPictureUs - originUs) / 1000)
  return new VideoDamaged({
    reason: truncated ? "truncated" : "corrupt",
    endedAtMs: Number.isFinite(ended) ? ended : 0,
    ...(Number.isFinite(health.firstProblemUs) ? { firstDamageMs: (health.firstProblemUs - originUs) / 1000 } : {}),
    ...(statedEndUs === undefined ? {} : { expectedEndMs: statedEndUs / 1000 }),
    frames,
    detail:
      health.detail === ""
        ? truncated
          ? "the file is shorter than it says"
          : "not one picture in it can be decoded"
        : health.detail
  })
}

/**
 * The frames of a selection, in order, decoded as they are taken. Leaving the iteration stops the decoding and frees
 * what it holds. Fails with a typed error after the last frame that was readable.
 */
export async function* sampleFrames(
  video: OpenVideo,
  selection: Selection,
  options: FramesOptions
): AsyncGenerator<Frame, void> {
  const { limits = {}, onProgress } = options
  const health = newHealth()
  const lanes = laneCount(video, options)
  const workers = Array.from({ length: lanes }, () => makeWorker(video, health, options, lanes))
  const { height, width } = video.track.info
  const frameBytes = width * height * (options.render.form === "rgb" ? 3 : 0.2)
  const capacity = Math.max(2, Math.min(32, Math.floor(aheadBytes / lanes / frameBytes)))
  const { originUs, statedEndUs } = video.track
  const toMs = "toMs" in selection ? selection.toMs : Infinity
  const statedMs = statedEndUs === undefined ? Infinity : statedEndUs / 1000
  const totalMs = Math.min(toMs, statedMs)
  const progress = makeProgress(Number.isFinite(totalMs) ? totalMs : undefined, () => performance.now())
  const offsetMs = (momentsOf(selection)?.offsetUs ?? 0) / 1000
  let index = 0
  for await (const { atUs, ptsUs, rendered } of inOrder(planJobs(video.track, selection), workers, capacity)) {
    const timeMs = Math.round((atUs - originUs) / 1000)
    if (limits.frames !== undefined && index >= limits.frames)
      throw new VideoTooLarge({ limit: "frames", allowed: limits.frames, found: index + 1 })
    if (limits.ms !== undefined && timeMs - offsetMs > limits.ms)
      throw new VideoTooLarge({ limit: "ms", allowed: limits.ms, found: timeMs })
    onProgress?.(progress(timeMs))
    yield { index: index++, timeMs, frameTimeMs: Math.round((ptsUs - originUs) / 1000), ...rendered }
  }
  if (selection.kind === "at" && selection.timesMs.length === 0) return
  const damaged = damage(video, health, index)
  if (damaged !== undefined) throw damaged
}
