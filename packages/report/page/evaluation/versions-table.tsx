/** One version beside another: figures, and the tests that went from wrong to right or back. */
import type { JSX } from "preact"
import { isRight } from "../../src/evaluation/scored-tests.ts"
import type { EvaluationData, VersionData } from "../../src/document/report-data.ts"
import { count, percent, score } from "../shell/format.ts"
import { useReport } from "../shell/report-context.ts"

/** Rows that one version tells rightly. */
const rightRows = ({ scored }: VersionData, exclusive: boolean): ReadonlySet<number> =>
  new Set(scored === undefined ? [] : scored.row.filter((_, test) => isRight(scored, test, exclusive)))

const Delta = ({ by, text }: { readonly by: number; readonly text: string }): JSX.Element => (
  <span class={by > 0 ? "better" : by < 0 ? "worse" : "same"}>
    {by > 0 ? "▲ +" : by < 0 ? "▼ −" : "= "}
    {text}
  </span>
)

/** The first version against each other one. */
export const VersionsTable = ({ evaluation }: { readonly evaluation: EvaluationData }): JSX.Element | null => {
  const { open } = useReport()
  const [first, ...others] = evaluation.versions
  if (first === undefined || others.length === 0) return null
  const right = rightRows(first, evaluation.exclusive)
  const inFirst = new Set(first.scored?.row)
  return (
    <section class="block" aria-labelledby="versions-name">
      <h2 id="versions-name">Versions</h2>
      <div class="scroll-x">
        <table class="figures-table">
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col" class="number">
                Accuracy
              </th>
              <th scope="col" class="number">
                Mean F1
              </th>
              <th scope="col" class="number">
                Tests
              </th>
              <th scope="col">Against it, the first version is</th>
              <th scope="col">Tests that changed</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">
                <i class="line-key version-0" aria-hidden="true" />
                <bdi>{first.name}</bdi>
              </th>
              <td class="number">{percent(first.accuracy)}</td>
              <td class="number">{score(first.macroF1)}</td>
              <td class="number">{count(first.tests)}</td>
              <td />
              <td />
            </tr>
            {others.map((other, i) => {
              const before = rightRows(other, evaluation.exclusive)
              const both = (other.scored?.row ?? []).filter((row) => inFirst.has(row))
              const mended = both.filter((row) => right.has(row) && !before.has(row))
              const broken = both.filter((row) => !right.has(row) && before.has(row))
              const by = first.accuracy - other.accuracy
              const byF1 = first.macroF1 - other.macroF1
              return (
                <tr key={i}>
                  <th scope="row">
                    <i class={`line-key version-${i + 1}`} aria-hidden="true" />
                    <bdi>{other.name}</bdi>
                  </th>
                  <td class="number">{percent(other.accuracy)}</td>
                  <td class="number">{score(other.macroF1)}</td>
                  <td class="number">{count(other.tests)}</td>
                  <td>
                    <Delta by={by} text={`${percent(Math.abs(by))} accuracy`} />
                    {", "}
                    <Delta by={byF1} text={`${score(Math.abs(byF1))} F1`} />
                  </td>
                  <td>
                    <button type="button" class="link" disabled={mended.length === 0} onClick={() => open(mended, 0)}>
                      {count(mended.length)} now right
                    </button>
                    {", "}
                    <button type="button" class="link" disabled={broken.length === 0} onClick={() => open(broken, 0)}>
                      {count(broken.length)} now wrong
                    </button>
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </section>
  )
}
