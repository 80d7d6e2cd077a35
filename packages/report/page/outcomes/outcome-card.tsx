/** One outcome in the grid: its picture with boxes and masks, what was answered, and how it went. */
import type { JSX } from "preact"
import type { Edges } from "../../src/document/report-data.ts"
import { colorClass } from "../shell/colors.ts"
import { clock, score } from "../shell/format.ts"
import { Icon } from "../shell/icon.tsx"
import {
  conceptsOf,
  errorOf,
  kindOf,
  type OpenReport,
  rowName,
  useDetail,
  usePicture,
  useReport
} from "../shell/report-context.ts"
import { BoxOutline, MaskLayer } from "./shape-overlay.tsx"

const boxesOf = ({ boxStart, data }: OpenReport, row: number): ReadonlyArray<readonly [Edges, string]> => {
  const start = (boxStart[row] ?? 0) * 5
  return Array.from({ length: data.rows.boxCount[row] ?? 0 }, (_, i) => {
    const at = start + i * 5
    const [top = 0, left = 0, bottom = 0, right = 0, concept = 0] = data.rows.boxes.slice(at, at + 5)
    return [[top / 1000, left / 1000, bottom / 1000, right / 1000] as const, data.concepts[concept] ?? ""] as const
  })
}

const Masks = ({ row }: { readonly row: number }): JSX.Element | null => {
  const detail = useDetail(row)
  return detail === undefined ? null : <MaskLayer shapes={detail.answers.flatMap(({ shapes }) => shapes)} />
}

/** The row's picture with everything drawn on it, or a sign of its kind. */
const CardPicture = ({ row }: { readonly row: number }): JSX.Element => {
  const report = useReport()
  const { blocks, data } = report
  const position = blocks.pictureAt(row, data.rows.poster[row] ?? 0)
  const address = usePicture(position)
  const kind = kindOf(report, row)
  if (position === undefined)
    return (
      <span class="no-picture">
        <Icon
          name={kind === "text" ? "text" : kind === "audio" ? "audio" : kind === "video" ? "play" : "image"}
          size={28}
        />
      </span>
    )
  const ratio = blocks.ratio(position)
  const size = ratio >= 1 ? { width: "100%", height: `${100 / ratio}%` } : { width: `${100 * ratio}%`, height: "100%" }
  return (
    <span class="picture" style={size}>
      {address === undefined ? null : <img src={address} alt="" decoding="async" draggable={false} />}
      {data.rows.masks[row] === 1 ? <Masks row={row} /> : null}
      <svg class="overlay" viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
        {boxesOf(report, row).map(([edges, concept], i) => (
          <BoxOutline key={i} edges={edges} color={colorClass(concept)} />
        ))}
      </svg>
    </span>
  )
}

const CardWords = ({ row }: { readonly row: number }): JSX.Element => {
  const report = useReport()
  const { data } = report
  const error = errorOf(report, row)
  const excerpt = data.rows.excerpt[row] ?? ""
  if (error !== undefined)
    return (
      <>
        <span class="card-error">{error}</span>
        <bdi class="card-text">{excerpt}</bdi>
      </>
    )
  const best = conceptsOf(report, row, 2)
  if (best.length === 0) return <bdi class="card-text two">{excerpt === "" ? "no concepts" : excerpt}</bdi>
  return (
    <>
      {best.map(({ concept, score: value }) => (
        <span class="bar" key={concept}>
          <i class={`dot ${colorClass(data.concepts[concept] ?? "")}`} aria-hidden="true" />
          <bdi class="bar-name">{data.concepts[concept]}</bdi>
          <span class="bar-score">{score(value)}</span>
        </span>
      ))}
    </>
  )
}

interface CardProps {
  readonly row: number
  readonly focused: boolean
  readonly open: () => void
  readonly focus: () => void
}

/** A card; `focused` is the one that the tab key reaches. */
export const OutcomeCard = ({ focus, focused, open, row }: CardProps): JSX.Element => {
  const report = useReport()
  const { rows } = report.data
  const attempts = rows.attempts[row] ?? -1
  const failed = (rows.error[row] ?? -1) >= 0
  const duration = rows.durationMs[row] ?? 0
  const truth = report.wrong.get(row)
  return (
    <button
      type="button"
      class={`card ${failed ? "failed" : ""}`}
      data-row={row}
      tabIndex={focused ? 0 : -1}
      onClick={open}
      onFocus={focus}
    >
      <span class="card-picture">
        <CardPicture row={row} />
        <span class="badges">
          {failed ? (
            <span class="badge bad">
              <Icon name="failed" size={12} /> failed
            </span>
          ) : null}
          {truth === undefined ? null : (
            <span class="badge wrong">
              <Icon name="close" size={12} /> is <bdi>{truth}</bdi>
            </span>
          )}
          {attempts > 1 ? (
            <span class="badge warn">
              <Icon name="repeat" size={12} /> {attempts}
            </span>
          ) : null}
          {duration > 0 ? (
            <span class="badge">
              <Icon name="play" size={12} /> {clock(duration)}
            </span>
          ) : null}
        </span>
      </span>
      <span class="card-words">
        <bdi class="card-name">{rowName(report, row)}</bdi>
        <span class="visually-hidden">{kindOf(report, row)}</span>
        <CardWords row={row} />
      </span>
    </button>
  )
}
