/**
 * The budget of repeats that all calls over one connection share, so that an outage is not multiplied by its repeats.
 *
 * The costs are those of the AWS SDKs' standard retry mode 2.1 (2026): a failure costs more than a throttle, because a
 * service that throttles is alive. Both are side by side in docs/reliability.md.
 */

/** Why a call is repeated: the service asked to wait, the model is not ready yet, or the call failed. */
export type RetryCause = "throttle" | "warm-up" | "failure"

/** What one repeat takes from the budget, in tokens. */
export const retryCosts: Readonly<Record<RetryCause, number>> = { throttle: 5, "warm-up": 5, failure: 14 }

/** Tokens of a budget that nothing was taken from. */
export const retryCapacity = 500

export interface RetryBudget {
  /** Takes the cost of one repeat; false if it is not left, and then nothing is taken. */
  readonly take: (cause: RetryCause) => boolean
  /** Puts back what the last repeat of a successful call cost, or 1 for a call that needed no repeat. */
  readonly succeed: (lastRepeat: RetryCause | undefined) => void
}

/** A full budget. */
export const makeRetryBudget = (capacity = retryCapacity): RetryBudget => {
  let left = capacity
  return {
    take: (cause) => {
      if (left < retryCosts[cause]) return false
      left -= retryCosts[cause]
      return true
    },
    succeed: (lastRepeat) => {
      left = Math.min(capacity, left + (lastRepeat === undefined ? 1 : retryCosts[lastRepeat]))
    }
  }
}
