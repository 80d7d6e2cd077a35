/** Shows the events of a training: bars on a terminal, one line for each state elsewhere. */
import type { TrainingEvent } from "./training-event.ts"

/** Where progress is written, such as `process.stderr`. */
export interface ProgressSink {
  readonly write: (text: string) => unknown
  /** True if a line can be overwritten. @default false */
  readonly isTTY?: boolean | undefined
  /** The width of a line in characters. @default 80 */
  readonly columns?: number | undefined
}

/** Options of {@link progress}. */
export interface ProgressOptions {
  /** Where to write. @default process.stderr */
  readonly to?: ProgressSink
}

/** One event in words. */
interface Line {
  readonly title: string
  readonly text: string
  /** How much of the state is done, 0 to 1. */
  readonly share?: number
  /** True for a text that is written once, so that it may be longer than a line. */
  readonly isLong?: boolean
}

const plural = (count: number, noun: string) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`

const seconds = (left: number): string =>
  left < 90
    ? `${Math.ceil(left)} s left`
    : left < 5400
      ? `${Math.ceil(left / 60)} min left`
      : `${(left / 3600).toFixed(1)} h left`

const percent = (share: number) => `${(share * 100).toFixed(1)} %`

const describeTally = ({
  added,
  duplicates,
  heldOut,
  known,
  unusable
}: Extract<TrainingEvent, { readonly state: "adding" }>["tally"]) =>
  [
    plural(added, "example"),
    ...(known === 0 ? [] : [`${known.toLocaleString("en")} already there`]),
    ...(duplicates === 0 ? [] : [plural(duplicates, "duplicate")]),
    ...(heldOut === 0 ? [] : [`${heldOut.toLocaleString("en")} held out`]),
    ...(unusable.length === 0 ? [] : [`${unusable.length.toLocaleString("en")} unusable`])
  ].join(", ")

/** An event in words. `maxWaiting`: the highest number of waiting inputs so far. */
const describe = (event: TrainingEvent, maxWaiting: number): Line => {
  switch (event.state) {
    case "adding":
      return { title: "adding", text: describeTally(event.tally) }
    case "untested":
      return { title: "untested", text: event.problem, isLong: true }
    case "found":
      return { title: "found", text: `already trained as version ${event.version}` }
    case "processing":
      return {
        title: "processing",
        text: event.waiting === 0 ? "done" : `${plural(event.waiting, "input")} left`,
        share: maxWaiting === 0 ? 1 : 1 - event.waiting / maxWaiting
      }
    case "preparing":
      return { title: "preparing", text: event.concepts.join(", ") }
    case "queued":
      return { title: "queued", text: `version ${event.version}` }
    case "training":
      return {
        title: "training",
        text: event.secondsLeft === undefined ? `version ${event.version}` : seconds(event.secondsLeft),
        ...(event.percent === undefined ? {} : { share: event.percent / 100 })
      }
    case "trained":
      return { title: "trained", text: `version ${event.version}` }
    case "evaluating":
      return { title: "evaluating", text: `${event.done} of ${event.of}`, share: event.done / event.of }
    case "evaluated": {
      const { accuracy, macroF1, tests } = event.evaluation
      return {
        title: "evaluated",
        text: `${percent(accuracy)} of ${plural(tests, "test")} correct, mean F1 ${macroF1.toFixed(3)}${
          event.advice === undefined ? "" : `; ${event.advice}`
        }`,
        isLong: event.advice !== undefined
      }
    }
    case "ready":
      return {
        title: "ready",
        text: `version ${event.version}${event.promoted ? "" : "; the new version was rejected"}`
      }
  }
}

const barWidth = 20
const bar = (share: number): string => {
  const full = Math.round(Math.max(0, Math.min(1, share)) * barWidth)
  return `[${"#".repeat(full)}${".".repeat(barWidth - full)}] `
}

/** The shortest time between two updates of a line, in milliseconds. */
const redrawMs = 100

/** Shows each state on one line, which is overwritten until the next state begins. */
const onTerminal = (sink: ProgressSink): ((event: TrainingEvent) => void) => {
  let last: { readonly state: string; readonly atMs: number } | undefined
  let maxWaiting = 0
  let pending = ""
  return (event) => {
    if (event.state === "processing") maxWaiting = Math.max(maxWaiting, event.waiting)
    const { share, text, title, isLong = false } = describe(event, maxWaiting)
    const width = (sink.columns ?? 80) - 1
    const all = `${title.padEnd(12)}${share === undefined ? "" : bar(share)}${text}`
    const line = isLong ? all : all.slice(0, width).padEnd(width)
    const same = last?.state === event.state
    if (same && last !== undefined && event.atMs - last.atMs < redrawMs) {
      pending = line
      return
    }
    sink.write(same ? `\r${line}` : `${last === undefined ? "" : `${pending === "" ? "" : `\r${pending}`}\n`}${line}`)
    pending = ""
    if (event.state === "ready") sink.write("\n")
    last = { state: event.state, atMs: event.atMs }
  }
}

/** Writes one line at the end of each state. */
const onLines = (sink: ProgressSink): ((event: TrainingEvent) => void) => {
  let before: TrainingEvent | undefined
  let maxWaiting = 0
  const write = (event: TrainingEvent) => {
    const { text, title } = describe(event, maxWaiting)
    sink.write(`${event.training}: ${title}${text === "" ? "" : `, ${text}`}\n`)
  }
  return (event) => {
    if (event.state === "processing") maxWaiting = Math.max(maxWaiting, event.waiting)
    if (before !== undefined && before.state !== event.state) write(before)
    if (event.state === "ready") write(event)
    before = event
  }
}

/**
 * A listener that shows the progress of a training: `.run({ onEvent: progress() })`. On a terminal, each state is a line
 * with a bar; elsewhere, as in CI, each state is one line when it ends. Use one listener for each training.
 *
 * @example typeof progress({ to: { write: () => {} } }) // => "function"
 */
export const progress = ({ to = process.stderr }: ProgressOptions = {}): ((event: TrainingEvent) => void) =>
  to.isTTY === true ? onTerminal(to) : onLines(to)
