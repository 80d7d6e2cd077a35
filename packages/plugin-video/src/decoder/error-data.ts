// Typed errors as data, to cross from one process to another.
import {
  isVideoError,
  VideoDamaged,
  type VideoError,
  VideoOptionError,
  VideoSourceError,
  VideoTooLarge,
  VideoUnsupported
} from "../errors.ts"
import type { ErrorData } from "./process-messages.ts"

/** Typed errors pass unchanged; anything else becomes `VideoUnsupported`, since it comes from a reader of these bytes. */
export const toVideoError = (cause: unknown): VideoError => {
  if (isVideoError(cause)) return cause
  const detail = cause instanceof Error ? cause.message : "it cannot be read"
  // the demuxer meets encryption that no header announces when it reads samples
  return /encrypted/i.test(detail)
    ? new VideoUnsupported({ reason: "encrypted", detail: "its pictures are encrypted; decrypt it first" })
    : new VideoUnsupported({ reason: "not-a-video", detail })
}

/** An error as data. */
export const toErrorData = (cause: unknown): ErrorData => {
  const error = toVideoError(cause)
  return { tag: error._tag, fields: Object.fromEntries(Object.entries(error)) }
}

const classes = { VideoDamaged, VideoOptionError, VideoSourceError, VideoTooLarge, VideoUnsupported }

/** The error that data describes. */
export const fromErrorData = ({ fields, tag }: ErrorData): VideoError => {
  const Class = Object.hasOwn(classes, tag) ? classes[tag as keyof typeof classes] : VideoUnsupported // it was made by toErrorData
  const named = Object.keys(Class.fields).filter((name) => name !== "_tag" && fields[name] !== undefined)
  // its constructor checks the fields
  return new Class(Object.fromEntries(named.map((name) => [name, fields[name]])) as never)
}
