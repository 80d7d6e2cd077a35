// How far a long piece of work is, for people.

/** Frames done, the time in the clip that was reached, and an estimate of what is left where the length is known. */
export interface Progress {
  readonly frames: number
  readonly positionMs: number
  readonly totalMs: number | undefined
  readonly secondsLeft: number | undefined
}

/** Counts frames against a clock; `now` is in milliseconds. */
export const makeProgress = (totalMs: number | undefined, now: () => number): ((positionMs: number) => Progress) => {
  const startedMs = now()
  let frames = 0
  let firstMs: number | undefined
  return (positionMs) => {
    frames++
    firstMs ??= positionMs
    // the first frame tells nothing about speed yet
    const done = positionMs - firstMs
    const left = totalMs === undefined ? undefined : Math.max(0, totalMs - positionMs)
    const secondsLeft = left === undefined || done <= 0 ? undefined : ((now() - startedMs) / 1000) * (left / done)
    return { frames, positionMs, totalMs, secondsLeft }
  }
}
