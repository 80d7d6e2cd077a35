/** Progress for people: bars on a terminal, a line for each state everywhere else. */
import type { TrainingEvent } from "./state.ts"

/** Where progress is written: a terminal, a file, or a test. */
export interface ProgressSink {
  readonly write: (text: string) => unknown
  /** Whether lines can be drawn over. */
  readonly isTTY?: boolean | undefined
  /** Characters in a line; 80 where nobody says. */
  readonly columns?: number | undefined
}

/** Options of {@link progress}. */
export interface ProgressOptions {
  /** Standard error when absent. */
  readonly to?: ProgressSink
}

/** One state in words, and how much of it is done where that is known. */
interface Shown {
  readonly title: string
  readonly text: string
  /** 0 to 1. */
  readonly share?: number
  /** Said once and not drawn over: it may be longer than a line. */
  readonly whole?: boolean
}

const plural = (count: number, noun: string) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`

const seconds = (left: number): string =>
  left < 90
    ? `${Math.ceil(left)} s left`
    : left < 5400
      ? `${Math.ceil(left / 60)} min left`
      : `${(left / 3600).toFixed(1)} h left`

const percent = (share: number) => `${(share * 100).toFixed(1)} %`

const adding = ({
  added,
  duplicates,
  heldOut,
  known,
  unusable
}: Extract<TrainingEvent, { readonly state: "adding" }>["tally"]) =>
  [
    plural(added, "example"),
    ...(known === 0 ? [] : [`${known.toLocaleString("en")} there already`]),
    ...(duplicates === 0 ? [] : [`${duplicates.toLocaleString("en")} twice`]),
    ...(heldOut === 0 ? [] : [`${heldOut.toLocaleString("en")} kept back`]),
    ...(unusable.length === 0 ? [] : [`${unusable.length.toLocaleString("en")} left out`])
  ].join(", ")

/** Says an event; `most` is the highest number of inputs that were seen to wait. */
const show = (event: TrainingEvent, most: number): Shown => {
  switch (event.state) {
    case "adding":
      return { title: "adding", text: adding(event.tally) }
    case "untested":
      return { title: "untested", text: event.problem, whole: true }
    case "found":
      return { title: "found", text: `already trained as version ${event.version}` }
    case "processing":
      return {
        title: "processing",
        text: event.waiting === 0 ? "done" : `${plural(event.waiting, "input")} to go`,
        share: most === 0 ? 1 : 1 - event.waiting / most
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
        text: `${percent(accuracy)} of ${plural(tests, "test")} right, mean F1 ${macroF1.toFixed(3)}`
      }
    }
    case "ready":
      return { title: "ready", text: `version ${event.version}${event.promoted ? "" : "; the new one was not wanted"}` }
  }
}

const barWidth = 20
const bar = (share: number): string => {
  const full = Math.round(Math.max(0, Math.min(1, share)) * barWidth)
  return `[${"#".repeat(full)}${".".repeat(barWidth - full)}] `
}

/** How often a line is drawn over, in milliseconds of the training. */
const redrawMs = 100

/** Draws each state on a line of its own, over and over until the next one begins. */
const onTerminal = (sink: ProgressSink): ((event: TrainingEvent) => void) => {
  let last: { readonly state: string; readonly atMs: number } | undefined
  let most = 0
  let pending = ""
  return (event) => {
    if (event.state === "processing") most = Math.max(most, event.waiting)
    const { share, text, title, whole = false } = show(event, most)
    const width = (sink.columns ?? 80) - 1
    const all = `${title.padEnd(12)}${share === undefined ? "" : bar(share)}${text}`
    const line = whole ? all : all.slice(0, width).padEnd(width)
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

/** Says the end of each state, and nothing in between. */
const onLines = (sink: ProgressSink): ((event: TrainingEvent) => void) => {
  let before: TrainingEvent | undefined
  let most = 0
  const say = (event: TrainingEvent) => {
    const { text, title } = show(event, most)
    sink.write(`${event.training}: ${title}${text === "" ? "" : `, ${text}`}\n`)
  }
  return (event) => {
    if (event.state === "processing") most = Math.max(most, event.waiting)
    if (before !== undefined && before.state !== event.state) say(before)
    if (event.state === "ready") say(event)
    before = event
  }
}

/**
 * A listener that shows people how a training goes: `.run({ onEvent: progress() })`.
 *
 * On a terminal each state is a line with a bar that moves; where there is none, as in CI, it is one quiet line when it
 * is over. One listener serves one training.
 */
export const progress = ({ to = process.stderr }: ProgressOptions = {}): ((event: TrainingEvent) => void) =>
  to.isTTY === true ? onTerminal(to) : onLines(to)
