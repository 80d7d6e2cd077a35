/** A clip on its timeline: scores of its best concepts over time, and a strip of frames; one frame is chosen. */
import type { JSX } from "preact"
import type { FrameData } from "../../src/document/report-data.ts"
import { colorClass } from "../shell/colors.ts"
import { clock, score } from "../shell/format.ts"
import { usePicture, useReport } from "../shell/report-context.ts"

const width = 1000
const height = 120
/** Most lines in the plot. */
const mostLines = 5

/** Concepts of a frame: its own and those of its regions. */
export const frameConcepts = ({ concepts, shapes }: FrameData): ReadonlyArray<readonly [string, number]> => {
  const best = new Map<string, number>()
  for (const [name, value] of [...concepts, ...shapes.flatMap((shape) => shape.concepts)])
    best.set(name, Math.max(value, best.get(name) ?? 0))
  return [...best].sort(([, a], [, b]) => b - a)
}

/** Names with the highest mean score over all frames. */
const bestNames = (frames: ReadonlyArray<FrameData>): ReadonlyArray<string> => {
  const sums = new Map<string, number>()
  for (const frame of frames)
    for (const [name, value] of frameConcepts(frame)) sums.set(name, (sums.get(name) ?? 0) + value)
  return [...sums]
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostLines)
    .map(([name]) => name)
}

const StripFrame = ({
  chosen,
  frame,
  pick,
  row
}: {
  readonly row: number
  readonly frame: FrameData
  readonly chosen: boolean
  readonly pick: () => void
}): JSX.Element => {
  const { blocks } = useReport()
  const address = usePicture(frame.picture === undefined ? undefined : blocks.pictureAt(row, frame.picture))
  return (
    <button
      type="button"
      class="strip-frame"
      aria-pressed={chosen}
      aria-label={`Frame at ${clock(frame.timeMs)}`}
      onClick={pick}
    >
      {address === undefined ? <i class="strip-empty" /> : <img src={address} alt="" draggable={false} />}
      <span>{clock(frame.timeMs)}</span>
    </button>
  )
}

interface TimelineProps {
  readonly row: number
  readonly frames: ReadonlyArray<FrameData>
  readonly at: number
  readonly pick: (frame: number) => void
}

/** The timeline; `at` is the chosen frame. */
export const ClipTimeline = ({ at, frames, pick, row }: TimelineProps): JSX.Element => {
  const first = frames[0]?.timeMs ?? 0
  const last = frames.at(-1)?.timeMs ?? 0
  const span = Math.max(1, last - first)
  const x = (timeMs: number): number => (width * (timeMs - first)) / span
  const y = (value: number): number => height - height * value
  const names = bestNames(frames)
  const scoresAt = frames.map((frame) => new Map(frameConcepts(frame)))
  const now = frames[at]
  const nearest = (fraction: number): number => {
    const time = first + fraction * span
    return frames.reduce(
      (best, frame, i) => (Math.abs(frame.timeMs - time) < Math.abs((frames[best]?.timeMs ?? 0) - time) ? i : best),
      0
    )
  }
  return (
    <div class="timeline">
      <div class="timeline-legend">
        {names.map((name) => (
          <span key={name}>
            <i class={`dot ${colorClass(name)}`} aria-hidden="true" />
            <bdi>{name}</bdi> {score(scoresAt[at]?.get(name) ?? 0)}
          </span>
        ))}
      </div>
      <svg
        class="timeline-plot"
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Scores of ${names.join(", ")} over ${clock(span)}`}
        onPointerDown={(event) => {
          const bounds = event.currentTarget.getBoundingClientRect()
          pick(nearest((event.clientX - bounds.left) / bounds.width))
        }}
      >
        {[0, 0.5, 1].map((line) => (
          <line
            key={line}
            class="gridline"
            x1={0}
            x2={width}
            y1={y(line)}
            y2={y(line)}
            vector-effect="non-scaling-stroke"
          />
        ))}
        {names.map((name) => (
          <polyline
            key={name}
            class={`series ${colorClass(name)}`}
            vector-effect="non-scaling-stroke"
            points={frames.map((frame, i) => `${x(frame.timeMs)},${y(scoresAt[i]?.get(name) ?? 0)}`).join(" ")}
          />
        ))}
        {now === undefined ? null : (
          <line
            class="cursor"
            x1={x(now.timeMs)}
            x2={x(now.timeMs)}
            y1={0}
            y2={height}
            vector-effect="non-scaling-stroke"
          />
        )}
      </svg>
      <input
        type="range"
        class="timeline-slider"
        aria-label="Frame"
        aria-valuetext={now === undefined ? "" : clock(now.timeMs)}
        min={0}
        max={Math.max(0, frames.length - 1)}
        step={1}
        value={at}
        onInput={(event) => pick(Number(event.currentTarget.value))}
      />
      <div class="strip">
        {frames.map((frame, i) =>
          frame.picture === undefined ? null : (
            <StripFrame key={i} row={row} frame={frame} chosen={i === at} pick={() => pick(i)} />
          )
        )}
      </div>
    </div>
  )
}
