/** What was left out of a run, and why: inputs that were never sent, tests without a prediction, notes of the plan. */
import type { Plan } from "@sightline/core"
import type { ReportOptions } from "../options.ts"
import type { EvaluationData, SkippedData } from "../document/report-data.ts"
import type { PlacedRow } from "../outcomes/collect-rows.ts"
import type { PrivateText } from "../outcomes/private-text.ts"

/** Most entries of the list. */
const most = 1000

/** What the report is made of, as far as it says what was left out. */
interface SkippedOptions {
  readonly names: boolean
  /** What was left out elsewhere. */
  readonly given: ReportOptions["skipped"]
}

/** Everything that was left out, inputs first. */
export const skippedOf = (
  plan: Plan | undefined,
  rows: ReadonlyArray<PlacedRow>,
  evaluation: EvaluationData | undefined,
  text: PrivateText,
  { given = [], names }: SkippedOptions
): ReadonlyArray<SkippedData> => {
  const unsent = rows.flatMap(({ summary }, row): ReadonlyArray<SkippedData> => {
    const { attempts, error, excerpt, index } = summary
    return error !== undefined && attempts === 0
      ? [{ what: `input ${index}`, why: excerpt === "" ? error : excerpt, row }]
      : []
  })
  const inRows = new Set(rows.map(({ summary }) => summary.index))
  const unreadable = (plan?.unreadable ?? []).flatMap(({ index, problem }): ReadonlyArray<SkippedData> =>
    inRows.has(index)
      ? []
      : [{ what: `input ${index}`, why: names ? text.error(problem, []) : "it cannot be read here" }]
  )
  const untested = (evaluation?.versions ?? []).flatMap(({ failed, name }): ReadonlyArray<SkippedData> =>
    failed === 0
      ? []
      : [{ what: `${failed} ${failed === 1 ? "test" : "tests"} of ${name}`, why: "without a prediction" }]
  )
  const elsewhere = given.map(({ name, problem }, i): SkippedData => {
    const known = [name]
    return { what: names ? text.name(name) : `example ${i}`, why: text.error(problem, known) }
  })
  const all = [...unsent, ...unreadable, ...elsewhere, ...untested]
  const rest = all.length - most
  return rest > 0 ? [...all.slice(0, most), { what: `${rest} more`, why: "not listed" }] : all
}
