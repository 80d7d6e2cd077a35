/**
 * Paces the calls of one connection: never more calls in a second than allowed, fewer after the service throttled.
 * While the service asks to wait, no call starts; afterwards one call is tried first, and the others follow its success.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { monotonicMs } from "./monotonic-clock.ts"

/** How a call ended, as far as pacing is concerned. */
export type Paced =
  | { readonly type: "well" }
  /** It says nothing about the service's load: a refusal, a broken socket. */
  | { readonly type: "other" }
  /** The service asked us to wait. */
  | { readonly type: "throttled"; readonly waitMs: number }

/** The turn did not come: the service asked for a longer wait than the caller's patience. */
export interface Shut {
  readonly shutMs: number
}

/** The gate before each call. */
export interface RateGate {
  /**
   * Runs `use` when its turn comes, and learns from how it ended. Interruption at any moment gives the turn back.
   *
   * Gives `Shut`, without running `use`, when the service asked for a wait that ends later than `patienceMs` from now.
   */
  readonly pass: <A, E, R>(
    use: Effect.Effect<A, E, R>,
    pacedOf: (ended: A) => Paced,
    patienceMs: number
  ) => Effect.Effect<A | Shut, E, R>
  /** Calls a second that are allowed now. */
  readonly perSecond: () => number
}

/** How much of the full rate each undisturbed call gives back after throttling. */
const recovery = 0.02
/** The slowest that throttling makes us, as a part of the full rate. */
const floor = 1 / 16

/** What a caller has to do before its call. */
type Step =
  | { readonly type: "go"; readonly probe: boolean }
  | { readonly type: "sleep"; readonly ms: number }
  | { readonly type: "queue" }
  | ({ readonly type: "shut" } & Shut)

/** One caller's way through the gate. */
interface Turn {
  startsAt: number | undefined
  probe: boolean
}

/** A gate for `perSecond` calls in any second; `Infinity` for no limit. */
export const makeRateGate = (perSecond: number): RateGate => {
  let rate = perSecond
  /** When the last calls start or will start, in order. */
  const starts: Array<number> = []
  const kept = Math.max(1, Math.floor(perSecond))
  let pausedUntil = 0
  /** True from a throttled answer until a call has gone well. */
  let halfOpen = false
  let probing = false
  const waiting = new Set<() => void>()
  const wake = () => {
    const all = [...waiting]
    waiting.clear()
    for (const resume of all) resume()
  }
  const untilWoken = Effect.callback<void>((resume) => {
    const wakeOne = () => resume(Effect.void)
    waiting.add(wakeOne)
    return Effect.sync(() => void waiting.delete(wakeOne))
  })

  /** Takes the next free start: in any window there are no more than the rate allows. */
  const reserve = (now: number): number => {
    const many = Math.max(1, Math.floor(rate))
    const before = starts.at(-many)
    const at = before === undefined ? now : Math.max(now, before + (many * 1000) / rate)
    starts.push(at)
    if (starts.length > kept) starts.shift()
    return at
  }

  const step = (turn: Turn, now: number, patienceMs: number): Step => {
    if (now < pausedUntil) {
      const ms = pausedUntil - now
      turn.startsAt = undefined
      return ms > patienceMs ? { type: "shut", shutMs: ms } : { type: "sleep", ms }
    }
    if (halfOpen) return probing ? { type: "queue" } : { type: "go", probe: true }
    if (rate === Infinity) return { type: "go", probe: false }
    turn.startsAt ??= reserve(now)
    return now >= turn.startsAt ? { type: "go", probe: false } : { type: "sleep", ms: Math.ceil(turn.startsAt - now) }
  }

  const learn = (turn: Turn, paced: Paced | undefined, now: number): void => {
    if (turn.probe) probing = false
    if (paced?.type === "throttled") {
      // several calls in flight are throttled together: that is one sign, not several
      if (now >= pausedUntil && Number.isFinite(rate)) rate = Math.max(perSecond * floor, rate / 2)
      pausedUntil = Math.max(pausedUntil, now + paced.waitMs)
      halfOpen = true
    } else if (paced !== undefined) {
      if (turn.probe) halfOpen = false
      if (paced.type === "well" && rate < perSecond) rate = Math.min(perSecond, rate + perSecond * recovery)
    }
    if (turn.probe) wake()
  }

  return {
    perSecond: () => rate,
    pass: <A, E, R>(use: Effect.Effect<A, E, R>, pacedOf: (ended: A) => Paced, patienceMs: number) =>
      Effect.uninterruptibleMask((restore) => {
        const turn: Turn = { startsAt: undefined, probe: false }
        const wait: Effect.Effect<Shut | undefined> = Effect.flatMap(monotonicMs, (now) => {
          const next = step(turn, now, patienceMs)
          if (next.type === "shut") return Effect.succeed({ shutMs: next.shutMs })
          if (next.type === "go") {
            turn.probe = next.probe
            if (next.probe) probing = true
            return Effect.succeed(undefined)
          }
          return Effect.andThen(restore(next.type === "queue" ? untilWoken : Effect.sleep(next.ms)), wait)
        })
        const taken = Effect.onExit(restore(use), (exit) =>
          Effect.map(monotonicMs, (now) => learn(turn, Exit.isSuccess(exit) ? pacedOf(exit.value) : undefined, now))
        )
        // no generator here: one that waits for an answer keeps it alive long after (docs/decisions/0011)
        return Effect.flatMap(wait, (shut): Effect.Effect<A | Shut, E, R> =>
          shut === undefined ? taken : Effect.succeed(shut)
        )
      })
  }
}
