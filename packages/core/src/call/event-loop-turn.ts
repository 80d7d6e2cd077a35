/**
 * The end of a turn of the event loop, by the timers that were there when this package was loaded: tests replace them
 * and expect a call over a fake connection to come back all the same.
 */
import { MixedScheduler, type Scheduler } from "effect/Scheduler"

type Timer = (f: () => void) => unknown

const host = globalThis as { readonly setImmediate?: Timer; readonly clearImmediate?: (timer: unknown) => void }
const { clearImmediate, setImmediate } = host
const { clearTimeout, setTimeout } = globalThis

/** Runs `f` after everything that is due in this turn of the event loop. Returns what cancels it. */
export const afterThisTurn = (f: () => void): (() => void) => {
  if (setImmediate !== undefined) {
    const timer = setImmediate(f)
    return () => clearImmediate?.(timer)
  }
  const timer = setTimeout(f, 0)
  return () => clearTimeout(timer)
}

/** Workers refuse timers while a module is loaded; fibers then go on in a microtask. */
const afterTurnOrNow = (f: () => void): (() => void) => {
  try {
    return afterThisTurn(f)
  } catch {
    let cancelled = false
    queueMicrotask(() => {
      if (!cancelled) f()
    })
    return () => void (cancelled = true)
  }
}

/** Effect's scheduler over {@link afterThisTurn}. */
export const turnScheduler: Scheduler = /* @__PURE__ */ new MixedScheduler("async", afterTurnOrNow)
