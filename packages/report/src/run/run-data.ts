/** The calls of a run as the report shows them, beside what the plan said. */
import type { Plan } from "@sightline/core"
import type { PlanData, RunData } from "../document/report-data.ts"
import type { PlacedRow } from "../outcomes/collect-rows.ts"
import type { PrivateText } from "../outcomes/private-text.ts"
import type { RecordedRun } from "./call-log.ts"

const planData = ({ bytes, calls, items, notes, seconds, steps }: Plan, text: PrivateText): PlanData => ({
  steps: steps.map((step) => text.error(step, [])),
  calls: calls.length,
  items,
  bytes,
  seconds,
  notes: notes.map((note) => text.error(note, []))
})

const tokensOf = (rows: ReadonlyArray<PlacedRow>): RunData["tokens"] => {
  const sum = (at: 0 | 1 | 2) => rows.reduce((all, { summary }) => all + summary.tokens[at], 0)
  const [prompt, completion, cached] = [sum(0), sum(1), sum(2)]
  return prompt + completion + cached === 0 ? undefined : { prompt, completion, cached }
}

const nothing: RecordedRun = { calls: [], more: 0, durationMs: 0, byRequest: new Map(), stages: [], plugins: [] }

/** The run's data; undefined where neither calls nor a plan are known. */
export const runData = (
  recorded: RecordedRun | undefined,
  plan: Plan | undefined,
  rows: ReadonlyArray<PlacedRow>,
  text: PrivateText
): RunData | undefined => {
  const tokens = tokensOf(rows)
  if (recorded === undefined && plan === undefined && tokens === undefined) return undefined
  const { calls, durationMs, more, plugins, stages } = recorded ?? nothing
  return {
    calls,
    more,
    durationMs,
    stages,
    plugins,
    ...(tokens === undefined ? {} : { tokens }),
    ...(plan === undefined ? {} : { plan: planData(plan, text) })
  }
}
