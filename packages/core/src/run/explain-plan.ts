/** Prints a plan for people. */
import type { Plan, PlannedHook } from "../chain/plan-type.ts"

/** Inputs that cannot be read are listed up to this many; all of them are in the plan. */
const maxUnreadableShown = 10

/** Ranges of inputs that are listed for each hook; all of them are in the plan. */
const maxRangesShown = 10

const formatCount = (count: number, name: string): string => `${count} ${name}${count === 1 ? "" : "s"}`

const formatBytes = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 1024 ** 2
      ? `${(bytes / 1024).toFixed(1)} KiB`
      : `${(bytes / 1024 ** 2).toFixed(1)} MiB`

/** `exif prepare (pre, image/jpeg): inputs 0 to 9, 12`. */
const formatHook = ({ filter, hook, inputs, order, plugin }: PlannedHook): string => {
  const asked = [order, filter?.kind, filter?.type].flatMap((each) => each ?? [])
  const ranges = inputs.map(([first, last]) => (first === last ? String(first) : `${first} to ${last}`))
  const more = ranges.length - maxRangesShown
  const shown = [...ranges.slice(0, maxRangesShown), ...(more > 0 ? [`${more} more ranges`] : [])].join(", ")
  return `${plugin} ${hook}${asked.length === 0 ? "" : ` (${asked.join(", ")})`}: ${shown === "" ? "no input" : `inputs ${shown}`}`
}

/** US dollars, with as many decimals as prices of single inputs have. */
const formatUsd = (usd: number): string => `${usd === 0 || usd >= 1 ? usd.toFixed(2) : usd.toPrecision(3)} USD`

const budgetLine = ({ unsent, ...limits }: NonNullable<Plan["budget"]>): string => {
  const given = Object.entries(limits).map(([limit, most]) => `${most} ${limit === "usd" ? "USD" : limit}`)
  return `  budget of ${given.join(", ")}: ${unsent === 0 ? "enough" : `leaves ${formatCount(unsent, "input")} unsent`}`
}

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
    `${formatCount(plan.calls.length, "call")}, ${formatCount(plan.items, "input")}, ${formatBytes(plan.bytes)}, at least ${plan.seconds.toFixed(1)} s${plan.usd === undefined ? "" : `, ${formatUsd(plan.usd)}`}`,
    ...[...sizes].map(([line, count]) => `  ${count} × ${line}`),
    ...plan.hooks.map((hook) => `  ${formatHook(hook)}`),
    ...plan.unreadable.slice(0, maxUnreadableShown).map(({ problem }) => `  ${problem}`),
    ...(more > 0 ? [`  and ${more} more that cannot be read`] : []),
    ...(plan.budget === undefined ? [] : [budgetLine(plan.budget)]),
    ...plan.notes.map((note) => `  note: ${note}`)
  ].join("\n")
}
