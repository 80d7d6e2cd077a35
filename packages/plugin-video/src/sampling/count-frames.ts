// The number of frames of a selection, for plans: counted without decoding where possible.
import type { LocalVideo } from "../decoder/local-video.ts"
import { planJobs } from "./decode-jobs.ts"
import { makePace } from "./pace.ts"
import { offsetMsOf, type Selection } from "./selection.ts"

/** The number of frames that a selection gives; undefined if it is known only after decoding. */
export const countFrames = async ({ track }: LocalVideo, selection: Selection): Promise<number | undefined> => {
  if (track.access === "sequential" || selection.kind === "all") return undefined
  if (selection.kind === "at") return selection.timesMs.length
  if (selection.kind === "keyframes") {
    const pace = makePace(undefined)
    let count = 0
    for await (const job of planJobs(track, selection, pace, () => {})) {
      count += Number(job.kind === "key")
      await pace.step()
    }
    return count
  }
  const { everyMs, frameTimes = "start", fromMs, toMs } = selection
  // steps that the clip begins, and of those the ones whose moment is in the range
  const steps =
    Math.min((await track.endUs()) / 1000 - fromMs, toMs - fromMs - offsetMsOf(frameTimes, everyMs)) / everyMs
  return Math.max(0, Math.ceil(steps))
}
