/** The confusion matrix: rows are what is there, columns what scored highest; a cell opens its pictures. */
import type { JSX } from "preact"
import { cellOf } from "../../src/evaluation/scored-tests.ts"
import type { EvaluationData, VersionData } from "../../src/document/report-data.ts"
import { count, counted, percent } from "../shell/format.ts"
import { useReport } from "../shell/report-context.ts"

/** Most concepts in one matrix: those with the most mistakes. */
const mostConcepts = 40

interface Cell {
  readonly truth: number
  readonly predicted: number
}

/** Rows of the report that are in a cell. */
export const rowsIn = ({ scored }: VersionData, { predicted, truth }: Cell): ReadonlyArray<number> =>
  scored === undefined
    ? []
    : scored.row.filter((_, test) => {
        const cell = cellOf(scored, test)
        return cell !== undefined && cell.truth === truth && cell.predicted === predicted
      })

/** Concepts in their order; of too many, those that are confused most. */
const shownConcepts = ({ concepts }: EvaluationData, { confusion }: VersionData): ReadonlyArray<number> => {
  const all = concepts.map((_, i) => i)
  if (all.length <= mostConcepts) return all
  const wrong = (concept: number): number =>
    all.reduce(
      (sum, other) =>
        other === concept ? sum : sum + (confusion[concept]?.[other] ?? 0) + (confusion[other]?.[concept] ?? 0),
      0
    )
  return all
    .toSorted((a, b) => wrong(b) - wrong(a) || a - b)
    .slice(0, mostConcepts)
    .toSorted((a, b) => a - b)
}

export const ConfusionMatrix = ({
  evaluation,
  version
}: {
  readonly evaluation: EvaluationData
  readonly version: VersionData
}): JSX.Element => {
  const { open } = useReport()
  const shown = shownConcepts(evaluation, version)
  const totals = version.confusion.map((row) => row.reduce((sum, cell) => sum + cell, 0))
  const nameOf = (concept: number): string => evaluation.concepts[concept] ?? ""
  return (
    <div class="scroll-x">
      <table class="confusion">
        <caption class="visually-hidden">
          Tests by what is there (rows) and what scored highest (columns). Cells with tests open their pictures.
        </caption>
        <thead>
          <tr>
            <td class="corner">
              <span>there ↓</span> <span>highest score →</span>
            </td>
            {shown.map((predicted) => (
              <th key={predicted} scope="col">
                <bdi>{nameOf(predicted)}</bdi>
              </th>
            ))}
            <th scope="col" class="total">
              tests
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((truth) => (
            <tr key={truth}>
              <th scope="row">
                <bdi>{nameOf(truth)}</bdi>
              </th>
              {shown.map((predicted) => {
                const tests = version.confusion[truth]?.[predicted] ?? 0
                const share = (totals[truth] ?? 0) === 0 ? 0 : tests / (totals[truth] ?? 1)
                const level = tests === 0 ? 0 : 1 + Math.min(4, Math.floor(share * 5))
                const rows = tests === 0 ? [] : rowsIn(version, { truth, predicted })
                const about = `${counted(tests, "test")}: ${nameOf(truth)}, highest score ${nameOf(predicted)}`
                return (
                  <td key={predicted} class={`cell ${truth === predicted ? "right" : "wrong"} level-${level}`}>
                    {rows.length === 0 ? (
                      <span title={about}>{count(tests)}</span>
                    ) : (
                      <button
                        type="button"
                        title={`${about} (${percent(share)})`}
                        aria-label={about}
                        onClick={() => open(rows, 0)}
                      >
                        {count(tests)}
                      </button>
                    )}
                  </td>
                )
              })}
              <td class="total">{count(totals[truth] ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < evaluation.concepts.length ? (
        <p class="note">
          {shown.length} of {evaluation.concepts.length} concepts: those that are confused most.
        </p>
      ) : null}
    </div>
  )
}
