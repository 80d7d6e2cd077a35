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
  if (ascii(bytes, 0, 4) === "RIFF") {
    const form = ascii(bytes, 8, 4)
    return form === "WEBP"
      ? "image/webp"
      : form === "WAVE"
        ? "audio/wav"
        : form === "AVI "
          ? "video/x-msvideo"
          : undefined
  }
  if (ascii(bytes, 4, 4) === "ftyp") return ofBrand(ascii(bytes, 8, 4))
  if (starts(bytes, 0x1a, 0x45, 0xdf, 0xa3)) return "video/webm"
  if (ascii(bytes, 0, 4) === "OggS") return "audio/ogg"
  if (ascii(bytes, 0, 4) === "fLaC") return "audio/flac"
  if (ascii(bytes, 0, 3) === "ID3" || (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe6) === 0xe2)) return "audio/mpeg"
  return undefined
}

/** The kind of a media type, such as `image` for `image/png`. */
export const kindOfType = (contentType: string): Kind | undefined => {
  const major = contentType.split("/")[0]
  return major === "image" || major === "video" || major === "audio" || major === "text" ? major : undefined
}
