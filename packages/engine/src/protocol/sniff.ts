/** What media are, by their first bytes: the content type that a hosted copy is served with. */
import type { Kind } from "./input.ts"

const starts = (bytes: Uint8Array, at: number, text: string): boolean =>
  Array.from(text, (character) => character.charCodeAt(0)).every((code, index) => bytes[at + index] === code)

/** A content type. Never one that a browser would run: what is not known is `application/octet-stream`. */
export const sniffMedia = (bytes: Uint8Array, kind: Kind): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return "image/jpeg"
  if (starts(bytes, 1, "PNG")) return "image/png"
  if (starts(bytes, 0, "GIF8")) return "image/gif"
  if (starts(bytes, 0, "RIFF"))
    return starts(bytes, 8, "WEBP") ? "image/webp" : starts(bytes, 8, "WAVE") ? "audio/wav" : "video/x-msvideo"
  if (starts(bytes, 0, "BM")) return "image/bmp"
  if (starts(bytes, 0, "II*\0") || starts(bytes, 0, "MM\0*")) return "image/tiff"
  if (starts(bytes, 4, "ftyp"))
    return starts(bytes, 8, "avif")
      ? "image/avif"
      : starts(bytes, 8, "hei") || starts(bytes, 8, "mif")
        ? "image/heic"
        : kind === "audio"
          ? "audio/mp4"
          : "video/mp4"
  if (bytes[0] === 0x1a && bytes[1] === 0x45) return "video/webm"
  if (starts(bytes, 0, "ID3") || (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0)) return "audio/mpeg"
  if (starts(bytes, 0, "OggS")) return kind === "video" ? "video/ogg" : "audio/ogg"
  return "application/octet-stream"
}
