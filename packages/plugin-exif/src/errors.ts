/** The errors of this package. */
import { sightlineError } from "@sightline/core/plugin"
import { Schema } from "effect"

/** The bytes are not an image, or contradict their format. `format` is absent when they start like no known format. */
export class ImageBroken extends sightlineError(
  Schema.TaggedError<ImageBroken>()("ImageBroken", {
    detail: Schema.String,
    format: Schema.optionalKey(Schema.String)
  })
) {
  readonly retryable = false
  override get message() {
    return this.format === undefined
      ? `not an image that this package can read: ${this.detail}; send JPEG, PNG, WebP, AVIF, HEIC, TIFF, GIF or BMP`
      : `the image is corrupt: ${this.detail}; check that the file is complete, or leave it out`
  }
}

/** The image is valid, but what was asked cannot be done with it. */
export class ImageUnsupported extends sightlineError(
  Schema.TaggedError<ImageUnsupported>()("ImageUnsupported", {
    detail: Schema.String,
    format: Schema.String
  })
) {
  readonly retryable = false
  override get message() {
    return `cannot do this with the image: ${this.detail}`
  }
}

/** The image has to be decoded, and no decoder here reads it. */
export class ImageUndecodable extends sightlineError(
  Schema.TaggedError<ImageUndecodable>()("ImageUndecodable", {
    format: Schema.String,
    detail: Schema.String
  })
) {
  readonly retryable = false
  override get message() {
    return (
      `cannot decode ${this.format.toUpperCase()} here (${this.detail}); either give exif({ codec }) one that can ` +
      `(withHeic(libheif) for HEIC), or convert the picture to JPEG first, or pass its URL and let the server read it`
    )
  }
}

/** The image is over a limit. `actual` and `limit` are in pixels or bytes, as `unit` says. */
export class ImageTooLarge extends sightlineError(
  Schema.TaggedError<ImageTooLarge>()("ImageTooLarge", {
    actual: Schema.Number,
    limit: Schema.Number,
    unit: Schema.Literals(["pixels", "bytes"])
  })
) {
  readonly retryable = false
  override get message() {
    return `the image has ${this.actual} ${this.unit}, the limit is ${this.limit}; raise exif({ limits }) or make it smaller`
  }
}

/** Any of this package's errors. */
export type ImageError = ImageBroken | ImageUnsupported | ImageUndecodable | ImageTooLarge

/** True for this package's errors. */
export const isImageError = (value: unknown): value is ImageError =>
  value instanceof ImageBroken ||
  value instanceof ImageUnsupported ||
  value instanceof ImageUndecodable ||
  value instanceof ImageTooLarge
