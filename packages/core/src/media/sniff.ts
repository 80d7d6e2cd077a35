/** Recognizes a media type by its first bytes, whatever a name or header claims. */
import type { Kind } from "./media.ts"

const ascii = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length))

const starts = (bytes: Uint8Array, ...magic: ReadonlyArray<number>): boolean =>
  magic.every((byte, at) => bytes[at] === byte)

/** True for the first bytes of a JPEG. Separate, since cropping needs no other type. */
export const isJpeg = (bytes: Uint8Array): boolean => starts(bytes, 0xff, 0xd8, 0xff)

const ofBrand = (brand: string): string => {
  if (brand === "avif" || brand === "avis") return "image/avif"
  if (/^(heic|heix|heim|heis|hevc|hevx|mif1|msf1)$/.test(brand)) return "image/heic"
  if (brand === "qt  ") return "video/quicktime"
  if (brand === "M4A ") return "audio/mp4"
  return "video/mp4"
}

/** Types by the form of a RIFF or IFF file. */
const forms: Readonly<Record<string, string | undefined>> = {
  WEBP: "image/webp",
  WAVE: "audio/wav",
  "AVI ": "video/x-msvideo",
  AIFF: "audio/aiff",
  AIFC: "audio/aiff"
}

/**
 * The media type that the first bytes show, or undefined when they show none of those known.
 *
 * Source: the formats' own specifications (magic numbers at offset 0, RIFF and ISO-BMFF brands).
 */
export const sniff = (bytes: Uint8Array): string | undefined => {
  if (isJpeg(bytes)) return "image/jpeg"
  if (starts(bytes, 0x89, 0x50, 0x4e, 0x47)) return "image/png"
  if (ascii(bytes, 0, 4) === "GIF8") return "image/gif"
  if (starts(bytes, 0x49, 0x49, 0x2a, 0) || starts(bytes, 0x4d, 0x4d, 0, 0x2a)) return "image/tiff"
  if (starts(bytes, 0x42, 0x4d)) return "image/bmp"
  if (/^(?:RIFF|RF64|BW64|FORM)/.test(ascii(bytes, 0, 4))) return forms[ascii(bytes, 8, 4)]
  if (ascii(bytes, 4, 4) === "ftyp") return ofBrand(ascii(bytes, 8, 4))
  if (starts(bytes, 0x1a, 0x45, 0xdf, 0xa3)) return "video/webm"
  if (ascii(bytes, 0, 4) === "OggS") return "audio/ogg"
  if (ascii(bytes, 0, 4) === "fLaC") return "audio/flac"
  if (ascii(bytes, 0, 3) === "ID3") return "audio/mpeg"
  const second = bytes[0] === 0xff ? (bytes[1] ?? 0) : 0 // of a frame of MPEG audio: layers III and II, and AAC
  if ((second & 0xe6) === 0xe2 || (second & 0xe6) === 0xe4 || (second & 0xf6) === 0xf0) return "audio/mpeg"
  if (starts(bytes, 0x46, 0x4c, 0x56, 1)) return "video/x-flv"
  if (starts(bytes, 0x30, 0x26, 0xb2, 0x75)) return "video/x-ms-asf"
  if (starts(bytes, 0, 0, 1, 0xba) || starts(bytes, 0, 0, 1, 0xb3)) return "video/mpeg"
  // MPEG-TS: each packet begins with the same byte; those of camcorders with a time before it
  return [0, 4].some((at) => [0, 1].every((n) => bytes[at + n * (188 + at)] === 0x47)) ? "video/mp2t" : undefined
}

/** The kind of a media type, such as `image` for `image/png`. */
export const kindOfType = (contentType: string): Kind | undefined => {
  const major = contentType.split("/")[0]
  return major === "image" || major === "video" || major === "audio" || major === "text" ? major : undefined
}
