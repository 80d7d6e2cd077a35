/** Chooses the strength of regularisation, and calibrates with the examples held out at that strength. */
import type { Calibration, Fit } from "./calibrate.ts"

/** A head at one strength, and the calibration of its margins on held-out examples. */
export interface Trial<A> {
  readonly learned: A
  readonly fit: Fit
}

/** The best trial, and its strength. */
export interface Chosen<A> {
  readonly learned: A
  readonly calibration: Calibration
  readonly strength: number
}

const strengths = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30]
const first = 4

/**
 * Moves from a medium strength towards less held-out log loss, half a decade a step, until the loss grows: it has one
 * minimum. Each trial costs a fit, so two to four of them are better than ten.
 */
export const chooseStrength = <A>(attempt: (strength: number) => Trial<A>): Chosen<A> => {
  const trials = new Map<number, Trial<A>>()
  const at = (index: number): Trial<A> | undefined => {
    const strength = strengths[index]
    if (strength === undefined) return undefined
    const known = trials.get(index) ?? attempt(strength)
    trials.set(index, known)
    return known
  }
  const better = (index: number, than: number): boolean =>
    (at(index)?.fit.loss ?? Infinity) < (at(than)?.fit.loss ?? Infinity)
  let best = first
  const way = better(best + 1, best) ? 1 : -1
  while (better(best + way, best)) best += way
  const chosen = at(best)
  const strength = strengths[best]
  if (chosen === undefined || strength === undefined) throw new Error("no strength of regularisation to try")
  return { learned: chosen.learned, calibration: chosen.fit.calibration, strength }
}
