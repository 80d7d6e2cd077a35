/** Which examples are kept back to test with, and why there may be none. */
import * as Schema from "effect/Schema"

/**
 * Why nothing could be kept back: the service learns from all of them already (`known`), no concept has enough that
 * are new (`few`), or there was no example that could be a test (`none`).
 */
export const Shortage = Schema.Literals(["known", "few", "none"])
export type Shortage = typeof Shortage.Type

/** Sorts examples into those to learn from and those to test with. */
export interface Holdout {
  /** Whether this one is kept back; `eligible` where the service does not learn from it yet. */
  readonly keep: (concepts: ReadonlyArray<string>, eligible: boolean) => boolean
  /** Why none was kept back so far; undefined where some were, or none were wanted. */
  readonly shortage: () => Shortage | undefined
}

/**
 * Keeps back every so manieth example of each first concept, the same ones for the same order.
 *
 * One that may not be kept back, because the service learns from it already, is made up for by the next that may.
 */
export const makeHoldout = (share: number): Holdout => {
  const seen = new Map<string, { n: number; kept: number }>()
  // the smallest excess over a whole number is rounding: 0.1 × 30 is 3
  const due = (n: number) => Math.floor(n * share + 1e-9)
  return {
    keep: (concepts, eligible) => {
      const concept = concepts[0] ?? ""
      const count = seen.get(concept) ?? { n: 0, kept: 0 }
      seen.set(concept, count)
      count.n++
      const keep = eligible && count.kept < due(count.n)
      if (keep) count.kept++
      return keep
    },
    shortage: () => {
      const counts = [...seen.values()]
      if (share === 0 || counts.some(({ kept }) => kept > 0)) return undefined
      if (counts.length === 0) return "none"
      return counts.some(({ n }) => due(n) > 0) ? "known" : "few"
    }
  }
}
