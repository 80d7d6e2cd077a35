/** Functions on a whole image file: bytes in, a typed result out, no exceptions. This file: how they report errors. */
import { kindOfType, sniff } from "@sightline/core/plugin"
import { FormatError } from "@sightline/platform/bytes/format-error"
import { asPlainBytes } from "@sightline/platform/bytes/view"
import { ImageBroken, ImageUnsupported } from "../errors.ts"
import { formatOf, type ImageFormat } from "../image/image-format.ts"

/** A value, or the reason why there is none. */
export type ReadResult<A> =
  | { readonly ok: true; readonly value: A }
  | { readonly ok: false; readonly error: ImageBroken | ImageUnsupported }

/** What bytes are that are no image. */
const describeOther = (bytes: Uint8Array): string => {
  if (bytes.length === 0) return "it is empty"
  const type = sniff(bytes)
  const kind = type === undefined ? undefined : kindOfType(type)
  if (kind === "video") return `it is a video (${type}): start with app.video(..), of the video plugin`
  if (kind === "audio") return `it is sound (${type}): start with app.audio(..)`
  return "its first bytes are those of no known image format"
}

/** Runs byte-level code for the file's format. A `FormatError` becomes a typed error; other exceptions are defects. */
export const withFormat = <A>(given: Uint8Array, run: (bytes: Uint8Array, format: ImageFormat) => A): ReadResult<A> => {
  const bytes = asPlainBytes(given)
  const format = formatOf(bytes)
  if (format === undefined) return { ok: false, error: new ImageBroken({ detail: describeOther(bytes) }) }
  try {
    return { ok: true, value: run(bytes, format) }
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause
    const fields = { detail: cause.message, format }
    return { ok: false, error: cause.kind === "corrupt" ? new ImageBroken(fields) : new ImageUnsupported(fields) }
  }
}
