/** Waits for one event: `wake` resumes the waiter, and does nothing without one. */
import * as Effect from "effect/Effect"

/** A bell for one waiter. */
export const makeBell = () => {
  let resume: ((go: Effect.Effect<void>) => void) | undefined
  return {
    wake: (): void => {
      const waiting = resume
      resume = undefined
      waiting?.(Effect.void)
    },
    wait: Effect.callback<void>((given) => {
      resume = given
      return Effect.sync(() => {
        resume = undefined
      })
    })
  }
}
