/**
 * Paces the calls of one connection: a token bucket that slows down when the service throttles and recovers after.
 * While the service asks us to wait, nobody calls; afterwards one call tries first, and the others follow its success.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** How a call ended, as far as pacing is concerned. */
export type Paced = { readonly throttled: false } | { readonly throttled: true; readonly waitMs: number }

/** The gate before each call. */
export interface RateGate {
  /** Waits for this call's turn. Each `acquire` is answered by one `report`, whatever happens. */
  readonly acquire: Effect.Effect<void>
  readonly report: (paced: Paced) => Effect.Effect<void>
  /** Calls a second that are allowed now. */
  readonly perSecond: () => number
}

/** How much of the full rate each undisturbed call gives back after throttling. */
const recovery = 0.02
/** The slowest that throttling makes us, as a part of the full rate. */
const floor = 1 / 16

/** A gate for `perSecond` calls a second, with bursts of up to one second's worth. */
export const makeRateGate = (perSecond: number): RateGate => {
  let rate = perSecond
  let nextAt = 0 // the virtual time at which the bucket is full again
  let pausedUntil = 0
  let halfOpen = false
  let probing = false
  let waiting: Array<() => void> = []
  const wake = () => {
    const all = waiting
    waiting = []
    for (const resume of all) resume()
  }
  const untilWoken = Effect.callback<void>((resume) => {
    const wakeOne = () => resume(Effect.void)
    waiting.push(wakeOne)
    return Effect.sync(() => {
      waiting = waiting.filter((other) => other !== wakeOne)
    })
  })
  const acquire: Effect.Effect<void> = Effect.suspend(() => {
    if (pausedUntil === 0 && !halfOpen && rate === Infinity) return Effect.void
    return Effect.flatMap(Clock.currentTimeMillis, (now) => {
      if (now < pausedUntil) return Effect.andThen(Effect.sleep(pausedUntil - now), acquire)
      if (halfOpen) {
        if (probing) return Effect.andThen(untilWoken, acquire)
        probing = true
        return Effect.void
      }
      if (rate === Infinity) return Effect.void
      const interval = 1000 / rate
      const start = Math.max(nextAt, now)
      const waitMs = start - (now + 1000 - interval)
      if (waitMs <= 0) {
        nextAt = start + interval
        return Effect.void
      }
      return Effect.andThen(Effect.sleep(Math.ceil(waitMs)), acquire)
    })
  })
  const report = (paced: Paced): Effect.Effect<void> =>
    paced.throttled
      ? Effect.map(Clock.currentTimeMillis, (now) => {
          pausedUntil = Math.max(pausedUntil, now + paced.waitMs)
          if (Number.isFinite(rate)) rate = Math.max(perSecond * floor, rate / 2)
          halfOpen = true
          probing = false
          nextAt = pausedUntil + 1000
          wake()
        })
      : Effect.sync(() => {
          if (Number.isFinite(rate) && rate < perSecond) rate = Math.min(perSecond, rate + perSecond * recovery)
          if (halfOpen) {
            halfOpen = false
            probing = false
            wake()
          }
        })
  return { acquire, report, perSecond: () => rate }
}
