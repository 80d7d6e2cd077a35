/** PNG: finding what its chunks say, and leaving out those that are not the picture. */
import { broken, Malformed } from "../malformed.ts"
import { type Found, nothingBut } from "../metadata/found.ts"
import { joined, latin1, startsWith, View } from "../view.ts"
import { inflate } from "./inflate.ts"
import { crc32 } from "./write.ts"

/** One chunk: `[start, end)` with length, name and checksum, `[body, bodyEnd)` without. */
export interface Chunk {
  readonly name: string
  readonly start: number
  readonly body: number
  readonly bodyEnd: number
  readonly end: number
}

/** Chunks that decide how pixels look; all others are about the picture and go. `iCCP` stays unless asked otherwise. */
const pictureChunks: ReadonlySet<string> = new Set(
  "IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT bKGD pHYs cICP mDCV mDCv cLLI cLLi acTL fcTL fdAT".split(" ")
)

/** Most of a compressed chunk that is unpacked to look for metadata. */
const maxUnpacked = 4 << 20

/**
 * The chunks up to and including `IEND`.
 *
 * A file that ends without `IEND` ends with its last whole chunk, provided pixels came. Fails (`Malformed`) when a chunk
 * points past the end before there are pixels, or the first chunk is not a header.
 */
export const chunksOf = (bytes: Uint8Array): ReadonlyArray<Chunk> => {
  const view = new View(bytes, "PNG")
  const chunks: Array<Chunk> = []
  let hasPixels = false
  for (let at = 8; at < bytes.length;) {
    const whole = view.has(at, 12) && view.has(at, 12 + view.u32(at))
    if (!whole) {
      if (hasPixels) break
      throw broken("PNG", "a chunk points past the end before any pixels", at)
    }
    const size = view.u32(at)
    const chunk = { name: view.text(at + 4, 4), start: at, body: at + 8, bodyEnd: at + 8 + size, end: at + 12 + size }
    chunks.push(chunk)
    if (chunk.name === "IDAT") hasPixels = true
    if (chunk.name === "IEND") break
    at = chunk.end
  }
  const [first] = chunks
  if (first?.name !== "IHDR" || first.bodyEnd - first.body !== 13) throw broken("PNG", "no image header", 8)
  if (!hasPixels) throw broken("PNG", "no pixel data")
  checkHeader(view, chunks)
  return chunks
}

/** Bit depths that each colour type may have (PNG specification, table 11.1). */
const depths: Readonly<Record<number, string>> = { 0: "1 2 4 8 16", 2: "8 16", 3: "1 2 4 8", 4: "8 16", 6: "8 16" }

/** What every decoder refuses a file for: an impossible header, one whose checksum is wrong, an unknown critical chunk. */
const checkHeader = (view: View, chunks: ReadonlyArray<Chunk>): void => {
  const [depth, type] = [view.u8(24), view.u8(25)]
  if (!(depths[type] ?? "").split(" ").includes(String(depth))) throw broken("PNG", "an impossible colour type", 24)
  if (crc32(view.bytes.subarray(12, 29)) !== view.u32(29)) throw broken("PNG", "a wrong checksum of the header", 29)
  const strange = chunks.find(({ name }) => /^[A-Z]/.test(name) && !/^(IHDR|PLTE|IDAT|IEND)$/.test(name))
  if (strange !== undefined) throw broken("PNG", "a critical chunk that no decoder knows", strange.start)
  if (type === 3 && !chunks.some(({ name }) => name === "PLTE")) throw broken("PNG", "a palette is missing")
}

/** A text chunk taken apart: its keyword and its text, unpacked, as bytes. Undefined when it cannot be. */
const textOf = (
  bytes: Uint8Array,
  chunk: Chunk
): { readonly keyword: string; readonly text: Uint8Array } | undefined => {
  const body = bytes.subarray(chunk.body, chunk.bodyEnd)
  const end = body.subarray(0, 80).indexOf(0)
  if (end < 0) return undefined
  const keyword = latin1(body.subarray(0, end))
  try {
    if (chunk.name === "tEXt") return { keyword, text: body.subarray(end + 1) }
    if (chunk.name === "zTXt") return { keyword, text: inflate(body.subarray(end + 2), maxUnpacked) }
    const language = body.indexOf(0, end + 3)
    const translated = body.indexOf(0, language + 1)
    if (language < 0 || translated < 0) return undefined
    const rest = body.subarray(translated + 1)
    return { keyword, text: body[end + 1] === 1 ? inflate(rest, maxUnpacked) : rest }
  } catch (cause) {
    if (cause instanceof Malformed) return undefined
    throw cause
  }
}

/**
 * The bytes of a "Raw profile type …" text: a name, a length, and hexadecimal digits, on lines of their own.
 *
 * Source: the form ImageMagick writes and ExifTool and libpng-based viewers read; no standard has it.
 */
const rawProfile = (text: Uint8Array): Uint8Array => {
  const match = /^\s*\S*\s+(\d{1,9})\s+([0-9a-fA-F\s]*)/.exec(latin1(text.subarray(0, 2_000_000)))
  const digits = (match?.[2] ?? "").replace(/\s+/g, "")
  const bytes = new Uint8Array(Math.min(Number(match?.[1] ?? 0), digits.length >> 1))
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

/** An EXIF block without the `Exif\0\0` that some writers put before it. */
export const withoutExifPrefix = (block: Uint8Array): Uint8Array =>
  startsWith(block, "Exif\0\0") ? block.subarray(6) : block

/** Finds what a PNG says besides its pixels. Fails (`Malformed`) as `chunksOf` does. */
export const findInPng = (bytes: Uint8Array): Found => {
  const chunks = chunksOf(bytes)
  const view = new View(bytes, "PNG")
  const stored = { width: view.u32(16), height: view.u32(20) }
  if (stored.width === 0 || stored.height === 0) throw broken("PNG", "a picture without pixels", 16)
  const exif: Array<Uint8Array> = []
  const legacyExif: Array<Uint8Array> = []
  const xmp: Array<Uint8Array> = []
  let icc: Uint8Array | undefined
  let hasIptc = false
  let hasComment = false
  for (const chunk of chunks) {
    const body = bytes.subarray(chunk.body, chunk.bodyEnd)
    if (chunk.name === "eXIf") exif.push(withoutExifPrefix(body))
    if (chunk.name === "iCCP") icc ??= profileOf(body)
    if (chunk.name !== "tEXt" && chunk.name !== "zTXt" && chunk.name !== "iTXt") continue
    const found = textOf(bytes, chunk)
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
    ...nothingBut(stored),
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

const profileOf = (body: Uint8Array): Uint8Array | undefined => {
  const end = body.subarray(0, 80).indexOf(0)
  if (end < 0) return undefined
  try {
    return inflate(body.subarray(end + 2), maxUnpacked)
  } catch (cause) {
    if (cause instanceof Malformed) return undefined
    throw cause
  }
}

/** The same PNG without anything but the picture; pixel data is copied as it is. */
export const stripPng = (bytes: Uint8Array, keepIcc: boolean): Uint8Array => {
  const parts: Array<Uint8Array> = [bytes.subarray(0, 8)]
  let from = 8
  let to = 8
  // Neighbours that stay are copied together: a photo has hundreds of IDAT chunks.
  for (const chunk of chunksOf(bytes)) {
    if (!pictureChunks.has(chunk.name) && !(keepIcc && chunk.name === "iCCP")) continue
    if (chunk.start !== to) {
      parts.push(bytes.subarray(from, to))
      from = chunk.start
    }
    to = chunk.end
  }
  parts.push(bytes.subarray(from, to))
  return joined(parts)
}
