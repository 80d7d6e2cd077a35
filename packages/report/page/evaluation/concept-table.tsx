/** Figures of each concept, as plugin-training's `evaluate` gives them; a column's heading sorts by it. */
import type { JSX } from "preact"
import { useState } from "preact/hooks"
import type { ConceptFigures } from "../../src/document/report-data.ts"
import { count, score } from "../shell/format.ts"

type Column = "name" | "positives" | "precision" | "recall" | "f1" | "rocAuc" | "threshold"

const columns: ReadonlyArray<readonly [Column, string]> = [
  ["name", "Concept"],
  ["positives", "Tests"],
  ["precision", "Precision"],
  ["recall", "Recall"],
  ["f1", "F1"],
  ["rocAuc", "ROC AUC"],
  ["threshold", "Best threshold"]
]

const valueOf = (figures: ConceptFigures, column: Column): string => {
  const value = figures[column]
  if (typeof value === "string") return value
  if (value === undefined) return "–"
  return column === "positives" ? count(value) : score(value)
}

const order =
  (column: Column, down: boolean) =>
  (a: ConceptFigures, b: ConceptFigures): number => {
    const [first, second] = down ? [b, a] : [a, b]
    return column === "name"
      ? first.name < second.name
        ? -1
        : 1
      : (first[column] ?? -1) - (second[column] ?? -1) || (a.name < b.name ? -1 : 1)
  }

export const ConceptTable = ({
  choose,
  chosen,
  concepts
}: {
  readonly concepts: ReadonlyArray<ConceptFigures>
  readonly chosen: string | undefined
  readonly choose: (name: string | undefined) => void
}): JSX.Element => {
  const [column, setColumn] = useState<Column>("f1")
  const [down, setDown] = useState(false)
  return (
    <div class="scroll-x">
      <table class="figures-table concepts">
        <thead>
          <tr>
            {columns.map(([key, name]) => (
              <th
                key={key}
                scope="col"
                class={key === "name" ? "" : "number"}
                aria-sort={key === column ? (down ? "descending" : "ascending") : "none"}
              >
                <button
                  type="button"
                  class="sorter"
                  onClick={() => {
                    setDown(key === column ? !down : key !== "name" && key !== "f1")
                    setColumn(key)
                  }}
                >
                  {name}
                  <span aria-hidden="true">{key === column ? (down ? " ↓" : " ↑") : ""}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {concepts.toSorted(order(column, down)).map((figures) => (
            <tr key={figures.name} class={figures.name === chosen ? "chosen" : ""}>
              {columns.map(([key]) =>
                key === "name" ? (
                  <th key={key} scope="row">
                    <button
                      type="button"
                      class="link"
                      aria-pressed={figures.name === chosen}
                      onClick={() => choose(figures.name === chosen ? undefined : figures.name)}
                    >
                      <bdi>{figures.name}</bdi>
                    </button>
                  </th>
                ) : (
                  <td key={key} class="number">
                    {key === "f1" ? (
                      <i class="meter" style={{ width: `${60 * figures.f1}px` }} aria-hidden="true" />
                    ) : null}
                    {valueOf(figures, key)}
                  </td>
                )
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
