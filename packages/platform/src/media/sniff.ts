/** Media types by the first bytes, whatever a name or a header claims. Pure: no `node:` modules. */

const ascii = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length))

const startsWith = (bytes: Uint8Array, ...magic: ReadonlyArray<number>): boolean =>
  magic.every((byte, at) => bytes[at] === byte)

/** True if the bytes start as a JPEG does. */
export const isJpeg = (bytes: Uint8Array): boolean => startsWith(bytes, 0xff, 0xd8, 0xff)

/** True if a text has an `<svg` tag near its start. SVG is not part of `sniff`, because it is text as well. */
export const isSvg = (bytes: Uint8Array): boolean => /<svg[\s>]/i.test(ascii(bytes, 0, 4096))

const brandTypes: Readonly<Record<string, string>> = {
  avif: "image/avif",
  avis: "image/avif",
  heic: "image/heic",
  heix: "image/heic",
  heim: "image/heic",
  heis: "image/heic",
  hevc: "image/heic",
  hevx: "image/heic",
  hevm: "image/heic",
  hevs: "image/heic",
  "qt  ": "video/quicktime",
  "M4A ": "audio/mp4",
  "M4B ": "audio/mp4",
  "F4A ": "audio/mp4"
}
/** Brands of the image container itself: the coding of the pictures is a compatible brand. */
const imageBrands = new Set(["mif1", "mif2", "msf1", "miaf"])

/** The type of an ISO base media file: the major brand's, or that of the first compatible brand that is a picture's. */
const ofFileType = (bytes: Uint8Array): string => {
  const major = ascii(bytes, 8, 4)
  const known = brandTypes[major]
  if (known !== undefined) return known
  const size = Math.min((((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)) >>> 0, bytes.length, 256)
  const brands: Array<string> = []
  for (let at = 16; at + 4 <= size; at += 4) brands.push(ascii(bytes, at, 4))
  const picture = brands.map((brand) => brandTypes[brand]).find((type) => type?.startsWith("image/"))
  if (picture !== undefined) return picture
  return [major, ...brands].some((brand) => imageBrands.has(brand)) ? "image/heic" : "video/mp4"
}

const riffTypes: Readonly<Record<string, string>> = { WEBP: "image/webp", WAVE: "audio/wav", "AVI ": "video/x-msvideo" }

/** The type of an MPEG audio frame, ID3 tags included. */
const ofAudioFrame = (bytes: Uint8Array): string | undefined => {
  if (ascii(bytes, 0, 3) === "ID3") return "audio/mpeg"
  if (bytes[0] !== 0xff) return undefined
  const second = bytes[1] ?? 0
  if ((second & 0xe6) === 0xe2 || (second & 0xe6) === 0xe4) return "audio/mpeg" // layers III and II
  return (second & 0xf6) === 0xf0 ? "audio/aac" : undefined // ADTS
}

/** True if the byte that starts each MPEG-TS packet is where three packets would start. */
const isTransportStream = (bytes: Uint8Array): boolean =>
  [
    [0, 188],
    [4, 192]
  ].some(
    ([first = 0, step = 0]) =>
      bytes.length > first + step && [0, 1, 2].every((n) => (bytes[first + n * step] ?? 0x47) === 0x47)
  )

const fourLetters: Readonly<Record<string, string>> = {
  GIF8: "image/gif",
  fLaC: "audio/flac",
  caff: "audio/x-caf",
  ".snd": "audio/basic"
}

/** The type by magic bytes that are not text. */
const ofMagic = (bytes: Uint8Array): string | undefined => {
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47)) return "image/png"
  if (startsWith(bytes, 0x49, 0x49, 0x2a, 0) || startsWith(bytes, 0x4d, 0x4d, 0, 0x2a)) return "image/tiff"
  if (startsWith(bytes, 0x49, 0x49, 0x2b, 0) || startsWith(bytes, 0x4d, 0x4d, 0, 0x2b)) return "image/tiff" // BigTIFF
  if (startsWith(bytes, 0x42, 0x4d)) return "image/bmp"
  if (startsWith(bytes, 0x1a, 0x45, 0xdf, 0xa3))
    return ascii(bytes, 4, 60).includes("matroska") ? "video/x-matroska" : "video/webm"
  if (startsWith(bytes, 0, 0, 1, 0xba) || startsWith(bytes, 0, 0, 1, 0xb3)) return "video/mpeg"
  if (startsWith(bytes, 0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11)) return "video/x-ms-asf"
  if (startsWith(bytes, 0x46, 0x4c, 0x56, 1)) return "video/x-flv"
  return isTransportStream(bytes) ? "video/mp2t" : undefined
}

/**
 * The media type that the first bytes show, or undefined if they show none of those known. A few hundred bytes are enough;
 * MPEG-TS needs two packets.
 *
 * Source: the formats' specifications (magic numbers, RIFF and IFF forms, ISO-BMFF brands).
 *
 * @example sniff(Uint8Array.of(0xff, 0xd8, 0xff)) // => "image/jpeg"
 */
export const sniff = (bytes: Uint8Array): string | undefined => {
  if (isJpeg(bytes)) return "image/jpeg"
  const four = ascii(bytes, 0, 4)
  if (Object.hasOwn(fourLetters, four)) return fourLetters[four]
  const form = ascii(bytes, 8, 4)
  if (four === "RIFF") return Object.hasOwn(riffTypes, form) ? riffTypes[form] : undefined
  if ((four === "RF64" || four === "BW64" || four === "RIFX") && form === "WAVE") return "audio/wav"
  if (four === "FORM" && (form === "AIFF" || form === "AIFC")) return "audio/aiff"
  if (four === "OggS") return /theora|fishead|\x80theora/.test(ascii(bytes, 28, 8)) ? "video/ogg" : "audio/ogg"
  if (ascii(bytes, 4, 4) === "ftyp") return ofFileType(bytes)
  return ofMagic(bytes) ?? (ascii(bytes, 0, 5) === "#!AMR" ? "audio/amr" : ofAudioFrame(bytes))
}
