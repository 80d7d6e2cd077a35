/** Precision and recall by threshold, with the threshold to drag. */
import type { JSX } from "preact"
import { useMemo } from "preact/hooks"
import { averagePrecision, figuresAt, precisionRecall, type ScoredTest } from "../../src/evaluation/measures.ts"
import { across, SquarePlot, up } from "../plot/square-plot.tsx"
import { count, score } from "../shell/format.ts"

/** A curve of one version. */
export interface VersionTests {
  readonly name: string
  readonly tests: ReadonlyArray<ScoredTest>
}

interface PlotProps {
  /** The version that the threshold is of, then others. */
  readonly versions: ReadonlyArray<VersionTests>
  readonly threshold: number
  readonly setThreshold: (threshold: number) => void
}

const pathOf = (tests: ReadonlyArray<ScoredTest>): string => {
  const curve = precisionRecall(tests)
  const first = curve[0]
  if (first === undefined) return ""
  const points = [{ recall: 0, precision: first.precision }, ...curve]
  return `M${points.map(({ precision, recall }) => `${across(recall).toFixed(1)} ${up(precision).toFixed(1)}`).join("L")}`
}

/** The highest F1 of a curve and its threshold: half-way to the next lower score, so that nothing lies on it. */
const bestOf = (tests: ReadonlyArray<ScoredTest>): number => {
  const curve = precisionRecall(tests)
  let best = 0
  for (const [i, { f1 }] of curve.entries()) if (f1 > (curve[best]?.f1 ?? 0)) best = i
  const at = curve[best]?.threshold ?? 0.5
  return (at + (curve[best + 1]?.threshold ?? 0)) / 2
}

export const PrecisionRecallPlot = ({ setThreshold, threshold, versions }: PlotProps): JSX.Element => {
  const tests = versions[0]?.tests ?? []
  const paths = useMemo(() => versions.map((version) => pathOf(version.tests)), [versions])
  const curve = useMemo(() => precisionRecall(tests), [tests])
  const average = useMemo(() => averagePrecision(tests), [tests])
  const now = figuresAt(tests, threshold)
  const drag = ({ x, y }: { readonly x: number; readonly y: number }): void => {
    let nearest = curve[0]
    let least = Infinity
    for (const figures of curve) {
      const distance = (figures.recall - x) ** 2 + (figures.precision - y) ** 2
      if (distance >= least) continue
      least = distance
      nearest = figures
    }
    if (nearest !== undefined) setThreshold(nearest.threshold)
  }
  return (
    <div class="curve">
      <SquarePlot
        x="Recall"
        y="Precision"
        description={`Precision and recall at every threshold. At ${score(threshold)}: precision ${score(now.precision)}, recall ${score(now.recall)}.`}
        onPoint={drag}
      >
        {paths.map((path, i) => <path key={i} class={`curve-line version-${i}`} d={path} />).toReversed()}
        <circle class="curve-point" cx={across(now.recall)} cy={up(now.precision)} r={6} />
      </SquarePlot>
      {versions.length > 1 ? (
        <p class="legend">
          {versions.map(({ name }, i) => (
            <span key={i}>
              <i class={`line-key version-${i}`} aria-hidden="true" />
              <bdi>{name}</bdi>
            </span>
          ))}
        </p>
      ) : null}
      <label class="slider wide">
        <span>Threshold</span>
        <input
          type="range"
          id="threshold"
          min={0}
          max={1}
          step={0.001}
          value={threshold}
          onInput={(event) => setThreshold(Number(event.currentTarget.value))}
        />
        <output for="threshold">{score(threshold)}</output>
      </label>
      <dl class="figures" id="threshold-figures">
        {(
          [
            ["precision", score(now.precision)],
            ["recall", score(now.recall)],
            ["F1", score(now.f1)],
            ["found rightly", count(now.truePositives)],
            ["found wrongly", count(now.falsePositives)],
            ["missed", count(now.falseNegatives)]
          ] as const
        ).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p class="muted">
        Average precision {score(average)}.{" "}
        <button type="button" class="link" onClick={() => setThreshold(bestOf(tests))}>
          Best F1
        </button>
      </p>
    </div>
  )
}
