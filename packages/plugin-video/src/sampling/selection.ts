// Which frames are selected. Times are milliseconds from the first frame; ranges are [fromMs, toMs).
import { VideoOptionError } from "../errors.ts"

/**
 * Where in its step a sampled frame is taken: at its `start` (0, 1000, 2000 … ms), or in its `middle` (500, 1500 …), as
 * the service does today. Source: times in recorded answers (2017: start, 2026-11: middle).
 */
export type FrameTimes = "start" | "middle"

/**
 * - `every`: the frame on screen at `fromMs`, `fromMs + everyMs`, …; with `frameTimes: "middle"` half a step later each.
 *   The last step counts where the clip ends before its middle: its frame is the last picture.
 * - `at`: the frame on screen at each of these times, ascending.
 * - `keyframes`: the pictures that are coded without others.
 * - `all`: every picture.
 */
export type Selection =
  | {
      readonly kind: "every"
      readonly everyMs: number
      readonly fromMs: number
      readonly toMs: number
      readonly frameTimes?: FrameTimes
    }
  | { readonly kind: "at"; readonly timesMs: ReadonlyArray<number> }
  | { readonly kind: "keyframes"; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: "all"; readonly fromMs: number; readonly toMs: number }

/** The bounds of `sampleEvery`, in milliseconds. Source: the service's `sample_ms` (prediction documentation, 2026-11). */
export const sampleBounds = { min: 100, max: 60_000, default: 1000 } as const

/** A sampling step within bounds, else a typed error. */
export const checkEveryMs = (everyMs: number): number => {
  if (everyMs >= sampleBounds.min && everyMs <= sampleBounds.max) return everyMs
  const detail = `${everyMs} ms is outside of ${sampleBounds.min} to ${sampleBounds.max} ms`
  throw new VideoOptionError({ option: "sampleEvery.ms", detail })
}

/** How far into its step a frame is taken, in whole milliseconds; a typed error for other words. */
export const offsetMsOf = (frameTimes: FrameTimes, everyMs: number): number => {
  if (frameTimes === "start") return 0
  if (frameTimes === "middle") return Math.floor(everyMs / 2)
  throw new VideoOptionError({ option: "frameTimes", detail: `needs "start" or "middle", not ${String(frameTimes)}` })
}

/** A range within a clip, else a typed error. */
export const checkRange = (fromMs: number, toMs: number): void => {
  if (fromMs >= 0 && toMs > fromMs) return
  throw new VideoOptionError({ option: "between", detail: `needs 0 <= fromMs < toMs, not ${fromMs} and ${toMs}` })
}

/**
 * The moments that are sampled, by number; microseconds from the first frame, ascending.
 * `atUs` is undefined past the last; `firstFrom(us)` is the number of the first moment not before `us`. A moment stands
 * for a step that begins `offsetUs` before it, and exists if the clip has the beginning of that step.
 */
export interface Moments {
  readonly atUs: (index: number) => number | undefined
  readonly firstFrom: (us: number) => number
  readonly offsetUs: number
}

/** The moments of a selection by time; undefined for selections of pictures. */
export const momentsOf = (selection: Selection): Moments | undefined => {
  if (selection.kind === "every") {
    const { everyMs, fromMs, frameTimes = "start", toMs } = selection
    const offsetUs = offsetMsOf(frameTimes, everyMs) * 1000
    const [fromUs, toUs, stepUs] = [fromMs * 1000 + offsetUs, toMs * 1000, everyMs * 1000]
    return {
      offsetUs,
      atUs: (index) => (fromUs + index * stepUs < toUs ? fromUs + index * stepUs : undefined),
      firstFrom: (us) => Math.max(0, Math.ceil((us - fromUs) / stepUs))
    }
  }
  if (selection.kind !== "at") return undefined
  const timesUs = selection.timesMs.map((timeMs) => timeMs * 1000)
  return {
    offsetUs: 0,
    atUs: (index) => timesUs[index],
    firstFrom: (us) => {
      let [low, high] = [0, timesUs.length]
      while (low < high) {
        const middle = (low + high) >> 1
        if ((timesUs[middle] ?? Infinity) < us) low = middle + 1
        else high = middle
      }
      return low
    }
  }
}
