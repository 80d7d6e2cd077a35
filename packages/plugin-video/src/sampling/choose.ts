// Which decoded pictures to keep, decided from small versions of them.
import { VideoOptionError } from "../errors.ts"

/** Examines each picture in order of time, `side` x `side` pixels of packed RGB, and returns whether to keep it. */
export interface Choice {
  readonly side: number
  readonly keep: (tiny: Uint8Array) => boolean
}

/** Which pictures to keep, as data: the first ones of scenes, or those that differ from the one kept before. */
export type ChoiceSpec =
  | { readonly kind: "scenes"; readonly threshold?: number }
  | { readonly kind: "different"; readonly bound?: number }

/** A choice for one run: it has state. */
export const makeChoice = (spec: ChoiceSpec): Choice =>
  spec.kind === "scenes" ? sceneStarts(spec.threshold) : dropSimilar(spec.bound)

/** The greatest difference of a colour anywhere in two small pictures, in levels of 255. */
export const greatestDifference = (a: Uint8Array, b: Uint8Array): number => {
  let most = 0
  for (const [i, value] of a.entries()) most = Math.max(most, Math.abs(value - (b[i] ?? 0)))
  return most
}

/** The mean difference of the colours of two small pictures, in levels of 255. */
export const meanDifference = (a: Uint8Array, b: Uint8Array): number => {
  let sum = 0
  for (const [i, value] of a.entries()) sum += Math.abs(value - (b[i] ?? 0))
  return a.length === 0 ? 0 : sum / a.length
}

/** The bound of {@link dropSimilar} when none is given, in levels of 255. */
export const defaultSimilarBound = 6

/**
 * Leaves out pictures that look like the one kept last. Stated bound: of a picture that is left out, no colour of any
 * cell of a 16 x 16 grid differs by more than `bound` levels of 255 from the last one that was kept.
 */
export const dropSimilar = (bound: number = defaultSimilarBound): Choice => {
  if (!(bound >= 0 && bound <= 255))
    throw new VideoOptionError({ option: "skipSimilar.bound", detail: `${bound} is not a level of 0 to 255` })
  let kept: Uint8Array | undefined
  return {
    side: 16,
    keep: (tiny) => {
      if (kept !== undefined && greatestDifference(kept, tiny) <= bound) return false
      kept = tiny
      return true
    }
  }
}

/** The threshold of {@link sceneStarts} when none is given. */
export const defaultSceneThreshold = 0.3

/**
 * Keeps the first picture of each scene. A scene begins where a picture differs from the one before by more than
 * `threshold` (0..1; 1 is a change of 100 levels of 255 on average), and by that much more than the one before
 * differed from its own: steady motion and fades are no cuts.
 */
export const sceneStarts = (threshold: number = defaultSceneThreshold): Choice => {
  if (!(threshold > 0 && threshold <= 1))
    throw new VideoOptionError({ option: "scenes.threshold", detail: `${threshold} is not above 0 and at most 1` })
  let previous: Uint8Array | undefined
  let difference = 0
  return {
    side: 32,
    keep: (tiny) => {
      const before = difference
      const first = previous === undefined
      difference = previous === undefined ? 0 : meanDifference(previous, tiny)
      previous = tiny
      return first || Math.min(difference, Math.abs(difference - before)) / 100 > threshold
    }
  }
}
