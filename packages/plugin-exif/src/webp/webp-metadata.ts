/** WebP: a RIFF file of chunks; metadata chunks are announced in the `VP8X` header, which is kept in step. */
import { corrupt } from "@sightline/platform/bytes/format-error"
import { type RawMetadata, emptyMetadata, type Size } from "../metadata/raw-metadata.ts"
import { withoutExifPrefix } from "../png/png-metadata.ts"
import { concatBytes, View } from "@sightline/platform/bytes/view"
import { vp8Quality } from "./vp8-quality.ts"

interface Chunk {
  readonly name: string
  readonly start: number
  readonly body: number
  readonly bodyEnd: number
  readonly end: number
}

/** Chunks that make up the picture; `ICCP` stays unless asked otherwise, all others go. */
const pictureChunks: ReadonlySet<string> = new Set(["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF"])

/** Chunks that decoders refuse when they are not whole. */
const pixelChunks: ReadonlySet<string> = new Set(["VP8 ", "VP8L", "ALPH"])

/** The header of a lossless picture, and the 23 bits that five codes of one symbol take: none is shorter. */
const leastLossless = 8

/** Most chunks: an animation has one for each frame. */
const maxChunks = 100_000

/** Flags of `VP8X`. */
const flag = { animation: 0x02, xmp: 0x04, exif: 0x08, alpha: 0x10, icc: 0x20 } as const

/** The chunks of the file, the last of which may be cut short unless it is the picture. */
const chunksOf = (bytes: Uint8Array): ReadonlyArray<Chunk> => {
  const view = new View(bytes, "WebP", true)
  const riffEnd = Math.min(bytes.length, view.u32(4) + 8)
  const chunks: Array<Chunk> = []
  for (let at = 12; at + 8 <= riffEnd;) {
    const size = view.u32(at + 4)
    const bodyEnd = Math.min(at + 8 + size, bytes.length)
    if (bodyEnd < at + 8 + size && pixelChunks.has(view.text(at, 4)))
      throw corrupt("WebP", "the picture is cut short", at)
    const end = Math.min(bodyEnd + (size & 1), bytes.length)
    chunks.push({ name: view.text(at, 4), start: at, body: at + 8, bodyEnd, end })
    if (chunks.length > maxChunks) throw corrupt("WebP", `more than ${maxChunks} chunks`, at)
    at = end
  }
  return chunks
}

const sizeOf = (view: View, chunks: ReadonlyArray<Chunk>): Size => {
  for (const { body, bodyEnd, name } of chunks) {
    if (name === "VP8X") return { width: view.u24(body + 4) + 1, height: view.u24(body + 7) + 1 }
    if (name === "VP8L" && bodyEnd - body >= 5 && view.u8(body) === 0x2f) {
      if (bodyEnd - body < leastLossless) throw corrupt("WebP", "the picture is cut short", body)
      const bits = view.u32(body + 1)
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    if (name === "VP8 " && bodyEnd - body >= 10 && view.u24(body + 3) === 0x2a019d) {
      // The frame tag states the size of the first partition, which must be there whole.
      if (view.u24(body) >>> 5 > bodyEnd - body - 10) throw corrupt("WebP", "the picture is cut short", body)
      return { width: view.u16(body + 6) & 0x3fff, height: view.u16(body + 8) & 0x3fff }
    }
  }
  throw corrupt("WebP", "no picture in the file")
}

/** Finds what a WebP says besides its pixels. Fails (`FormatError`) when it has no picture. */
export const readWebpMetadata = (bytes: Uint8Array): RawMetadata => {
  const view = new View(bytes, "WebP", true)
  const chunks = chunksOf(bytes)
  const stored = sizeOf(view, chunks)
  if (stored.width === 0 || stored.height === 0) throw corrupt("WebP", "a picture without pixels")
  if (!chunks.some(({ name }) => name === "VP8 " || name === "VP8L" || name === "ANMF")) {
    throw corrupt("WebP", "no picture in the file")
  }
  const bodies = (name: string) =>
    chunks.filter((chunk) => chunk.name === name).map(({ body, bodyEnd }) => bytes.subarray(body, bodyEnd))
  const [icc] = bodies("ICCP")
  const [header] = bodies("VP8X")
  const [lossless] = bodies("VP8L")
  const flags = header?.[0] ?? 0
  return {
    ...emptyMetadata(stored),
    exif: bodies("EXIF").map(withoutExifPrefix),
    xmp: bodies("XMP "),
    ...(icc === undefined ? {} : { icc }),
    animated: (flags & flag.animation) !== 0,
    hasAlpha: (flags & flag.alpha) !== 0 || ((lossless?.[4] ?? 0) & 0x10) !== 0,
    hasTrailer: (chunks.at(-1)?.end ?? 0) < bytes.length
  }
}

/** How a WebP was encoded: without loss (`VP8L`), or at about this quality. An animation tells nothing: 90. */
export const estimateWebpSettings = (bytes: Uint8Array): { readonly lossless: boolean; readonly quality: number } => {
  const chunks = chunksOf(bytes)
  const frame = chunks.find(({ name }) => name === "VP8 ")
  return {
    lossless: chunks.some(({ name }) => name === "VP8L"),
    quality: frame === undefined ? 90 : vp8Quality(bytes.subarray(frame.body, frame.bodyEnd))
  }
}

/** The same WebP without anything but the picture; pixel data is copied as it is. */
export const stripWebp = (bytes: Uint8Array, keepIcc: boolean): Uint8Array => {
  const stays = chunksOf(bytes).filter(({ name }) => pictureChunks.has(name) || (keepIcc && name === "ICCP"))
  const parts = stays.map(({ body, end, name, start }) => {
    const part = bytes.subarray(start, end)
    if (name !== "VP8X" || end <= body) return part
    const header = part.slice()
    header[8] = (header[8] ?? 0) & ~(flag.exif | flag.xmp | (keepIcc ? 0 : flag.icc))
    return header
  })
  const whole = concatBytes([bytes.slice(0, 12), ...parts])
  new DataView(whole.buffer).setUint32(4, whole.length - 8, true)
  return whole
}
