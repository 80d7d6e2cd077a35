/** The run: what was called, how long it took, what it cost beside the plan, and what was left out. */
import type { JSX } from "preact"
import { useMemo } from "preact/hooks"
import type { RunData, SkippedData, TimeData } from "../../src/document/report-data.ts"
import { bytes, count, counted, duration } from "../shell/format.ts"
import { useReport } from "../shell/report-context.ts"
import { type Tile, Tiles } from "../shell/tiles.tsx"
import { figuresOf, throughput } from "./call-figures.ts"
import { Waterfall } from "./waterfall.tsx"

const bins = 80

const ThroughputPlot = ({ run }: { readonly run: RunData }): JSX.Element | null => {
  const rates = useMemo(() => throughput(run, bins), [run])
  const most = Math.max(...rates)
  if (most === 0) return null
  const height = 120
  return (
    <section class="block" aria-labelledby="throughput-name">
      <h2 id="throughput-name">Throughput</h2>
      <figure class="throughput">
        <svg
          viewBox={`0 0 ${bins} ${height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`Inputs answered per second over ${duration(run.durationMs)}; at most ${count(Math.round(most))}`}
        >
          {rates.map((rate, i) => (
            <rect key={i} x={i + 0.1} width={0.8} y={height - (height * rate) / most} height={(height * rate) / most}>
              <title>{`${rate.toFixed(1)} inputs per second`}</title>
            </rect>
          ))}
        </svg>
        <figcaption>
          <span>0</span>
          <span>at most {count(Math.round(most))} inputs per second</span>
          <span>{duration(run.durationMs)}</span>
        </figcaption>
      </figure>
    </section>
  )
}

/** Times as bars, longest first. */
const TimeBars = ({
  name,
  times
}: {
  readonly name: string
  readonly times: ReadonlyArray<TimeData>
}): JSX.Element | null => {
  if (times.length === 0) return null
  const most = Math.max(1, ...times.map(({ ms }) => ms))
  return (
    <section class="block">
      <h2>{name}</h2>
      <table class="time-bars">
        <tbody>
          {times
            .toSorted((a, b) => b.ms - a.ms)
            .map(({ count: times_, ms, name: what }) => (
              <tr key={what}>
                <th scope="row">
                  <bdi>{what}</bdi>
                </th>
                <td class="number">{duration(ms)}</td>
                <td class="time-bar">
                  <i style={{ width: `${(100 * ms) / most}%` }} aria-hidden="true" />
                </td>
                <td class="number muted">{count(times_)} ×</td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  )
}

const difference = (made: number, planned: number): string => {
  const by = made - planned
  return by === 0 ? "as planned" : `${by > 0 ? "+" : "−"}${count(Math.abs(by))}`
}

const PlanTable = ({ run }: { readonly run: RunData }): JSX.Element | null => {
  const { plan } = run
  if (plan === undefined) return null
  const made = figuresOf(run)
  const predictions = run.calls.filter(({ predicts }) => predicts)
  const sent = predictions.reduce((sum, call) => sum + call.bytes * call.attempts.length, 0)
  const attempts = predictions.reduce((sum, call) => sum + call.attempts.length, 0)
  const rows: ReadonlyArray<readonly [string, string, string, string]> = [
    ["Calls", count(plan.calls), count(attempts), difference(attempts, plan.calls)],
    ["Inputs", count(plan.items), count(made.items), difference(made.items, plan.items)],
    ["Bytes", bytes(plan.bytes), bytes(sent), difference(sent, plan.bytes)],
    [
      "Time",
      plan.seconds === 0 ? "–" : `at least ${duration(plan.seconds * 1000)}`,
      run.durationMs === 0 ? "–" : duration(run.durationMs),
      ""
    ]
  ]
  return (
    <section class="block" aria-labelledby="plan-name">
      <h2 id="plan-name">Cost against plan</h2>
      <p class="muted steps">
        <bdi>{plan.steps.join(" → ")}</bdi>
      </p>
      <table class="figures-table">
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col" class="number">
              Planned
            </th>
            <th scope="col" class="number">
              Made
            </th>
            <th scope="col" class="number">
              Difference
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([what, planned, done, by]) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td class="number">{planned}</td>
              <td class="number">{run.calls.length === 0 && what !== "Time" ? "–" : done}</td>
              <td class="number">{run.calls.length === 0 ? "" : by}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {plan.notes.length === 0 ? null : (
        <ul class="notes">
          {plan.notes.map((note, i) => (
            <li key={i}>
              <bdi>{note}</bdi>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const SkippedList = ({ skipped }: { readonly skipped: ReadonlyArray<SkippedData> }): JSX.Element | null => {
  const { open } = useReport()
  if (skipped.length === 0) return null
  const rows = skipped.flatMap(({ row }) => row ?? [])
  return (
    <section class="block" aria-labelledby="skipped-name">
      <h2 id="skipped-name">Left out</h2>
      <div class="scroll-x">
        <table class="figures-table">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {skipped.map(({ row, what, why }, i) => (
              <tr key={i}>
                <th scope="row">
                  {row === undefined ? (
                    <bdi>{what}</bdi>
                  ) : (
                    <button type="button" class="link" onClick={() => open(rows, rows.indexOf(row))}>
                      <bdi>{what}</bdi>
                    </button>
                  )}
                </th>
                <td>
                  <bdi>{why}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

const tilesOf = (run: RunData): ReadonlyArray<Tile> => {
  const figures = figuresOf(run)
  const rate = run.durationMs === 0 ? 0 : (1000 * figures.items) / run.durationMs
  const { tokens } = run
  return [
    ["Duration", duration(run.durationMs)],
    ["Calls", count(figures.calls)],
    ["Attempts", count(figures.attempts)],
    ["Repeats", count(figures.repeats), figures.repeats > 0 ? "bad" : undefined],
    ["Failed calls", count(figures.failed), figures.failed > 0 ? "bad" : undefined],
    ["Inputs sent", count(figures.items)],
    ["Inputs per second", rate.toFixed(1)],
    ["Bytes sent", bytes(figures.bytes)],
    ...(tokens === undefined
      ? []
      : [["Tokens", `${count(tokens.prompt)} in, ${count(tokens.completion)} out`] as const])
  ]
}

/** Waits and calls, where stages are not timed. */
const phases = (run: RunData): ReadonlyArray<TimeData> => {
  const { attempts, callingMs, rateWaitMs, repeats, retryWaitMs } = figuresOf(run)
  return [
    ...run.stages,
    ...(callingMs > 0 ? [{ name: "calls", ms: callingMs, count: attempts }] : []),
    ...(rateWaitMs > 0 ? [{ name: "waits for the rate", ms: rateWaitMs, count: attempts }] : []),
    ...(retryWaitMs > 0 ? [{ name: "waits before repeats", ms: retryWaitMs, count: repeats }] : [])
  ]
}

interface RunViewProps {
  readonly run: RunData | undefined
  readonly skipped: ReadonlyArray<SkippedData>
  readonly chosen: number | undefined
  readonly choose: (id: number | undefined) => void
  readonly printing: boolean
}

export const RunView = ({ choose, chosen, printing, run, skipped }: RunViewProps): JSX.Element => (
  <div class="view">
    {run === undefined ? null : (
      <>
        {run.calls.length === 0 ? null : <Tiles tiles={tilesOf(run)} />}
        <div class="two">
          <ThroughputPlot run={run} />
          <PlanTable run={run} />
          <TimeBars name="Time by stage" times={phases(run)} />
          <TimeBars name="Time by plugin" times={run.plugins} />
        </div>
        {run.calls.length === 0 ? null : <Waterfall run={run} chosen={chosen} choose={choose} printing={printing} />}
      </>
    )}
    <SkippedList skipped={skipped} />
    {skipped.length === 0 && run === undefined ? <p class="note">{counted(0, "call")} were recorded.</p> : null}
  </div>
)
