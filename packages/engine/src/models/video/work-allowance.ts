/** Limits on the work of decoding a video: for one frame, and in total. */

/** Work of a process before it knows the video, while it loads its decoder; milliseconds. */
export const startLimitMs = 20_000

/** All of a video may take as much as this many frames at their limit, and this many times its length. */
const framesInTotal = 15
const workPerLength = 4

/** A video that is being decoded; milliseconds. `workedMs` is the work that was done for it. */
export interface VideoWork {
  readonly limitMs: number
  readonly sampleMs: number
  /** Its length; undefined before it is known. */
  readonly endMs: number | undefined
  readonly workedMs: number
}

/**
 * Work that the next frame may take, in milliseconds: the limit and the video's time since the frame before, because a
 * video that decodes more slowly than it plays is of no use. The total bounds videos whose frames are each within it.
 */
export const allowanceMs = ({ endMs = Infinity, limitMs, sampleMs, workedMs }: VideoWork): number =>
  Math.max(0, Math.min(limitMs + sampleMs, framesInTotal * limitMs + workPerLength * endMs - workedMs))
