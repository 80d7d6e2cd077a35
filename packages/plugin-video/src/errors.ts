// Every way a video can fail, one class per decision a caller can make.
import { sightlineError } from "@sightline/core/plugin"
import { Schema } from "effect"

/** The bytes cannot be read: the file is missing, the address refused, the stream broke. Trying again may help. */
export class VideoSourceError extends sightlineError(
  Schema.TaggedError<VideoSourceError>()("VideoSourceError", {
    from: Schema.String,
    detail: Schema.String
  })
) {
  readonly retryable = true
  override get message() {
    return `cannot read the video from ${this.from}: ${this.detail}`
  }
}

/** The video cannot be used: `reason` says why, `detail` what to do. */
export class VideoUnsupported extends sightlineError(
  Schema.TaggedError<VideoUnsupported>()("VideoUnsupported", {
    reason: Schema.Literals([
      "empty",
      "not-a-video",
      "no-video-track",
      "no-such-track",
      "no-sound",
      "codec",
      "encrypted",
      "metadata",
      "no-decoder"
    ]),
    detail: Schema.String
  })
) {
  readonly retryable = false
  override get message() {
    return `cannot use this video (${this.reason}): ${this.detail}`
  }
}

/**
 * The video ended before it said it would, or parts of it could not be decoded. Every frame that was readable has been
 * answered before this error arrives.
 *
 * Units: times are milliseconds from the first frame. `endedAtMs` is the time of the last picture that could be read.
 */
export class VideoDamaged extends sightlineError(
  Schema.TaggedError<VideoDamaged>()("VideoDamaged", {
    reason: Schema.Literals(["truncated", "corrupt"]),
    endedAtMs: Schema.Number,
    firstDamageMs: Schema.optionalKey(Schema.Number),
    expectedEndMs: Schema.optionalKey(Schema.Number),
    frames: Schema.Number,
    detail: Schema.String
  })
) {
  readonly retryable = false
  override get message() {
    const until = this.expectedEndMs === undefined ? "" : ` of ${Math.round(this.expectedEndMs)} ms`
    return `the video is ${this.reason}: readable until ${Math.round(this.endedAtMs)} ms${until}, ${this.frames} frames answered (${this.detail})`
  }
}

/** What is wrong with a video of which no frame was answered. */
export const damagedAtStart = (reason: VideoDamaged["reason"], detail: string): VideoDamaged =>
  new VideoDamaged({ reason, endedAtMs: 0, frames: 0, detail })

/** A limit is exceeded. Frames before it have been answered. Raise the limit or request less. */
export class VideoTooLarge extends sightlineError(
  Schema.TaggedError<VideoTooLarge>()("VideoTooLarge", {
    limit: Schema.Literals(["bytes", "frames", "ms", "pixels", "part", "work", "memory"]),
    allowed: Schema.Number,
    found: Schema.Number
  })
) {
  readonly retryable = false
  override get message() {
    return `the video exceeds the limit on ${this.limit}: ${this.found}, allowed ${this.allowed}; raise the limit or request less`
  }
}

/** An option is out of range, such as `everyMs` of 50. */
export class VideoOptionError extends sightlineError(
  Schema.TaggedError<VideoOptionError>()("VideoOptionError", {
    option: Schema.String,
    detail: Schema.String
  })
) {
  readonly retryable = false
  override get message() {
    return `${this.option}: ${this.detail}`
  }
}

/** Every typed error of this package. */
export type VideoError = VideoSourceError | VideoUnsupported | VideoDamaged | VideoTooLarge | VideoOptionError

/** Whether a thrown value is a typed error of this package. */
export const isVideoError = (error: unknown): error is VideoError =>
  error instanceof VideoSourceError ||
  error instanceof VideoUnsupported ||
  error instanceof VideoDamaged ||
  error instanceof VideoTooLarge ||
  error instanceof VideoOptionError

/**
 * A prediction of a video ended before its end. `frames` are those answered before, with their times, as in a
 * whole answer. `because` is the error that ended it.
 */
export class VideoInterrupted extends sightlineError(
  Schema.TaggedError<VideoInterrupted>()("VideoInterrupted", {
    index: Schema.optionalKey(Schema.Number),
    key: Schema.optionalKey(Schema.String),
    frames: Schema.Array(Schema.Unknown),
    endedAtMs: Schema.Number,
    detail: Schema.String,
    retryable: Schema.Boolean,
    because: Schema.Unknown
  })
) {
  override get message() {
    return `the video was answered until ${this.endedAtMs} ms (${this.frames.length} frames are in this error): ${this.detail}`
  }
}
