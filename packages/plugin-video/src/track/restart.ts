// Recordings that were put one after the other in one file: the times of the second begin again.

/** Called with the time of the last key picture before times begin again. */
export type OnRestart = (us: number) => void

/** Key pictures are shown in the order in which they stand; rounding may bring two of one time out of it. */
const backwardUs = 100_000

/** Whether a key picture that is followed by another one ends a recording: the next begins at an earlier time. */
export const isRestart = (beforeUs: number, us: number): boolean => us < beforeUs - backwardUs

/** What is wrong with a file in which times begin again, and what to do. */
export const restartDetail =
  "its times begin again, as in recordings that were put one after the other; split it where they meet"
