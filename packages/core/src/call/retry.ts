/** The one retry policy: how long to wait before a call is repeated, and how many repeats an app may make. */

/** The least and greatest wait before a second attempt and later ones, in milliseconds. */
const base = 250
const cap = 20_000

/**
 * The wait before attempt `attempt + 1`, in milliseconds: exponential with full jitter above a half, and never less
 * than the service asked for. `random` is in 0..1.
 */
export const backoffMs = (attempt: number, retryAfterMs: number | undefined, random: number): number => {
  const ceiling = Math.min(cap, base * 2 ** (attempt - 1))
  return Math.max(retryAfterMs ?? 0, Math.round(ceiling * (0.5 + random / 2)))
}

/** Repeats that an app may make: each call earns a little, each repeat spends one, so an outage is not multiplied. */
export interface RetryBudget {
  readonly earn: () => void
  /** True when a repeat is allowed; it is then spent. */
  readonly spend: () => boolean
}

/** A budget that starts with `initial` repeats and earns `perCall` of one with each call, up to `initial`. */
export const makeRetryBudget = (initial = 20, perCall = 0.2): RetryBudget => {
  let left = initial
  return {
    earn: () => {
      left = Math.min(initial, left + perCall)
    },
    spend: () => {
      if (left < 1) return false
      left -= 1
      return true
    }
  }
}

/** A `Retry-After` header, in milliseconds from `nowMs`: seconds or an HTTP date; undefined when it is neither. */
export const parseRetryAfter = (header: string | null, nowMs: number): number | undefined => {
  if (header === null) return undefined
  const text = header.trim()
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000)
  // a date has a month's name; other text, such as a negative number, would be read as some year
  const at = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs)
}
