/** Which rows are shown, and in which order. Pure functions over the columns. */
import type { ReportData, RowColumns } from "../../src/document/report-data.ts"
import { startsOf } from "../shell/report-context.ts"

export type Sort = "failures" | "input" | "highest" | "lowest" | "attempts"

/** What the reader asked for. Empty sets leave everything. */
export interface Filters {
  readonly state: "all" | "failed" | "answered" | "wrong"
  readonly search: string
  /** Any of these concepts, by position. */
  readonly concepts: ReadonlySet<number>
  readonly least: number
  readonly most: number
  /** Any of these errors, by position. */
  readonly errors: ReadonlySet<number>
  readonly attempts: ReadonlySet<number>
  readonly kinds: ReadonlySet<number>
  /** These rows alone, chosen elsewhere on the page. */
  readonly only: { readonly rows: ReadonlySet<number>; readonly name: string } | undefined
  readonly sort: Sort
}

export const noFilters: Filters = {
  state: "all",
  search: "",
  concepts: new Set(),
  least: 0,
  most: 1,
  errors: new Set(),
  attempts: new Set(),
  kinds: new Set(),
  only: undefined,
  sort: "failures"
}

/** Attempts of 3 or more count as one choice. */
export const attemptChoice = (attempts: number): number => Math.min(attempts, 3)

/** True where anything but the order differs from no filters. */
export const isFiltered = (filters: Filters): boolean =>
  filters.state !== "all" ||
  filters.search !== "" ||
  filters.least > 0 ||
  filters.most < 1 ||
  filters.only !== undefined ||
  filters.concepts.size + filters.errors.size + filters.attempts.size + filters.kinds.size > 0

/** The score that a row is filtered and sorted by: the best of the chosen concepts, or of all. -1 without any. */
const scoreOf = (rows: RowColumns, start: number, count: number, chosen: ReadonlySet<number>): number => {
  if (chosen.size === 0) return count === 0 ? -1 : (rows.score[start] ?? -1)
  for (let i = start; i < start + count; i++) if (chosen.has(rows.concept[i] ?? -1)) return rows.score[i] ?? -1
  return -1
}

/** Failures come first, then what was told wrongly. */
const trouble = (rows: RowColumns, wrong: Wrong, row: number): number =>
  (rows.error[row] ?? -1) >= 0 ? 2 : wrong.has(row) ? 1 : 0

type Compare = (rows: RowColumns, score: Float64Array, wrong: Wrong) => (a: number, b: number) => number

const compare: Readonly<Record<Sort, Compare>> = {
  failures: (rows, _, wrong) => (a, b) => trouble(rows, wrong, b) - trouble(rows, wrong, a) || a - b,
  input: () => (a, b) => a - b,
  highest: (_, score) => (a, b) => (score[b] ?? 0) - (score[a] ?? 0) || a - b,
  lowest: (_, score) => (a, b) => (score[a] ?? 0) - (score[b] ?? 0) || a - b,
  attempts: (rows) => (a, b) => (rows.attempts[b] ?? 0) - (rows.attempts[a] ?? 0) || a - b
}

/** Texts that a search looks at, in lower case, one per row. */
export const searchTexts = ({ concepts, errors, rows }: ReportData): ReadonlyArray<string> => {
  const starts = startsOf(rows.conceptCount)
  return rows.index.map((index, row) => {
    const start = starts[row] ?? 0
    const names = rows.concept.slice(start, start + (rows.conceptCount[row] ?? 0)).map((at) => concepts[at])
    const error = errors[rows.error[row] ?? -1]
    return [`#${index}`, rows.label?.[row], error, rows.excerpt[row], ...names].join("\n").toLowerCase()
  })
}

/** What is there, of rows that were told wrongly. */
type Wrong = ReadonlyMap<number, string>

/** The rows that are shown, in order. `texts` is what a search looks at. */
export const filterRows = (
  { rows }: ReportData,
  starts: ReadonlyArray<number>,
  wrong: Wrong,
  texts: () => ReadonlyArray<string>,
  filters: Filters
): ReadonlyArray<number> => {
  const { attempts, concepts, errors, kinds, least, most, only, sort, state } = filters
  const search = filters.search.trim().toLowerCase()
  const searched = search === "" ? undefined : texts()
  const scores = new Float64Array(rows.count)
  const found: Array<number> = []
  for (let row = 0; row < rows.count; row++) {
    const failed = (rows.error[row] ?? -1) >= 0
    const score = scoreOf(rows, starts[row] ?? 0, rows.conceptCount[row] ?? 0, concepts)
    scores[row] = score
    if (state === "failed" ? !failed : state === "answered" ? failed : state === "wrong" && !wrong.has(row)) continue
    if (only !== undefined && !only.rows.has(row)) continue
    if (errors.size > 0 && !errors.has(rows.error[row] ?? -1)) continue
    if (kinds.size > 0 && !kinds.has(rows.kind[row] ?? -1)) continue
    if (attempts.size > 0 && !attempts.has(attemptChoice(rows.attempts[row] ?? -1))) continue
    if (concepts.size > 0 && score < 0) continue
    if (least > 0 && score < least) continue
    if (most < 1 && (score > most || score < 0)) continue
    if (searched !== undefined && searched[row]?.includes(search) !== true) continue
    found.push(row)
  }
  return found.sort(compare[sort](rows, scores, wrong))
}

/** How often each value is there, most first. */
export const tally = (values: ReadonlyArray<number>): ReadonlyArray<readonly [value: number, count: number]> => {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([a, x], [b, y]) => y - x || a - b)
}

/** Best scores of all rows, or of those with any chosen concept, in bins of equal width. */
export const histogram = (
  { rows }: ReportData,
  starts: ReadonlyArray<number>,
  chosen: ReadonlySet<number>,
  bins: number
): ReadonlyArray<number> => {
  const counts = Array.from({ length: bins }, () => 0)
  for (let row = 0; row < rows.count; row++) {
    const score = scoreOf(rows, starts[row] ?? 0, rows.conceptCount[row] ?? 0, chosen)
    const bin = Math.min(bins - 1, Math.floor(score * bins))
    if (score >= 0) counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts
}
