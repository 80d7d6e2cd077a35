/** The worst mistakes as pictures. */
import type { JSX } from "preact"
import type { VersionData } from "../../src/document/report-data.ts"
import { score } from "../shell/format.ts"
import { rowName, usePicture, useReport } from "../shell/report-context.ts"

const MistakePicture = ({ row }: { readonly row: number | undefined }): JSX.Element => {
  const { blocks, data } = useReport()
  const address = usePicture(row === undefined ? undefined : blocks.pictureAt(row, data.rows.poster[row] ?? 0))
  return address === undefined ? (
    <i class="strip-empty" aria-hidden="true" />
  ) : (
    <img src={address} alt="" draggable={false} />
  )
}

/** What went most wrong: the surest first. */
export const WorstMistakes = ({ version }: { readonly version: VersionData }): JSX.Element | null => {
  const report = useReport()
  const { worst } = version
  if (worst.length === 0) return null
  const rows = worst.flatMap(({ row }) => row ?? [])
  return (
    <section class="block" aria-labelledby="worst-name">
      <h2 id="worst-name">Worst mistakes</h2>
      <ul class="mistakes">
        {worst.map(({ name, predicted, row, score: sure, truth }, i) => {
          const words = (
            <>
              <span class="mistake-picture">
                <MistakePicture row={row} />
              </span>
              <span class="mistake-words">
                <bdi class="card-name">{row === undefined ? name : rowName(report, row)}</bdi>
                <span>
                  <span class="worse">{predicted.length === 0 ? "nothing" : predicted.join(", ")}</span> {score(sure)}
                </span>
                <span>
                  is <span class="better">{truth.length === 0 ? "none of them" : truth.join(", ")}</span>
                </span>
              </span>
            </>
          )
          return (
            <li key={i}>
              {row === undefined ? (
                <span class="mistake">{words}</span>
              ) : (
                <button type="button" class="mistake" onClick={() => report.open(rows, rows.indexOf(row))}>
                  {words}
                </button>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
