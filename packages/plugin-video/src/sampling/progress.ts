// Progress of long work.

/** Frames done, the time reached in the clip, and an estimate of the rest if the length is known. */
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
    // the first frame does not show the speed yet
    const done = positionMs - firstMs
    const left = totalMs === undefined ? undefined : Math.max(0, totalMs - positionMs)
    const secondsLeft = left === undefined || done <= 0 ? undefined : ((now() - startedMs) / 1000) * (left / done)
    return { frames, positionMs, totalMs, secondsLeft }
  }
}
