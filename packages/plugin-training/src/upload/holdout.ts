/** Chooses the examples that are held out to test the model. */
import type { Shortage } from "../journal/entry.ts"

/** Divides examples into those to train with and those to test with. */
export interface Holdout {
  /**
   * True if the example is held out. `concepts`: the model's concepts that it shows. `isNew`: false if the service
   * learns from it already, so that it must not be held out.
   */
  readonly keep: (concepts: ReadonlyArray<string>, isNew: boolean) => boolean
  /** Why no example has been held out so far; undefined if some were, or none is wanted. */
  readonly shortage: () => Shortage | undefined
}

/**
 * Holds out a share of the examples of each first concept, evenly spread, and the same ones for the same order. If an
 * example is due and cannot be held out, the next one of its concept that can takes its place.
 */
export const makeHoldout = (share: number): Holdout => {
  const counts = new Map<string, { seen: number; kept: number }>()
  // The addend absorbs rounding: 0.1 × 30 is just below 3.
  const due = (seen: number) => Math.floor(seen * share + 1e-9)
  return {
    keep: (concepts, isNew) => {
      const concept = concepts[0] ?? ""
      const count = counts.get(concept) ?? { seen: 0, kept: 0 }
      counts.set(concept, count)
      count.seen++
      const keep = isNew && count.kept < due(count.seen)
      if (keep) count.kept++
      return keep
    },
    shortage: () => {
      const all = [...counts.values()]
      if (share === 0 || all.some(({ kept }) => kept > 0)) return undefined
      if (all.length === 0) return "none"
      return all.some(({ seen }) => due(seen) > 0) ? "known" : "few"
    }
  }
}
