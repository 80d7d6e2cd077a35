// Frames of a video and the options for decoding them.
import type { RenderOptions } from "../picture/picture.ts"
import type { ChoiceSpec } from "./choose.ts"
import type { Progress } from "./progress.ts"

/**
 * One frame of a video, upright, with square pixels.
 *
 * `index` counts the frames of the answer from 0. `timeMs` is the moment asked for (the picture's own time for keyframes
 * and whole spans); `frameTimeMs` is when the picture that is on screen then came there. Both are milliseconds from the
 * first frame of the video. `bytes` is a JPEG file, or packed RGB of `width * height * 3` bytes.
 */
export interface Frame {
  readonly index: number
  readonly timeMs: number
  readonly frameTimeMs: number
  readonly width: number
  readonly height: number
  readonly form: "jpeg" | "rgb"
  readonly bytes: Uint8Array
}

/** Limits of one answer; exceeding one ends it with `VideoTooLarge` after the frames before it. */
export interface FrameLimits {
  readonly frames?: number
  readonly ms?: number
}

/**
 * How frames are decoded. `choose` keeps some of the pictures only; they are then decoded one after another. `signal`
 * stops the decoding.
 */
export interface FramesOptions {
  readonly render: RenderOptions
  readonly limits?: FrameLimits
  readonly choose?: ChoiceSpec
  readonly onProgress?: (progress: Progress) => void
  readonly signal?: AbortSignal
}
