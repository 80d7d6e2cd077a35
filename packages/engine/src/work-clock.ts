/**
 * How long another process has worked. On a busy machine a process waits more than it works, and waiting says nothing
 * about what it works on: of each stretch of time the lesser of the clock's and the processor's is counted.
 */
import { readFileSync } from "node:fs"

/** Processor time that a process has used so far, all its threads together, in milliseconds; undefined where it is not told. */
export const processorMs = (pid: number | undefined): number | undefined => {
  if (process.platform !== "linux" || pid === undefined) return undefined
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1")
    // The name of the program is in parentheses and may hold anything; user and system time are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    const ticks = Number(fields[11]) + Number(fields[12])
    return Number.isFinite(ticks) ? ticks * tickMs : undefined
  } catch {
    return undefined
  }
}

/** The kernel tells processor time to programs in hundredths of a second, whatever it counts in (USER_HZ, proc(5)). */
const tickMs = 10

/** How much longer than its work a process may take by the clock: one that waits for ever ends too. */
const clockPerWork = 15

/** Where nobody tells how long a process worked, this much of the clock's time is counted. */
const workOfClock = 0.25

/** Counts the work of one process. */
export interface WorkClock {
  /** Counts anew: `onOver` is called once after `limitMs` of work, or fifteen times that by the clock. */
  readonly begin: (limitMs: number) => void
  /** Nothing is counted until the next `begin`. */
  readonly rest: () => void
  /** All work that was counted, in milliseconds. */
  readonly totalMs: () => number
}

/** A clock at rest. `processor` tells how long the process has used a processor so far. */
export const makeWorkClock = (processor: () => number | undefined, onOver: () => void): WorkClock => {
  let timer: ReturnType<typeof setInterval> | undefined
  let totalMs = 0
  let worked = 0
  let before: { readonly clock: number; readonly processor: number | undefined } = { clock: 0, processor: undefined }
  const count = () => {
    const now = { clock: performance.now(), processor: processor() }
    const passed = now.clock - before.clock
    const known = now.processor !== undefined && before.processor !== undefined
    const more = known ? Math.min(passed, (now.processor ?? 0) - (before.processor ?? 0)) : passed * workOfClock
    worked += more
    totalMs += more
    before = now
  }
  const rest = () => {
    if (timer === undefined) return
    count()
    clearInterval(timer)
    timer = undefined
  }
  const begin = (limitMs: number) => {
    rest()
    worked = 0
    const began = performance.now()
    before = { clock: began, processor: processor() }
    const look = () => {
      count()
      if (worked < limitMs && before.clock - began < limitMs * clockPerWork) return
      rest()
      onOver()
    }
    timer = setInterval(look, Math.min(250, Math.max(20, limitMs / 16)))
  }
  return { begin, rest, totalMs: () => totalMs }
}
