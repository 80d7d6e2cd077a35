// The work of decoding a selection, divided at key pictures into independent jobs.
import { isRestart, type OnRestart } from "../track/restart.ts"
import type { Packet, RandomTrack, Track } from "../track/track.ts"
import type { Pace } from "./pace.ts"
import { momentsOf, type Moments, type Selection } from "./selection.ts"

/**
 * One run of the decoder, from a key packet on. Times are on the container's timeline.
 *
 * - `moments`: the pictures on screen at moments `fromIndex` to `toIndex` (exclusive).
 * - `span`: every picture of `[fromUs, toUs)`.
 * - `key`: the picture of `start` alone.
 *
 * `start` is undefined for tracks that are only read from their start: then there is one job.
 */
export type Job = { readonly start: Packet | undefined; readonly lastOfTrack: boolean; readonly gopUs: number } & (
  | { readonly kind: "moments"; readonly moments: Moments; readonly fromIndex: number; readonly toIndex: number }
  | { readonly kind: "span"; readonly fromUs: number; readonly toUs: number }
  | { readonly kind: "key"; readonly fromUs: number; readonly toUs: number }
)

/** The jobs that answer a selection, in order, planned as they are taken. */
export const planJobs = (
  track: Track,
  selection: Selection,
  pace: Pace,
  onRestart: OnRestart
): AsyncGenerator<Job, void> => {
  const moments = momentsOf(selection)
  if (track.access === "sequential") return planWhole(track.originUs, selection, moments)
  if (moments !== undefined) return planMoments(track, moments, pace, onRestart)
  if (selection.kind === "keyframes" || selection.kind === "all") return planPictures(track, selection, pace, onRestart)
  throw new TypeError(`no plan for ${selection.kind}`)
}

async function* planWhole(
  originUs: number,
  selection: Selection,
  moments: Moments | undefined
): AsyncGenerator<Job, void> {
  const whole = { start: undefined, lastOfTrack: true, gopUs: Infinity } as const
  if (moments !== undefined) yield { ...whole, kind: "moments", moments, fromIndex: 0, toIndex: Infinity }
  else if (selection.kind === "keyframes" || selection.kind === "all")
    yield {
      ...whole,
      kind: selection.kind === "all" ? "span" : "key",
      fromUs: originUs + selection.fromMs * 1000,
      toUs: originUs + selection.toMs * 1000
    }
}

/** The key packet after this one that is also later on screen. */
const laterKey = async (
  track: RandomTrack,
  key: Packet,
  us: number,
  pace: Pace,
  onRestart: OnRestart
): Promise<Packet | undefined> => {
  let last = key
  for (;;) {
    const next = await track.keyAfter(last)
    if (next === undefined) return undefined
    if (isRestart(last.ptsUs, next.ptsUs)) onRestart(last.ptsUs)
    if (next.ptsUs > us) return next
    await pace.step()
    last = next
  }
}

async function* planMoments(
  track: RandomTrack,
  moments: Moments,
  pace: Pace,
  onRestart: OnRestart
): AsyncGenerator<Job, void> {
  const { originUs } = track
  for (let index = 0; ;) {
    const us = moments.atUs(index)
    if (us === undefined) return
    const start = (await track.keyAt(originUs + us)) ?? (await track.first())
    if (start === undefined) return
    const next = await laterKey(track, start, Math.max(start.ptsUs, originUs + us), pace, onRestart)
    const toIndex = next === undefined ? Infinity : moments.firstFrom(next.ptsUs - originUs)
    const gopUs = next === undefined ? Infinity : next.ptsUs - start.ptsUs
    yield { kind: "moments", start, lastOfTrack: next === undefined, gopUs, moments, fromIndex: index, toIndex }
    if (next === undefined) return
    index = toIndex
  }
}

async function* planPictures(
  track: RandomTrack,
  selection: { readonly kind: "keyframes" | "all"; readonly fromMs: number; readonly toMs: number },
  pace: Pace,
  onRestart: OnRestart
): AsyncGenerator<Job, void> {
  const { originUs } = track
  const [fromUs, toUs] = [originUs + selection.fromMs * 1000, originUs + selection.toMs * 1000]
  let start = (await track.keyAt(fromUs)) ?? (await track.first())
  while (start !== undefined && start.ptsUs < toUs) {
    const next: Packet | undefined = await laterKey(track, start, start.ptsUs, pace, onRestart)
    const gopUs = next === undefined ? Infinity : next.ptsUs - start.ptsUs
    const common = { start, lastOfTrack: next === undefined, gopUs }
    if (selection.kind === "keyframes") {
      if (start.ptsUs >= fromUs) yield { ...common, kind: "key", fromUs, toUs }
    } else {
      const endUs = Math.min(toUs, next?.ptsUs ?? Infinity)
      yield { ...common, kind: "span", fromUs: Math.max(fromUs, Math.min(start.ptsUs, originUs)), toUs: endUs }
    }
    start = next
  }
}
