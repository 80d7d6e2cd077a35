/** An image's format by its first bytes, whatever its name or claimed type. */
import { isSvg, sniff } from "@sightline/platform/sniff"

/** The formats that the engine distinguishes. `heif` covers AVIF and HEIC; `unknown` is everything else. */
export type ImageFormat = "jpeg" | "png" | "gif" | "webp" | "tiff" | "bmp" | "heif" | "svg" | "unknown"

const formats: Readonly<Record<string, ImageFormat>> = {
  "image/jpeg": "jpeg",
  "image/png": "png",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/tiff": "tiff",
  "image/bmp": "bmp",
  "image/avif": "heif",
  "image/heic": "heif"
}

/** The format by magic bytes. SVG is recognised by an `<svg` tag near the start of a text. */
export const sniffFormat = (bytes: Uint8Array): ImageFormat => {
  const type = sniff(bytes)
  return type === undefined ? (isSvg(bytes) ? "svg" : "unknown") : (formats[type] ?? "unknown")
}
