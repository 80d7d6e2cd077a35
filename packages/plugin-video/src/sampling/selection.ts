// Which frames are asked for. Times are milliseconds from the first frame; ranges are [fromMs, toMs).
import { VideoOptionError } from "../errors.ts"

/**
 * - `every`: the frame on screen at `fromMs`, `fromMs + everyMs`, …
 * - `at`: the frame on screen at each of these times, ascending.
 * - `keyframes`: the pictures that are coded without others.
 * - `all`: every picture.
 */
export type Selection =
  | { readonly kind: "every"; readonly everyMs: number; readonly fromMs: number; readonly toMs: number }
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

/** A range within a clip, else a typed error. */
export const checkRange = (fromMs: number, toMs: number): void => {
  if (fromMs >= 0 && toMs > fromMs) return
  throw new VideoOptionError({ option: "between", detail: `needs 0 <= fromMs < toMs, not ${fromMs} and ${toMs}` })
}

/**
 * The moments at which the screen is looked at, by number; microseconds from the first frame, ascending.
 * `atUs` is undefined past the last; `firstFrom(us)` is the number of the first moment not before `us`.
 */
export interface Moments {
  readonly atUs: (index: number) => number | undefined
  readonly firstFrom: (us: number) => number
}

/** The moments of a selection that looks at moments; undefined for those that list pictures. */
export const momentsOf = (selection: Selection): Moments | undefined => {
  if (selection.kind === "every") {
    const [fromUs, toUs, stepUs] = [selection.fromMs * 1000, selection.toMs * 1000, selection.everyMs * 1000]
    return {
      atUs: (index) => (fromUs + index * stepUs < toUs ? fromUs + index * stepUs : undefined),
      firstFrom: (us) => Math.max(0, Math.ceil((us - fromUs) / stepUs))
    }
  }
  if (selection.kind !== "at") return undefined
  const timesUs = selection.timesMs.map((timeMs) => timeMs * 1000)
  return {
    atUs: (index) => timesUs[index],
    firstFrom: (us) => {
      const found = timesUs.findIndex((time) => time >= us)
      return found === -1 ? timesUs.length : found
    }
  }
}
