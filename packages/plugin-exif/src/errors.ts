/** Every way this package can refuse a picture. */
import { readableError } from "@sightline/core/plugin"
import { Schema } from "effect"

/** The bytes are no picture, or contradict their own format. `format` is absent when they begin as nothing known. */
export class ImageBroken extends readableError(
  Schema.TaggedError<ImageBroken>()("ImageBroken", {
    detail: Schema.String,
    format: Schema.optionalKey(Schema.String)
  })
) {
  readonly retryable = false
  override get message() {
    return this.format === undefined
      ? `not an image this package can read: ${this.detail}; send JPEG, PNG, WebP, AVIF, HEIC, TIFF, GIF or BMP`
      : `the image is broken: ${this.detail}; check that the file is whole, or leave it out`
  }
}

/** The picture is sound, and what was asked of it cannot be done here. */
export class ImageUnsupported extends readableError(
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

/** The picture must be decoded, and nothing here decodes its format. */
export class ImageUndecodable extends readableError(
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

/** A picture bigger than the limits allow. `limit` is in pixels or bytes, as `unit` says. */
export class ImageTooLarge extends readableError(
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
