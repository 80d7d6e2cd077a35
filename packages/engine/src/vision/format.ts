/** Tells a picture's format from its first bytes; names and claimed types are never believed. */

/** The formats the engine can tell apart. `heif` covers AVIF and HEIC; `unknown` is everything else. */
export type ImageFormat = "jpeg" | "png" | "gif" | "webp" | "tiff" | "bmp" | "heif" | "svg" | "unknown"

const ascii = (bytes: Uint8Array, from: number, to: number): string => {
  let text = ""
  for (let i = from; i < Math.min(to, bytes.length); i++) text += String.fromCharCode(bytes[i] ?? 0)
  return text
}

const heifBrands = new Set(["avif", "avis", "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "mif2"])

// Which top-level box brands an ISO base media file carries: only picture brands make it a picture.
const isHeif = (bytes: Uint8Array): boolean => {
  if (ascii(bytes, 4, 8) !== "ftyp") return false
  const size = Math.min(((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0), bytes.length, 256)
  for (let at = 8; at + 4 <= size; at += 4) {
    if (at !== 12 && heifBrands.has(ascii(bytes, at, at + 4))) return true
  }
  return false
}

/** The format by magic bytes. SVG is recognised by an `<svg` tag near the start of a text. */
export const sniffFormat = (bytes: Uint8Array): ImageFormat => {
  const [a, b, c, d] = bytes
  if (a === 0xff && b === 0xd8) return "jpeg"
  if (a === 0x89 && ascii(bytes, 1, 8) === "PNG\r\n\u001a\n") return "png"
  if (ascii(bytes, 0, 4) === "GIF8") return "gif"
  if (ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 12) === "WEBP") return "webp"
  if (a === 0x49 && b === 0x49 && (c === 42 || c === 43) && d === 0) return "tiff"
  if (a === 0x4d && b === 0x4d && c === 0 && (d === 42 || d === 43)) return "tiff"
  if (a === 0x42 && b === 0x4d) return "bmp"
  if (isHeif(bytes)) return "heif"
  return /<svg[\s>]/i.test(ascii(bytes, 0, 4096)) ? "svg" : "unknown"
}
