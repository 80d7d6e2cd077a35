/** How often predictions of each score are right, with the calibration error. */
import type { JSX } from "preact"
import { useMemo } from "preact/hooks"
import { reliability, type ScoredTest } from "../../src/evaluation/measures.ts"
import { across, side, SquarePlot, up } from "../plot/square-plot.tsx"
import { counted, score } from "../shell/format.ts"

export const ReliabilityPlot = ({ tests }: { readonly tests: ReadonlyArray<ScoredTest> }): JSX.Element => {
  const { bins, calibrationError } = useMemo(() => reliability(tests), [tests])
  const filled = bins.filter(({ count }) => count > 0)
  const most = Math.max(1, ...bins.map(({ count }) => count))
  return (
    <div class="curve">
      <SquarePlot
        x="Score"
        y="Share that is right"
        description={`Calibration error ${score(calibrationError)} over ${counted(tests.length, "score")}.`}
      >
        <line class="ideal" x1={across(0)} y1={up(0)} x2={across(1)} y2={up(1)} />
        {bins.map(({ count, from, meanScore, share, to }) =>
          count === 0 ? null : (
            <g key={from}>
              <rect
                class="bin-count"
                x={across(from) + 1}
                width={side * (to - from) - 2}
                y={up((0.22 * count) / most)}
                height={(side * 0.22 * count) / most}
              />
              <rect
                class="bin-gap"
                x={across(from) + 1}
                width={side * (to - from) - 2}
                y={up(Math.max(share, meanScore))}
                height={side * Math.abs(share - meanScore)}
              />
              <line class="bin-share" x1={across(from) + 1} x2={across(to) - 1} y1={up(share)} y2={up(share)}>
                <title>{`${counted(count, "score")} from ${from.toFixed(1)} to ${to.toFixed(1)}: mean ${score(meanScore)}, right ${score(share)}`}</title>
              </line>
            </g>
          )
        )}
        <polyline
          class="bin-line"
          points={filled.map(({ meanScore, share }) => `${across(meanScore)},${up(share)}`).join(" ")}
        />
      </SquarePlot>
      <p class="muted">
        Expected calibration error <strong id="calibration-error">{score(calibrationError)}</strong> over{" "}
        {counted(tests.length, "score")}. The shaded gap is the distance from the diagonal; bars below show how many
        scores there are.
      </p>
    </div>
  )
}
