/** Plans: what a pipeline would do. The cutter here is the one that the run loop uses. */
import type { Kind } from "../media/media.ts"
import type { Limits } from "../connection/limits.ts"

/** One call that would be made. */
export interface PlannedCall {
  readonly model: string
  /** Inputs in the call. */
  readonly items: number
  /** Size of the call's body on the wire, in bytes. */
  readonly bytes: number
}

/** What a pipeline would do, without any network. */
export interface Plan {
  /** The source and the steps, as they would run for each input. */
  readonly steps: ReadonlyArray<string>
  /** The calls in the order in which they would start. */
  readonly calls: ReadonlyArray<PlannedCall>
  /** Inputs that would be sent; those that cannot be read are in `unreadable`. */
  readonly items: number
  /** All bodies together, in bytes. */
  readonly bytes: number
  /** A lower bound of the time, in seconds, at the connection's rate; the service's own time is not known. */
  readonly seconds: number
  /** Inputs that could not be read here, with the reason. */
  readonly unreadable: ReadonlyArray<{ readonly index: number; readonly problem: string }>
  /** What the plan cannot tell, in words: a one-shot source, calls that depend on answers. */
  readonly notes: ReadonlyArray<string>
}

/** How full a call is. */
export interface CallSize {
  readonly items: number
  readonly bytes: number
}

/** True when a medium of that size still fits into the call. An empty call takes anything. */
export const fitsInCall = (limits: Limits, kind: Kind, fill: CallSize, bytes: number): boolean =>
  fill.items === 0 || (fill.items < limits.inputsPerCall[kind] && fill.bytes + bytes <= limits.targetBodyBytes)

/** The first few tell people what is wrong; all of them are in the plan. */
const maxUnreadableShown = 10

const formatCount = (count: number, name: string): string => `${count} ${name}${count === 1 ? "" : "s"}`

/** The plan as text for people: of many inputs that cannot be read, the first ten and how many more. */
export const explainPlan = (plan: Plan): string => {
  const sizes = new Map<string, number>()
  for (const call of plan.calls) {
    const line = `${call.model}: ${formatCount(call.items, "input")}`
    sizes.set(line, (sizes.get(line) ?? 0) + 1)
  }
  const more = plan.unreadable.length - maxUnreadableShown
  return [
    plan.steps.join(" → "),
    `${formatCount(plan.calls.length, "call")}, ${formatCount(plan.items, "input")}, ${formatBytes(plan.bytes)}, at least ${plan.seconds.toFixed(1)} s`,
    ...[...sizes].map(([line, count]) => `  ${count} × ${line}`),
    ...plan.unreadable.slice(0, maxUnreadableShown).map(({ problem }) => `  ${problem}`),
    ...(more > 0 ? [`  and ${more} more that cannot be read`] : []),
    ...plan.notes.map((note) => `  note: ${note}`)
  ].join("\n")
}

const formatBytes = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 1024 ** 2
      ? `${(bytes / 1024).toFixed(1)} KiB`
      : `${(bytes / 1024 ** 2).toFixed(1)} MiB`
