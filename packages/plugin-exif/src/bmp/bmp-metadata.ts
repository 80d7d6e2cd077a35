/** BMP: reads its metadata, and writes the same BMP without it. */
import {
  BitmapError,
  type BitmapHeader,
  endOfPixels,
  profileFields,
  readBitmapHeader
} from "@sightline/platform/bitmap"
import { FormatError } from "../bytes/format-error.ts"
import { concatBytes } from "../bytes/view.ts"
import { emptyMetadata, type RawMetadata } from "../metadata/raw-metadata.ts"

interface Bitmap {
  readonly header: BitmapHeader
  readonly pixelsEnd: number
}

/** `run()`, with the errors of the bitmap decoder as errors of this package. */
export const asBitmapFormatError = <A>(run: () => A): A => {
  try {
    return run()
  } catch (cause) {
    throw cause instanceof BitmapError ? new FormatError(cause.reason, "BMP", cause.message) : cause
  }
}

const readBitmap = (bytes: Uint8Array): Bitmap =>
  asBitmapFormatError(() => {
    const header = readBitmapHeader(bytes)
    return { header, pixelsEnd: endOfPixels(bytes, header) }
  })

/** Reads a BMP's size, profile and transparency. Fails (`FormatError`) when header or pixels are cut short. */
export const readBmpMetadata = (bytes: Uint8Array): RawMetadata => {
  const { header, pixelsEnd } = readBitmap(bytes)
  const { height, masks, profile, width } = header
  return {
    ...emptyMetadata({ width, height }),
    ...(profile === undefined ? {} : { icc: bytes.subarray(profile.start, profile.end) }),
    hasAlpha: masks[3] !== 0,
    hasTrailer: Math.max(pixelsEnd, profile?.end ?? 0) < bytes.length
  }
}

/**
 * The same BMP with nothing but header, palette, pixels and, if wanted, its embedded profile: no bytes between or behind
 * them, and no path of a profile on the writer's disk. Fails (`FormatError`) as `readBmpMetadata` does.
 */
export const stripBmp = (bytes: Uint8Array, keepIcc: boolean): Uint8Array => {
  const { header, pixelsEnd } = readBitmap(bytes)
  const { colours, hasProfileField, headerEnd, paletteEntryBytes, pixelsAt, profile } = header
  const pixels = bytes.subarray(pixelsAt, pixelsEnd)
  const head = bytes.slice(0, headerEnd + colours * paletteEntryBytes)
  const kept = keepIcc && profile !== undefined ? bytes.subarray(profile.start, profile.end) : new Uint8Array(0)
  const data = new DataView(head.buffer)
  data.setUint32(2, head.length + pixels.length + kept.length, true)
  data.setUint32(6, 0)
  data.setUint32(10, head.length, true)
  if (hasProfileField) {
    data.setUint32(profileFields.data, kept.length === 0 ? 0 : head.length + pixels.length - 14, true)
    data.setUint32(profileFields.size, kept.length, true)
    if (kept.length === 0) data.setUint32(profileFields.colourSpace, 0x73524742, true) // LCS_sRGB
  }
  return concatBytes([head, pixels, kept])
}
