/** WebP: reads its metadata, and writes the same WebP without it. */
import { corrupt } from "@sightline/platform/bytes/format-error"
import { concatBytes, View } from "@sightline/platform/bytes/view"
import { withoutExifPrefix } from "../metadata/exif-block.ts"
import { emptyMetadata, type RawMetadata, type Size } from "../metadata/raw-metadata.ts"
import { vp8Quality } from "./vp8-quality.ts"

interface Chunk {
  readonly name: string
  readonly start: number
  readonly body: number
  readonly bodyEnd: number
  readonly end: number
}

/** Chunks that make up the picture. `ICCP` stays unless asked otherwise; all others go. */
const pictureChunks: ReadonlySet<string> = new Set(["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF"])

/** Chunks that decoders refuse when they are cut short. */
const pixelChunks: ReadonlySet<string> = new Set(["VP8 ", "VP8L", "ALPH"])

/** Bytes of those chunks whose size is fixed; what follows them in a chunk is not read by decoders. */
const fixedSizes: ReadonlyMap<string, number> = new Map([
  ["VP8X", 10],
  ["ANIM", 6]
])

/** Bytes of a frame's header, before its chunks. */
const frameHeaderBytes = 16

/** The header of a lossless picture, and the 23 bits of five codes of one symbol each: the least that it can have. */
const leastLossless = 8

/** Most chunks: an animation has one for each frame. */
const maxChunks = 100_000

/** Flags of `VP8X`. */
const flag = { animation: 0x02, xmp: 0x04, exif: 0x08, alpha: 0x10, icc: 0x20 } as const

/** The chunks of `[from, to)`. The last one may be cut short, unless it holds pixels. */
const chunksIn = (view: View, from: number, to: number): ReadonlyArray<Chunk> => {
  const chunks: Array<Chunk> = []
  for (let at = from; at + 8 <= to;) {
    const name = view.text(at, 4)
    const size = view.u32(at + 4)
    const bodyEnd = Math.min(at + 8 + size, view.length)
    if (bodyEnd < at + 8 + size && pixelChunks.has(name)) throw corrupt("WebP", "the picture is cut short", at)
    const end = Math.min(bodyEnd + (size & 1), view.length)
    chunks.push({ name, start: at, body: at + 8, bodyEnd, end })
    if (chunks.length > maxChunks) throw corrupt("WebP", `more than ${maxChunks} chunks`, at)
    at = end
  }
  return chunks
}

/** The chunks of the file. */
const chunksOf = (bytes: Uint8Array): ReadonlyArray<Chunk> => {
  const view = new View(bytes, "WebP", true)
  return chunksIn(view, 12, Math.min(bytes.length, view.u32(4) + 8))
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
      // The frame tag states the size of the first partition, which must be complete.
      if (view.u24(body) >>> 5 > bodyEnd - body - 10) throw corrupt("WebP", "the picture is cut short", body)
      return { width: view.u16(body + 6) & 0x3fff, height: view.u16(body + 8) & 0x3fff }
    }
  }
  throw corrupt("WebP", "no picture in the file")
}

/** Reads a WebP's metadata. Fails (`FormatError`) when it has no picture. */
export const readWebpMetadata = (bytes: Uint8Array): RawMetadata => {
  const view = new View(bytes, "WebP", true)
  const chunks = chunksOf(bytes)
  const stored = sizeOf(view, chunks)
  if (stored.width === 0 || stored.height === 0) throw corrupt("WebP", "a picture without pixels")
  if (!chunks.some(({ name }) => name === "VP8 " || name === "VP8L" || name === "ANMF"))
    throw corrupt("WebP", "no picture in the file")
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

/** How a WebP was encoded: without loss (`VP8L`), or at about this quality (90 for animations). */
export const estimateWebpSettings = (bytes: Uint8Array): { readonly lossless: boolean; readonly quality: number } => {
  const chunks = chunksOf(bytes)
  const frame = chunks.find(({ name }) => name === "VP8 ")
  return {
    lossless: chunks.some(({ name }) => name === "VP8L"),
    quality: frame === undefined ? 90 : vp8Quality(bytes.subarray(frame.body, frame.bodyEnd))
  }
}

const makeChunk = (name: string, body: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(8 + body.length + (body.length & 1))
  for (let i = 0; i < 4; i++) whole[i] = name.charCodeAt(i)
  new DataView(whole.buffer).setUint32(4, body.length, true)
  whole.set(body, 8)
  return whole
}

/** A frame of an animation without chunks that are not its picture. */
const stripFrame = (view: View, { body, bodyEnd }: Chunk): Uint8Array => {
  const parts = chunksIn(view, body + frameHeaderBytes, bodyEnd)
    .filter(({ name }) => pixelChunks.has(name))
    .map(({ end, start }) => view.bytes.subarray(start, Math.min(end, bodyEnd)))
  const header = view.bytes.subarray(body, Math.min(body + frameHeaderBytes, bodyEnd))
  return makeChunk("ANMF", concatBytes([header, ...parts]))
}

/** What is kept of a chunk. */
const keptPart = (view: View, chunk: Chunk, keepIcc: boolean): Uint8Array => {
  const { body, bodyEnd, end, name, start } = chunk
  if (name === "ANMF") return stripFrame(view, chunk)
  const size = fixedSizes.get(name)
  if (size === undefined) return view.bytes.subarray(start, end)
  const fixed = view.bytes.slice(body, Math.min(body + size, bodyEnd))
  if (name === "VP8X") fixed[0] = (fixed[0] ?? 0) & ~(flag.exif | flag.xmp | (keepIcc ? 0 : flag.icc))
  return makeChunk(name, fixed)
}

/** The same WebP with nothing but its picture; coded pixels are copied as they are. */
export const stripWebp = (bytes: Uint8Array, keepIcc: boolean): Uint8Array => {
  const view = new View(bytes, "WebP", true)
  const parts = chunksOf(bytes)
    .filter(({ name }) => pictureChunks.has(name) || (keepIcc && name === "ICCP"))
    .map((chunk) => keptPart(view, chunk, keepIcc))
  const whole = concatBytes([bytes.slice(0, 12), ...parts])
  new DataView(whole.buffer).setUint32(4, whole.length - 8, true)
  return whole
}
