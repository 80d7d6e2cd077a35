/** BMP: reads its metadata, and writes the same BMP without it. */
import { endOfPixels, profileFields, readBitmapHeader } from "@sightline/platform/bitmap"
import { concatBytes } from "@sightline/platform/bytes/view"
import { emptyMetadata, type RawMetadata } from "../metadata/raw-metadata.ts"

/** Reads a BMP's size, profile and transparency. Fails (`FormatError`) when header or pixels are cut short. */
export const readBmpMetadata = (bytes: Uint8Array): RawMetadata => {
  const header = readBitmapHeader(bytes)
  const { height, masks, profile, width } = header
  return {
    ...emptyMetadata({ width, height }),
    ...(profile === undefined ? {} : { icc: bytes.subarray(profile.start, profile.end) }),
    hasAlpha: masks[3] !== 0,
    hasTrailer: Math.max(endOfPixels(bytes, header), profile?.end ?? 0) < bytes.length
  }
}

/**
 * The same BMP with nothing but header, palette, pixels and, if wanted, its embedded profile: no bytes between or behind
 * them, and no path of a profile on the writer's disk. Fails (`FormatError`) as `readBmpMetadata` does.
 */
export const stripBmp = (bytes: Uint8Array, keepIcc: boolean): Uint8Array => {
  const header = readBitmapHeader(bytes)
  const { colours, hasProfileField, headerEnd, paletteEntryBytes, pixelsAt, profile } = header
  const pixels = bytes.subarray(pixelsAt, endOfPixels(bytes, header))
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
