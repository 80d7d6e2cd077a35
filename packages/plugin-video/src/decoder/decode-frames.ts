// Sampling of one video for programs that answer predictions: bytes in, numbered JPEG frames out, under bounds.
import type { VideoInput } from "../bytes/byte-source.ts"
import { abortable } from "../sampling/abortable.ts"
import type { Frame } from "../sampling/frame.ts"
import { checkEveryMs, checkRange, type FrameTimes, sampleBounds } from "../sampling/selection.ts"
import { VideoTooLarge } from "../errors.ts"
import { type OpenOptions, openVideo, sampleFrames } from "./open-video.ts"

/** Bounds of a decoding: size of the file, number of frames, length of the clip and pixels of a picture. */
export interface DecodeLimits {
  readonly bytes?: number
  readonly frames?: number
  readonly ms?: number
  readonly pixels?: number
}

/** What {@link decodeFrames} is asked. `quality` is 1..100 (JPEG); `maxSide` shrinks the longer side to at most that. */
export interface DecodeOptions extends Pick<
  OpenOptions,
  "allowPrivate" | "fetch" | "isolate" | "memoryMiB" | "signal" | "track"
> {
  readonly everyMs?: number
  readonly frameTimes?: FrameTimes
  readonly fromMs?: number
  readonly toMs?: number
  readonly limits?: DecodeLimits
  readonly form?: "jpeg" | "rgb"
  readonly quality?: number
  readonly maxSide?: number
}

/** The JPEG quality of frames when none is asked for. */
export const defaultQuality = 90

/**
 * Samples a video: the frame on screen at 0, `everyMs`, 2 · `everyMs` …, upright, with square pixels; with
 * `frameTimes: "middle"` the one in the middle of each such step.
 *
 * Units: milliseconds from the first frame; `everyMs` is 100 to 60,000, 1000 by default. Memory: a few frames, whatever
 * the length. Fails: a typed error, after the frames that were readable or allowed. Leaving the loop stops the decoding.
 */
export const decodeFrames = (input: VideoInput, options: DecodeOptions = {}): AsyncGenerator<Frame, void> =>
  abortable(options.signal, (left) => decode(input, options, left))

/** A signal that aborts when the consumer leaves while the video is being opened. Later, `sampleFrames` stops in order. */
const openingSignal = (left: AbortSignal, outer: AbortSignal | undefined) => {
  const opening = new AbortController()
  const onLeft = () => opening.abort(left.reason)
  left.addEventListener("abort", onLeft, { once: true })
  return {
    signal: outer === undefined ? opening.signal : AbortSignal.any([opening.signal, outer]),
    opened: () => left.removeEventListener("abort", onLeft)
  }
}

async function* decode(input: VideoInput, options: DecodeOptions, left: AbortSignal): AsyncGenerator<Frame, void> {
  const { frameTimes = "start", fromMs = 0, limits = {}, maxSide, toMs = Infinity } = options
  const everyMs = checkEveryMs(options.everyMs ?? sampleBounds.default)
  checkRange(fromMs, toMs)
  const opening = openingSignal(left, options.signal)
  const video = await openVideo(input, {
    ...options,
    signal: opening.signal,
    ...(limits.bytes === undefined ? {} : { maxBytes: limits.bytes }),
    ...(limits.pixels === undefined ? {} : { maxPixels: limits.pixels })
  })
  opening.opened()
  try {
    const statedMs = (video.track.statedEndUs ?? 0) / 1000
    if (limits.ms !== undefined && statedMs > limits.ms + everyMs)
      throw new VideoTooLarge({ limit: "ms", allowed: limits.ms, found: Math.round(statedMs) })
    const render = {
      form: options.form ?? "jpeg",
      quality: options.quality ?? defaultQuality,
      ...(maxSide === undefined ? {} : { maxSide })
    } as const
    const asked = { kind: "every", everyMs, fromMs, toMs, frameTimes } as const
    yield* sampleFrames(video, asked, { render, limits, signal: left })
  } finally {
    await video.close()
  }
}
