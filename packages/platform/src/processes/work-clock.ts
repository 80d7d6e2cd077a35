/**
 * How long another process has worked. On a busy machine a process waits more than it works, and waiting says nothing
 * about its task: of each stretch of time the smaller of elapsed time and processor time is counted.
 */
import { readFileSync } from "node:fs"

/** The kernel reports processor time to programs in hundredths of a second, whatever it counts in (USER_HZ, proc(5)). */
const tickMs = 10

/** Processor time that a process has used so far, all threads together, in milliseconds; undefined where it is not known. */
export const processorMs = (pid: number | undefined): number | undefined => {
  if (process.platform !== "linux" || pid === undefined) return undefined
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1")
    // The program's name is in parentheses and may contain anything; user and system time are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    const ticks = Number(fields[11]) + Number(fields[12])
    return Number.isFinite(ticks) ? ticks * tickMs : undefined
  } catch {
    return undefined
  }
}

/** Elapsed time is limited too, to this many times the work: a process that waits for ever is ended. */
const elapsedPerWork = 15

/** Where processor time is not known, this share of elapsed time is counted. */
const workOfElapsed = 0.25

/** Counts the work of one process. */
export interface WorkClock {
  /** Starts a new count: `onOver` is called once, after `limitMs` of work or fifteen times that of elapsed time. */
  readonly begin: (limitMs: number) => void
  /** Stops counting until the next `begin`. */
  readonly rest: () => void
  /** All work counted so far, in milliseconds. */
  readonly totalMs: () => number
}

/** Makes a clock at rest. `processor` returns the processor time that the process has used so far. */
export const makeWorkClock = (processor: () => number | undefined, onOver: () => void): WorkClock => {
  let timer: ReturnType<typeof setInterval> | undefined
  let totalMs = 0
  let worked = 0
  let before: { readonly clock: number; readonly processor: number | undefined } = { clock: 0, processor: undefined }
  const count = () => {
    const now = { clock: performance.now(), processor: processor() }
    const passed = now.clock - before.clock
    const known = now.processor !== undefined && before.processor !== undefined
    const more = known ? Math.min(passed, (now.processor ?? 0) - (before.processor ?? 0)) : passed * workOfElapsed
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
      if (worked < limitMs && before.clock - began < limitMs * elapsedPerWork) return
      rest()
      onOver()
    }
    timer = setInterval(look, Math.min(250, Math.max(20, limitMs / 16)))
  }
  return { begin, rest, totalMs: () => totalMs }
}
