/** The calls of a run on one time axis: attempts, waits between them, and calls that came of a refused one. */
import type { JSX } from "preact"
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks"
import type { AttemptData, CallData, RunData } from "../../src/document/report-data.ts"
import { bytes, count, counted, duration } from "../shell/format.ts"
import { useReport } from "../shell/report-context.ts"
import { callTree, endOf, isTroubled, startOf, stateOf } from "./call-figures.ts"

const rowHeight = 26
const mostZoom = 64
/** Most calls on paper. */
const mostPrinted = 150

const stateNames = { well: "went well", failed: "failed", repeated: "failed and was repeated" } as const

/** Round steps for a time axis of about eight parts. */
const ticksOf = (endMs: number): ReadonlyArray<number> => {
  if (endMs <= 0) return [0]
  const rough = endMs / 8
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough
  return Array.from({ length: Math.floor(endMs / step) + 1 }, (_, i) => i * step)
}

interface BarsProps {
  readonly call: CallData
  readonly endMs: number
}

/** The attempts of one call with the waits between them. */
const Bars = ({ call, endMs }: BarsProps): JSX.Element => {
  const place = (fromMs: number, ms: number) => ({
    left: `${(100 * fromMs) / endMs}%`,
    width: `max(2px, ${(100 * ms) / endMs}%)`
  })
  return (
    <span class="bars" aria-hidden="true">
      {call.attempts.map((attempt, i) => (
        <span key={i}>
          {attempt.rateWaitMs === undefined || attempt.rateWaitMs === 0 ? null : (
            <i class="wait rate" style={place(attempt.startMs - attempt.rateWaitMs, attempt.rateWaitMs)} />
          )}
          <i class={`attempt ${stateOf(attempt)}`} style={place(attempt.startMs, attempt.ms)} />
          {attempt.retryWaitMs === undefined ? null : (
            <i class="wait retry" style={place(attempt.startMs + attempt.ms, attempt.retryWaitMs)} />
          )}
        </span>
      ))}
    </span>
  )
}

const attemptRow = (attempt: AttemptData, i: number): JSX.Element => (
  <tr key={i}>
    <td class="number">{i + 1}</td>
    <td class="number">{duration(attempt.startMs)}</td>
    <td class="number">{duration(attempt.ms)}</td>
    <td>
      <span class={`state ${stateOf(attempt)}`}>{stateNames[stateOf(attempt)]}</span>
      {attempt.error === undefined ? "" : `: ${attempt.error}`}
    </td>
    <td class="number">{attempt.code ?? "–"}</td>
    <td class="number">{attempt.httpStatus ?? "–"}</td>
    <td class="number">{attempt.rateWaitMs === undefined ? "–" : duration(attempt.rateWaitMs)}</td>
    <td class="number">{attempt.retryWaitMs === undefined ? "–" : duration(attempt.retryWaitMs)}</td>
  </tr>
)

/** Everything about one call. */
const CallDetail = ({ call }: { readonly call: CallData }): JSX.Element => {
  const { data, open } = useReport()
  const settled = useMemo(() => data.rows.call.flatMap((id, row) => (id === call.id ? [row] : [])), [data, call])
  return (
    <div class="call-detail" id="call-detail">
      <h3>
        Call {call.id}: <bdi>{call.what}</bdi>
      </h3>
      <p class="muted">
        {counted(call.items, "input")}, {bytes(call.bytes)}, from {duration(startOf(call))} to {duration(endOf(call))}
        {call.parent === undefined ? "" : `; it came of call ${call.parent}`}.{" "}
        {settled.length === 0 ? null : (
          <button type="button" class="link" onClick={() => open(settled, 0)}>
            Show {counted(settled.length, "outcome")} that it settled
          </button>
        )}
      </p>
      <div class="scroll-x">
        <table class="figures-table">
          <thead>
            <tr>
              {[
                "Attempt",
                "Began",
                "Took",
                "How it ended",
                "Status",
                "HTTP",
                "Waited for the rate",
                "Waited after it"
              ].map((name) => (
                <th key={name} scope="col" class={name === "How it ended" ? "" : "number"}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{call.attempts.map(attemptRow)}</tbody>
        </table>
      </div>
    </div>
  )
}

/** The waterfall. `chosen` is the call whose attempts are listed below it. */
export const Waterfall = ({
  choose,
  chosen,
  printing,
  run
}: {
  readonly run: RunData
  readonly chosen: number | undefined
  readonly choose: (id: number | undefined) => void
  readonly printing: boolean
}): JSX.Element => {
  const [troubled, setTroubled] = useState(false)
  const [zoom, setZoom] = useState(1)
  const [top, setTop] = useState(0)
  const room = useRef<HTMLDivElement>(null)
  const tree = useMemo(() => callTree(run.calls), [run])
  const shown = useMemo(() => (troubled ? tree.filter(([call]) => isTroubled(call)) : tree), [tree, troubled])
  const troubledCount = useMemo(() => run.calls.filter(isTroubled).length, [run])
  const endMs = Math.max(1, run.durationMs)
  const height = 420
  const first = printing ? 0 : Math.max(0, Math.floor(top / rowHeight) - 8)
  const last = printing ? mostPrinted : first + Math.ceil(height / rowHeight) + 16
  const call = run.calls.find(({ id }) => id === chosen)

  useLayoutEffect(() => {
    const at = shown.findIndex(([one]) => one.id === chosen)
    const element = room.current
    if (at === -1 || element === null) return
    const from = at * rowHeight
    if (from < element.scrollTop || from > element.scrollTop + height - 3 * rowHeight)
      element.scrollTop = Math.max(0, from - height / 2)
  }, [chosen, shown])
  useLayoutEffect(() => setTop(room.current?.scrollTop ?? 0), [shown])

  const move = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0
    if (by === 0) return
    event.preventDefault()
    const at = shown.findIndex(([one]) => one.id === chosen)
    choose(shown[Math.max(0, Math.min(shown.length - 1, at + by))]?.[0].id)
  }
  return (
    <section class="block" aria-labelledby="calls-name">
      <div class="block-head">
        <h2 id="calls-name">Calls</h2>
        <div class="segments" role="group" aria-label="Calls shown">
          <button type="button" aria-pressed={!troubled} onClick={() => setTroubled(false)}>
            All <span class="segment-count">{count(run.calls.length)}</span>
          </button>
          <button type="button" aria-pressed={troubled} onClick={() => setTroubled(true)}>
            Repeated, divided or failed <span class="segment-count">{count(troubledCount)}</span>
          </button>
        </div>
        <label class="slider">
          <span>Zoom</span>
          <input
            type="range"
            min={0}
            max={Math.log2(mostZoom)}
            step={0.5}
            value={Math.log2(zoom)}
            aria-valuetext={`${Math.round(zoom * 100)} %`}
            onInput={(event) => setZoom(2 ** Number(event.currentTarget.value))}
          />
        </label>
      </div>
      <p class="legend" aria-hidden="true">
        <span>
          <i class="key attempt well" />
          went well
        </span>
        <span>
          <i class="key attempt repeated" />
          failed, repeated
        </span>
        <span>
          <i class="key attempt failed" />
          failed
        </span>
        <span>
          <i class="key wait rate" />
          waits for the rate
        </span>
        <span>
          <i class="key wait retry" />
          waits before a repeat
        </span>
      </p>
      {shown.length === 0 ? <p class="note">No such calls.</p> : null}
      <div
        class="waterfall"
        ref={room}
        tabIndex={0}
        role="group"
        aria-label="Calls on a time axis; arrow keys choose a call"
        style={printing ? {} : { maxHeight: `${height}px` }}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onKeyDown={move}
      >
        <div
          class="waterfall-inside"
          style={{ width: `calc(var(--call-names) + (100% - var(--call-names)) * ${zoom})` }}
        >
          <div class="time-axis" aria-hidden="true">
            {ticksOf(endMs).map((tick) => (
              <span key={tick} style={{ left: `${(100 * tick) / endMs}%` }}>
                {duration(tick)}
              </span>
            ))}
          </div>
          <div class="waterfall-rows" style={printing ? {} : { height: `${shown.length * rowHeight}px` }}>
            {shown.slice(first, last).map(([one, depth], i) => (
              <button
                type="button"
                key={one.id}
                tabIndex={-1}
                class={`call ${one.id === chosen ? "chosen" : ""}`}
                aria-pressed={one.id === chosen}
                style={printing ? {} : { transform: `translateY(${(first + i) * rowHeight}px)` }}
                onClick={() => choose(one.id === chosen ? undefined : one.id)}
              >
                <span class="call-name" style={{ paddingLeft: `${8 + 14 * Math.min(depth, 6)}px` }}>
                  {depth > 0 ? "↳ " : ""}
                  <b>{one.id}</b> <bdi>{one.what}</bdi>
                  <span class="muted"> {count(one.items)}</span>
                  <span class="visually-hidden">
                    {`, ${counted(one.items, "input")}, ${counted(one.attempts.length, "attempt")}, ${one.attempts.map((attempt) => stateNames[stateOf(attempt)]).at(-1) ?? ""}`}
                  </span>
                </span>
                <Bars call={one} endMs={endMs} />
              </button>
            ))}
          </div>
        </div>
      </div>
      {run.more > 0 ? <p class="note">{counted(run.more, "more call")} were not recorded one by one.</p> : null}
      <div aria-live="polite">{call === undefined ? null : <CallDetail call={call} />}</div>
    </section>
  )
}
