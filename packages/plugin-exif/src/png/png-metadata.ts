/** PNG: reads its metadata, writes the same PNG without it, and writes pixels as PNG. */
import { attempt, corrupt } from "@sightline/platform/bytes/format-error"
import { inflate } from "@sightline/platform/bytes/inflate"
import { concatBytes, latin1, startsWith, View } from "@sightline/platform/bytes/view"
import { withoutExifPrefix } from "../metadata/exif-block.ts"
import { emptyMetadata, type RawMetadata } from "../metadata/raw-metadata.ts"
import { crc32 } from "./png-writer.ts"

/** One chunk: `[start, end)` with length, name and checksum, `[body, bodyEnd)` without. */
interface Chunk {
  readonly name: string
  readonly start: number
  readonly body: number
  readonly bodyEnd: number
  readonly end: number
}

/** Chunks that decide how pixels look; all others go. `iCCP` stays unless asked otherwise. */
const pictureChunks: ReadonlySet<string> = new Set(
  "IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT bKGD pHYs cICP mDCV mDCv cLLI cLLi acTL fcTL fdAT".split(" ")
)

/** Bytes of those chunks whose size is fixed. Decoders ignore chunks of another size, so these go. */
const sizesOf: Readonly<Record<string, ReadonlyArray<number>>> = {
  IEND: [0],
  gAMA: [4],
  cHRM: [32],
  sRGB: [1],
  pHYs: [9],
  cICP: [4],
  mDCV: [24],
  mDCv: [24],
  cLLI: [8],
  cLLi: [8],
  acTL: [8],
  fcTL: [26],
  sBIT: [1, 2, 3, 4],
  bKGD: [1, 2, 6]
}

/** Most bytes of transparency: one for each entry of a palette. */
const maxTransparencyBytes = 256

/** True for a chunk that decides how pixels look, and has nothing else in it. */
const isPicture = ({ body, bodyEnd, name }: Chunk): boolean =>
  pictureChunks.has(name) &&
  sizesOf[name]?.includes(bodyEnd - body) !== false &&
  (name !== "tRNS" || bodyEnd - body <= maxTransparencyBytes)

const emptyEnd = Uint8Array.of(0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82)

/** Most bytes that are unpacked from one file's compressed chunks. */
const maxUnpackedBytes = 4 << 20

/** Most chunks: a picture of a gigabyte in the usual 8 KiB chunks has fewer. */
const maxChunks = 200_000

/** Bit depths that each colour type may have. Source: PNG specification, table 11.1. */
const depthsOf: Readonly<Record<number, ReadonlyArray<number>>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16]
}

/** Checks what makes every decoder refuse a file: its header, unknown critical chunks, a missing palette. */
const checkHeader = (view: View, chunks: ReadonlyArray<Chunk>): void => {
  const [depth, type] = [view.u8(24), view.u8(25)]
  if (depthsOf[type]?.includes(depth) !== true) throw corrupt("PNG", "an impossible colour type", 24)
  if (crc32(view.bytes.subarray(12, 29)) !== view.u32(29)) throw corrupt("PNG", "a wrong checksum of the header", 29)
  const unknown = chunks.find(({ name }) => /^[A-Z]/.test(name) && !/^(IHDR|PLTE|IDAT|IEND)$/.test(name))
  if (unknown !== undefined) throw corrupt("PNG", "a critical chunk that no decoder knows", unknown.start)
  if (type === 3 && !chunks.some(({ name }) => name === "PLTE")) throw corrupt("PNG", "a palette is missing")
}

/**
 * The chunks up to and including `IEND`. A file that ends without `IEND` ends with its last complete chunk, if there were
 * pixels. Fails (`FormatError`) when a chunk before the pixels is cut short, or the first chunk is not a header.
 */
const chunksOf = (view: View): ReadonlyArray<Chunk> => {
  const chunks: Array<Chunk> = []
  let hasPixels = false
  for (let at = 8; at < view.length;) {
    const isComplete = view.has(at, 12) && view.has(at, 12 + view.u32(at))
    if (!isComplete) {
      if (hasPixels) break
      throw corrupt("PNG", "a chunk points past the end before any pixels", at)
    }
    const size = view.u32(at)
    const chunk = { name: view.text(at + 4, 4), start: at, body: at + 8, bodyEnd: at + 8 + size, end: at + 12 + size }
    chunks.push(chunk)
    if (chunk.name === "IDAT") hasPixels = true
    if (chunk.name === "IEND") break
    if (chunks.length > maxChunks) throw corrupt("PNG", `more than ${maxChunks} chunks`, at)
    at = chunk.end
  }
  const [first] = chunks
  if (first?.name !== "IHDR" || first.bodyEnd - first.body !== 13) throw corrupt("PNG", "no image header", 8)
  if (!hasPixels) throw corrupt("PNG", "no pixel data")
  checkHeader(view, chunks)
  return chunks
}

/** Unpacks the compressed chunks of one file within its allowance. */
class Unpacker {
  #left = maxUnpackedBytes

  /** Undefined when the data is invalid, or the allowance is used up. */
  unpack(packed: Uint8Array): Uint8Array | undefined {
    if (this.#left === 0) return undefined
    const bytes = attempt(() => inflate(packed, this.#left))
    // Invalid data may have been unpacked nearly to its end, so it costs a part of the allowance too.
    this.#left = Math.max(0, this.#left - (bytes?.length ?? maxUnpackedBytes >> 4))
    return bytes
  }
}

/** A text chunk's keyword and text. */
interface Text {
  readonly keyword: string
  readonly text: Uint8Array
}

/** Keywords of texts that are read; all others are comments, which need not be unpacked. */
const readKeywords = /^(XML:com\.adobe\.xmp|Raw profile type \S+)$/

/** Reads a text chunk; undefined for comments, and for texts that cannot be unpacked. */
const textOf = (name: string, body: Uint8Array, unpacker: Unpacker): Text | undefined => {
  const end = body.subarray(0, 80).indexOf(0)
  const keyword = latin1(body.subarray(0, Math.max(0, end)))
  if (!readKeywords.test(keyword)) return undefined
  if (name === "tEXt") return { keyword, text: body.subarray(end + 1) }
  let packed = body.subarray(end + 2)
  let isPacked = true
  if (name === "iTXt") {
    const language = body.indexOf(0, end + 3)
    const translated = body.indexOf(0, language + 1)
    if (language < 0 || translated < 0) return undefined
    packed = body.subarray(translated + 1)
    isPacked = body[end + 1] === 1
  }
  const text = isPacked ? unpacker.unpack(packed) : packed
  return text === undefined ? undefined : { keyword, text }
}

/**
 * The bytes of a "Raw profile type …" text: a name, a length, and hexadecimal digits, on separate lines.
 *
 * Source: what ImageMagick writes and ExifTool reads; no standard describes it.
 */
const rawProfile = (text: Uint8Array): Uint8Array => {
  const match = /^\s*\S*\s+(\d{1,9})\s+([0-9a-fA-F\s]*)/.exec(latin1(text.subarray(0, 2_000_000)))
  const digits = (match?.[2] ?? "").replace(/\s+/g, "")
  const bytes = new Uint8Array(Math.min(Number(match?.[1] ?? 0), digits.length >> 1))
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

/** Reads a PNG's metadata. Fails (`FormatError`) when the file has no complete header, or no pixels. */
export const readPngMetadata = (bytes: Uint8Array): RawMetadata => {
  const view = new View(bytes, "PNG")
  const chunks = chunksOf(view)
  const stored = { width: view.u32(16), height: view.u32(20) }
  if (stored.width === 0 || stored.height === 0) throw corrupt("PNG", "a picture without pixels", 16)
  const exif: Array<Uint8Array> = []
  const legacyExif: Array<Uint8Array> = []
  const xmp: Array<Uint8Array> = []
  const unpacker = new Unpacker()
  let icc: Uint8Array | undefined
  let hasIptc = false
  let hasComment = false
  for (const chunk of chunks) {
    const body = bytes.subarray(chunk.body, chunk.bodyEnd)
    if (chunk.name === "eXIf") exif.push(withoutExifPrefix(body))
    if (chunk.name === "iCCP") {
      const end = body.subarray(0, 80).indexOf(0)
      icc ??= end < 0 ? undefined : unpacker.unpack(body.subarray(end + 2))
    }
    if (chunk.name !== "tEXt" && chunk.name !== "zTXt" && chunk.name !== "iTXt") continue
    const found = textOf(chunk.name, body, unpacker)
    const kind = /^Raw profile type (\S+)$/.exec(found?.keyword ?? "")?.[1]?.toLowerCase()
    if (found === undefined) hasComment = true
    else if (found.keyword === "XML:com.adobe.xmp") xmp.push(found.text)
    else if (kind === "exif" || kind === "app1") {
      const raw = rawProfile(found.text)
      if (startsWith(raw, "http://ns.adobe.com/xap/")) xmp.push(raw.subarray(raw.indexOf(0) + 1))
      else legacyExif.push(withoutExifPrefix(raw))
    } else if (kind === "xmp") xmp.push(rawProfile(found.text))
    else if (kind === "iptc" || kind === "8bim") hasIptc = true
    else hasComment = true
  }
  const last = chunks.at(-1)
  return {
    ...emptyMetadata(stored),
    exif: [...exif, ...legacyExif],
    xmp,
    ...(icc === undefined ? {} : { icc }),
    hasIptc,
    hasComment,
    animated: chunks.some(({ name }) => name === "acTL"),
    hasAlpha: (view.u8(25) & 4) !== 0 || chunks.some(({ name }) => name === "tRNS"),
    hasTrailer: last?.name === "IEND" && last.end < bytes.length
  }
}

/** The same PNG with nothing but its picture; coded pixels are copied as they are. */
export const stripPng = (bytes: Uint8Array, keepIcc: boolean): Uint8Array => {
  const parts: Array<Uint8Array> = [bytes.subarray(0, 8)]
  let from = 8
  let to = 8
  // True when the last chunk, which ends the file, is not copied.
  let isOpen = false
  // Neighbours that stay are copied together: a photo has hundreds of IDAT chunks.
  for (const chunk of chunksOf(new View(bytes, "PNG"))) {
    if (!isPicture(chunk) && !(keepIcc && chunk.name === "iCCP")) {
      isOpen = chunk.name === "IEND"
      continue
    }
    if (chunk.start !== to) {
      parts.push(bytes.subarray(from, to))
      from = chunk.start
    }
    to = chunk.end
  }
  parts.push(bytes.subarray(from, to))
  if (isOpen) parts.push(emptyEnd)
  return concatBytes(parts)
}
