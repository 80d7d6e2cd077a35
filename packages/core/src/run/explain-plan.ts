/** Prints a plan for people. */
import type { Plan } from "../chain/plan-type.ts"

/** Inputs that cannot be read are listed up to this many; all of them are in the plan. */
const maxUnreadableShown = 10

const formatCount = (count: number, name: string): string => `${count} ${name}${count === 1 ? "" : "s"}`

const formatBytes = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 1024 ** 2
      ? `${(bytes / 1024).toFixed(1)} KiB`
      : `${(bytes / 1024 ** 2).toFixed(1)} MiB`

/** The plan as text. Of many inputs that cannot be read, it lists the first ten and counts the others. */
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
