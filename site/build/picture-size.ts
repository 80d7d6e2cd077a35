/** The size of a picture of the pages, as its file states it: a page keeps room for it before it is loaded. */
import { readFileSync } from "node:fs"

/** Width and height in pixels of CSS. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** Of a drawing, its view box. */
const svgSize = (text: string): PictureSize | undefined => {
  const [, width, height] = /<svg[^>]*viewBox="0 0 (\d+) (\d+)"/.exec(text) ?? []
  return width === undefined || height === undefined ? undefined : { width: Number(width), height: Number(height) }
}

/** Of a lossy WebP, its frame header. */
const webpSize = (file: Buffer): PictureSize | undefined =>
  file.toString("latin1", 12, 16) === "VP8 "
    ? { width: file.readUInt16LE(26) & 0x3fff, height: file.readUInt16LE(28) & 0x3fff }
    : undefined

/** The size of an SVG or a lossy WebP; undefined for other forms. */
export const pictureSize = (path: string): PictureSize | undefined => {
  const file = readFileSync(path)
  return path.endsWith(".svg") ? svgSize(file.toString("utf8")) : webpSize(file)
}
