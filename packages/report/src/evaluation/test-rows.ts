/** Rows for the tests of an evaluation that brings its own: the grid then shows what was tested. */
import { Media, type MediaInput, type Outcome } from "@sightline/core"
import type { Tested } from "@sightline/plugin-training"
import type { ReportSettings } from "../options.ts"
import { type FindRow, versionsIn } from "./versions.ts"

/** Outcomes made from tests, their inputs, and the row of each test. */
export interface TestRows {
  readonly outcomes: ReadonlyArray<Outcome<unknown, unknown>>
  readonly inputs: (outcome: Outcome<unknown, unknown>) => MediaInput | undefined
  readonly rowOf: FindRow
}

const outcomeOf = ({ concepts, name, scores }: Tested, index: number): Outcome<unknown, unknown> => ({
  ok: true,
  index,
  key: name,
  attempts: -1,
  requestId: undefined,
  value: {
    labels: concepts,
    concepts: Object.entries(scores)
      .map(([concept, score]) => ({ name: concept, score }))
      .toSorted((a, b) => b.score - a.score)
  }
})

const isAddress = (input: string): boolean => /^https?:\/\//i.test(input)

/** A test's picture: its address, or the file at its path. */
const mediumOf = ({ input }: Tested): MediaInput | undefined => {
  if (input === undefined) return undefined
  return isAddress(input) ? new URL(input) : new Media("image", { from: "file", path: input })
}

/** Rows of the tests, where the report has no outcomes. */
export const testRows = ({ evaluation, job, outcomes, run }: ReportSettings): TestRows | undefined => {
  if (evaluation === undefined || run !== undefined || job !== undefined) return undefined
  if (outcomes !== undefined && !(Array.isArray(outcomes) && outcomes.length === 0)) return undefined
  const tests = versionsIn(evaluation)?.versions.find((version) => version.tests !== undefined)?.tests
  if (tests === undefined) return undefined
  const rows = new Map(tests.map(({ name }, row) => [name, row]))
  return {
    outcomes: tests.map(outcomeOf),
    inputs: ({ index }) => {
      const test = tests[index]
      return test === undefined ? undefined : mediumOf(test)
    },
    rowOf: ({ name }) => rows.get(name)
  }
}
