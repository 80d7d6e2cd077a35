/** The doors of the byte-level code: bytes in, a typed result out, nothing thrown for any bytes. */
import { kindOfType, sniff } from "@sightline/core/plugin"
import { ImageBroken, ImageUnsupported } from "../errors.ts"
import { formatOf, type ImageFormat } from "../image/image-format.ts"
import { readBmpMetadata } from "../bmp/bmp-metadata.ts"
import { readGifMetadata } from "../gif/gif-metadata.ts"
import { readHeifMetadata } from "../heif/heif-metadata.ts"
import { readJpegMetadata } from "../jpeg/jpeg-metadata.ts"
import { FormatError } from "@sightline/platform/bytes/format-error"
import type { RawMetadata } from "../metadata/raw-metadata.ts"
import { readPngMetadata } from "../png/png-metadata.ts"
import { readTiffMetadata } from "../tiff/tiff-metadata.ts"
import { asPlainBytes } from "@sightline/platform/bytes/view"
import { readWebpMetadata } from "../webp/webp-metadata.ts"

/** A result without exceptions. */
export type Read<A> =
  | { readonly ok: true; readonly value: A }
  | { readonly ok: false; readonly error: ImageBroken | ImageUnsupported }

const finders: Readonly<Record<ImageFormat, (bytes: Uint8Array) => RawMetadata>> = {
  jpeg: readJpegMetadata,
  png: readPngMetadata,
  webp: readWebpMetadata,
  avif: (bytes) => readHeifMetadata(bytes, "AVIF"),
  heic: (bytes) => readHeifMetadata(bytes, "HEIC"),
  tiff: readTiffMetadata,
  gif: readGifMetadata,
  bmp: readBmpMetadata
}

const whatElse = (bytes: Uint8Array): string => {
  if (bytes.length === 0) return "it is empty"
  const type = sniff(bytes)
  const kind = type === undefined ? undefined : kindOfType(type)
  if (kind === "video") return `it is a video (${type}): begin with app.video(..), of the video plugin`
  if (kind === "audio") return `it is sound (${type}): begin with app.audio(..)`
  return "its first bytes are those of no known image format"
}

/** Runs byte-level code and turns its one exception into a typed result. Other exceptions are defects and pass. */
export const reading = <A>(given: Uint8Array, run: (bytes: Uint8Array, format: ImageFormat) => A): Read<A> => {
  const bytes = asPlainBytes(given)
  const format = formatOf(bytes)
  if (format === undefined) {
    return { ok: false, error: new ImageBroken({ detail: whatElse(bytes) }) }
  }
  try {
    return { ok: true, value: run(bytes, format) }
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause
    const fields = { detail: cause.message, format }
    return { ok: false, error: cause.kind === "corrupt" ? new ImageBroken(fields) : new ImageUnsupported(fields) }
  }
}

/** What one file holds, in the terms of its format. Throws `FormatError`. */
export const readRawMetadata = (bytes: Uint8Array, format: ImageFormat): RawMetadata => finders[format](bytes)
