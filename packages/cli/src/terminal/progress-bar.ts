/** One line at the end of the terminal that shows how far a run is. */
import type { Output } from "./io.ts"
import { fit } from "./table.ts"

/** How far a run is. */
export interface Progress {
  readonly done: number
  readonly failed: number
  /** Undefined while the number of inputs is not known. */
  readonly total: number | undefined
}

const barWidth = 24

const formatDuration = (seconds: number): string => {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** The line for a state, at most `width` columns wide. */
export const progressLine = ({ done, failed, total }: Progress, elapsedMs: number, width: number): string => {
  const perSecond = elapsedMs < 500 ? 0 : done / (elapsedMs / 1000)
  const share = total === undefined || total === 0 ? undefined : Math.min(1, done / total)
  const full = share === undefined ? 0 : Math.round(share * barWidth)
  const secondsLeft = total === undefined || perSecond === 0 ? undefined : (total - done) / perSecond
  const parts = [
    ...(share === undefined ? [] : [`[${"#".repeat(full)}${".".repeat(barWidth - full)}]`]),
    total === undefined ? `${done}` : `${done}/${total}`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(perSecond === 0 ? [] : [`${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s`]),
    ...(secondsLeft === undefined || secondsLeft <= 0 ? [] : [`${formatDuration(secondsLeft)} left`])
  ]
  return fit(parts.join("  "), width)
}

/** A progress bar. */
export interface ProgressBar {
  readonly update: (progress: Progress) => void
  /** Removes the line, so that other text can be written; the next update draws it again. */
  readonly clear: () => void
}

/** The shortest time between two drawings, in milliseconds. */
const redrawMs = 100

/** A bar that shows nothing, for outputs that are not interactive. */
export const noBar: ProgressBar = { update: () => {}, clear: () => {} }

/** Draws a bar on a terminal. It follows a change of the terminal's width. */
export const makeProgressBar = (terminal: Output, now: () => number = () => performance.now()): ProgressBar => {
  const began = now()
  let last: Progress | undefined
  let drawnAt = Number.NEGATIVE_INFINITY
  let isShown = false
  const draw = (progress: Progress) => {
    drawnAt = now()
    isShown = true
    // One column stays free: a full line would wrap.
    terminal.write(`\r\u001b[2K${progressLine(progress, drawnAt - began, (terminal.columns ?? 80) - 1)}`)
  }
  terminal.on("resize", () => {
    if (isShown && last !== undefined) draw(last)
  })
  return {
    update: (progress) => {
      last = progress
      if (!isShown || now() - drawnAt >= redrawMs || progress.done === progress.total) draw(progress)
    },
    clear: () => {
      if (isShown) terminal.write("\r\u001b[2K")
      isShown = false
    }
  }
}
