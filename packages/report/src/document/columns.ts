/** Puts the rows of a report into columns, with concepts, errors and models named once. */
import type { PlacedRow } from "../outcomes/collect-rows.ts"
import { type ReportData, type RowColumns, rowKinds } from "./report-data.ts"

/** Names by the position at which they were first asked for. */
class Names {
  readonly #positions = new Map<string, number>()
  of(name: string): number {
    const known = this.#positions.get(name)
    if (known !== undefined) return known
    this.#positions.set(name, this.#positions.size)
    return this.#positions.size - 1
  }
  list(): ReadonlyArray<string> {
    return [...this.#positions.keys()]
  }
}

const thousandths = (fraction: number): number => Math.round(fraction * 1000)

/** The columns of these rows, and the names that they use. */
export const columnsOf = (
  rows: ReadonlyArray<PlacedRow>,
  names: boolean,
  callOf: (requestId: string) => number
): Pick<ReportData, "rows" | "concepts" | "errors" | "models"> => {
  const concepts = new Names()
  const errors = new Names()
  const models = new Set<string>()
  const all = rows.map(({ summary }) => summary)
  for (const { models: asked } of all) for (const model of asked) models.add(model)
  const columns: RowColumns = {
    count: all.length,
    index: all.map(({ index }) => index),
    kind: all.map(({ kind }) => rowKinds.indexOf(kind)),
    ...(names ? { label: all.map(({ label }) => label) } : {}),
    error: all.map(({ error }) => (error === undefined ? -1 : errors.of(error))),
    attempts: all.map(({ attempts }) => attempts),
    call: all.map(({ requestId }) => (requestId === undefined ? 0 : callOf(requestId))),
    conceptCount: all.map((row) => row.concepts.length),
    concept: all.flatMap((row) => row.concepts.map(([name]) => concepts.of(name))),
    score: all.flatMap((row) => row.concepts.map(([, score]) => score)),
    boxCount: all.map(({ boxes }) => boxes.length),
    boxes: all.flatMap(({ boxes }) =>
      boxes.flatMap(([edges, concept]) => [...edges.map(thousandths), concepts.of(concept)])
    ),
    masks: all.map(({ masks }) => (masks ? 1 : 0)),
    excerpt: all.map(({ excerpt }) => excerpt),
    poster: all.map(({ poster }) => poster),
    durationMs: all.map(({ durationMs }) => durationMs)
  }
  return { rows: columns, concepts: concepts.list(), errors: errors.list(), models: [...models] }
}
