// Decodes the frames of a selection: plans jobs, runs several at once, yields the frames in order.
import type { LocalVideo } from "../decoder/local-video.ts"
import { VideoDamaged, VideoTooLarge } from "../errors.ts"
import type { PictureDecoder, Rendered } from "../picture/picture.ts"
import { inOrder, type Worker } from "./bounded-queue.ts"
import { makeChoice } from "./choose.ts"
import type { Frame, FramesOptions } from "./frame.ts"
import { type Job, planJobs } from "./decode-jobs.ts"
import { makePace, type Pace } from "./pace.ts"
import { type Health, newHealth, noteRestart, runJob } from "./run-decode-job.ts"
import { momentsOf, type Selection } from "./selection.ts"

/** A picture as the jobs push it. */
interface Pushed {
  readonly atUs: number
  readonly ptsUs: number
  readonly rendered: Rendered
}

const longGopUs = 30_000_000
const aheadBytes = 16 * 1024 * 1024

/** The number of decoders: one more than cores, since they wait for JavaScript, and fewer for large pictures. */
const laneCount = (video: LocalVideo, options: FramesOptions): number => {
  if (video.track.access === "sequential" || options.choose !== undefined) return 1
  const pictureBytes = video.track.info.codedWidth * video.track.info.codedHeight * 1.5
  const fitting = Math.floor((96 * 1024 * 1024) / (pictureBytes * 8 + 1))
  return Math.max(1, Math.min(video.cores + 1, 6, fitting))
}

const makeWorker = (
  video: LocalVideo,
  health: Health,
  options: FramesOptions,
  lanes: number,
  pace: Pace
): Worker<Job, Pushed> => {
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
  const choice = options.choose === undefined ? undefined : makeChoice(options.choose)
  const run = async (job: Job, push: (item: Pushed) => Promise<boolean>): Promise<void> => {
    let last: Pushed | undefined
    let leftOut: number | undefined
    await runJob(video.track, job, await decoderFor(job), health, pace, async ({ atUs, picture, ptsUs }) => {
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

const damage = (video: LocalVideo, health: Health, frames: number): VideoDamaged | undefined => {
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

/** A file holds no more packets than bytes; packets that two jobs both look at count twice. */
const packetBound = (video: LocalVideo): number => 2 * video.bytes.sizeBytes + 10_000

/**
 * The frames of a selection, in order, decoded as they are taken. Leaving the iteration stops the decoding and frees
 * its memory. `onAdvance` is called for every packet that was worked on.
 *
 * @throws the typed error of the video after the last frame that was readable, or `signal.reason`
 */
export async function* decodeSelection(
  video: LocalVideo,
  selection: Selection,
  options: FramesOptions,
  onAdvance: () => void = () => {}
): AsyncGenerator<Frame, void> {
  const { limits = {} } = options
  const health = newHealth()
  const lanes = laneCount(video, options)
  let packets = 0
  const pace = makePace(options.signal, () => {
    if (++packets > packetBound(video))
      throw new VideoDamaged({
        reason: "corrupt",
        endedAtMs: Math.max(0, (health.lastPictureUs - video.track.originUs) / 1000),
        frames: index,
        detail: "it lists more pictures than it has bytes"
      })
    onAdvance()
  })
  const workers = Array.from({ length: lanes }, () => makeWorker(video, health, options, lanes, pace))
  const { height, width } = video.track.info
  const frameBytes = width * height * (options.render.form === "rgb" ? 3 : 0.2)
  const capacity = Math.max(2, Math.min(32, Math.floor(aheadBytes / lanes / frameBytes)))
  const { originUs } = video.track
  const offsetMs = (momentsOf(selection)?.offsetUs ?? 0) / 1000
  let index = 0
  const jobs = planJobs(video.track, selection, pace, (us) => noteRestart(health, us))
  for await (const { atUs, ptsUs, rendered } of inOrder(jobs, workers, capacity)) {
    const timeMs = Math.round((atUs - originUs) / 1000)
    if (limits.frames !== undefined && index >= limits.frames)
      throw new VideoTooLarge({ limit: "frames", allowed: limits.frames, found: index + 1 })
    if (limits.ms !== undefined && timeMs - offsetMs > limits.ms)
      throw new VideoTooLarge({ limit: "ms", allowed: limits.ms, found: timeMs })
    yield { index: index++, timeMs, frameTimeMs: Math.round((ptsUs - originUs) / 1000), ...rendered }
    await pace.step()
  }
  if (selection.kind === "at" && selection.timesMs.length === 0) return
  const damaged = damage(video, health, index)
  if (damaged !== undefined) throw damaged
}
