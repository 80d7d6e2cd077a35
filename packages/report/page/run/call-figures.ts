/** Sums over the calls of a run. Pure functions over its data. */
import type { AttemptData, CallData, RunData } from "../../src/document/report-data.ts"

/** Status numbers of a call that went well as a whole; 10010 is "mixed": each input has its own. */
const success = new Set([10000, 10010])

/** How an attempt ended. */
export type AttemptState = "well" | "failed" | "repeated"

export const stateOf = ({ code, error, retryWaitMs }: AttemptData): AttemptState => {
  if (retryWaitMs !== undefined) return "repeated"
  if (error !== undefined) return "failed"
  return code === undefined || success.has(code) ? "well" : "failed"
}

/** True for a call that was repeated, failed, or came of a failure. */
export const isTroubled = ({ attempts, parent }: CallData): boolean =>
  attempts.length > 1 || parent !== undefined || attempts.some((attempt) => stateOf(attempt) !== "well")

/** When a call began, waits for the rate limit included. */
export const startOf = ({ attempts }: CallData): number => (attempts[0]?.startMs ?? 0) - (attempts[0]?.rateWaitMs ?? 0)

/** When a call ended. */
export const endOf = ({ attempts }: CallData): number => {
  const last = attempts.at(-1)
  return last === undefined ? 0 : last.startMs + last.ms
}

const sum = (values: ReadonlyArray<number>): number => values.reduce<number>((all, value) => all + value, 0)

/** Sums of a run. */
export interface RunFigures {
  readonly calls: number
  readonly attempts: number
  readonly repeats: number
  readonly divided: number
  readonly failed: number
  readonly items: number
  readonly bytes: number
  readonly callingMs: number
  readonly retryWaitMs: number
  readonly rateWaitMs: number
}

/** Predictions and other calls together; `items` and `bytes` count first calls, so that nothing is counted twice. */
export const figuresOf = ({ calls }: RunData): RunFigures => {
  const attempts = calls.flatMap((call) => call.attempts)
  const firsts = calls.filter(({ parent }) => parent === undefined)
  return {
    calls: calls.length,
    attempts: attempts.length,
    repeats: attempts.length - calls.length,
    divided: calls.length - firsts.length,
    failed: calls.filter(({ attempts: made }) => {
      const last = made.at(-1)
      return last !== undefined && stateOf(last) !== "well"
    }).length,
    items: sum(firsts.filter(({ predicts }) => predicts).map(({ items }) => items)),
    bytes: sum(calls.map((call) => call.bytes * call.attempts.length)),
    callingMs: sum(attempts.map(({ ms }) => ms)),
    retryWaitMs: sum(attempts.map(({ retryWaitMs }) => retryWaitMs ?? 0)),
    rateWaitMs: sum(attempts.map(({ rateWaitMs }) => rateWaitMs ?? 0))
  }
}

/** Inputs answered in each of `bins` equal parts of the run, per second. */
export const throughput = ({ calls, durationMs }: RunData, bins: number): ReadonlyArray<number> => {
  const counts = Array.from({ length: bins }, () => 0)
  if (durationMs === 0) return counts
  for (const call of calls) {
    const last = call.attempts.at(-1)
    if (!call.predicts || last === undefined || stateOf(last) !== "well") continue
    const bin = Math.min(bins - 1, Math.floor((bins * endOf(call)) / durationMs))
    counts[bin] = (counts[bin] ?? 0) + call.items
  }
  return counts.map((items) => (1000 * items * bins) / durationMs)
}

/** Calls in the order in which they began, each followed by those that came of it, with their depth. */
export const callTree = (calls: ReadonlyArray<CallData>): ReadonlyArray<readonly [call: CallData, depth: number]> => {
  const known = new Set(calls.map(({ id }) => id))
  const children = new Map<number, Array<CallData>>()
  const roots: Array<CallData> = []
  for (const call of calls.toSorted((a, b) => startOf(a) - startOf(b) || a.id - b.id)) {
    if (call.parent === undefined || !known.has(call.parent)) roots.push(call)
    else children.set(call.parent, [...(children.get(call.parent) ?? []), call])
  }
  const ordered: Array<readonly [CallData, number]> = []
  const stack = roots.toReversed().map((call) => [call, 0] as readonly [CallData, number])
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [call, depth] = next
    ordered.push(next)
    for (const child of (children.get(call.id) ?? []).toReversed()) stack.push([child, depth + 1])
  }
  return ordered
}
