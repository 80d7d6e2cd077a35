/** How much work a video may be: for one frame, and all in all. */

/** Work of a process before it knows the video: it loads its decoder. Milliseconds. */
export const startLimitMs = 20_000

/** All of a video may take as much as this many frames at their limit, and this many times its length. */
const framesInAll = 15
const workPerLength = 4

/** What is known of a video that is decoded; milliseconds. `workedMs` is the work that was done for it. */
export interface Worked {
  readonly limitMs: number
  readonly sampleMs: number
  /** Its length; undefined before it is known. */
  readonly endMs: number | undefined
  readonly workedMs: number
}

/**
 * Work that the next frame may take, in milliseconds: the limit and all that is shown since the frame before, because a
 * film that decodes slower than it plays helps nobody. A film of frames that are each within it ends by what is left.
 */
export const allowanceMs = ({ endMs = Infinity, limitMs, sampleMs, workedMs }: Worked): number =>
  Math.max(0, Math.min(limitMs + sampleMs, framesInAll * limitMs + workPerLength * endMs - workedMs))
