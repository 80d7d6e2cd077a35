/** Rewrites a TIFF file with nothing in it but its pages, so that metadata cannot stay in bytes that are not copied. */
import { attempt, corrupt, unsupported } from "@sightline/platform/bytes/format-error"
import { mergeRanges, type Range } from "@sightline/platform/bytes/ranges"
import type { View } from "@sightline/platform/bytes/view"
import { type Directory, type Entry, entryOf, numberAt } from "@sightline/platform/tiff/ifd"
import {
  isReduced,
  layoutOf,
  numberOf,
  type PageLayout,
  readPages,
  rowBytesOf,
  rowsOf
} from "@sightline/platform/tiff/pages"
import { compressions, tag } from "@sightline/platform/tiff/tags"
import { type NewEntry, TiffWriter } from "@sightline/platform/tiff/tiff-writer"
import { orientationOf } from "../image/orientation.ts"
import { eraseJpegMetadata } from "../jpeg/erase-metadata.ts"
import { pictureTags, placeTags, plainCompressions } from "./kept-tags.ts"

const ycbcr = 6

/** One page: the entries that are copied, and the parts of the file that its place tags refer to. */
interface SourcePage {
  readonly entries: ReadonlyArray<Entry>
  /** True when strips and tiles are JPEG streams, or parts of one. */
  readonly isJpeg: boolean
  readonly orientation: number
  readonly places: ReadonlyMap<number, ReadonlyArray<Range>>
}

const clipped = (view: View, start: number, size: number): Range => ({
  start: Math.min(start, view.length),
  end: Math.min(start + size, view.length)
})

/** Bytes that the samples of a segment take, or undefined where compression or subsampling decides. */
const plainSize = (layout: PageLayout, index: number): number | undefined =>
  layout.compression === 1 && layout.photometric !== ycbcr
    ? rowBytesOf(layout, index) * rowsOf(layout, index)
    : undefined

/** Where each strip or tile lies. Fails (`FormatError`) when the size of compressed data is not stated. */
const segmentRanges = (view: View, layout: PageLayout): ReadonlyArray<Range> =>
  layout.offsets.map((start, i) => {
    const stated = layout.byteCounts[i] ?? 0
    // Sparse files mark a segment without data by an offset and a size of 0.
    if (start === 0 && stated > 0) throw corrupt("TIFF", "pixel data in the header of the file", start)
    if (start === 0) return { start: 0, end: 0 }
    const needed = plainSize(layout, i)
    if (stated === 0 && needed === undefined) throw unsupported("TIFF", "a strip or tile of unstated size", start)
    // Bytes that a segment claims beyond its samples are not pixels.
    return clipped(view, start, Math.min(stated === 0 ? Infinity : stated, needed ?? Infinity))
  })

/** The tables and the stream that pages with old-style JPEG compression refer to (TIFF 6.0, section 22). */
const oldJpegRanges = (view: View, page: Directory): ReadonlyMap<number, ReadonlyArray<Range>> => {
  const found = new Map<number, ReadonlyArray<Range>>()
  const codesAt = (start: number) => (view.has(start, 16) ? view.bytes.subarray(start, start + 16) : [])
  for (const which of [tag.jpegQTables, tag.jpegDcTables, tag.jpegAcTables]) {
    const entry = entryOf(page, which)
    if (entry === undefined) continue
    const offsets = Array.from({ length: Math.min(entry.count, 4) }, (_, i) => numberAt(view, entry, i) ?? 0)
    const sizeAt = (start: number) =>
      which === tag.jpegQTables ? 64 : [...codesAt(start)].reduce((sum, count) => sum + count, 16)
    found.set(
      which,
      offsets.map((start) => clipped(view, start, sizeAt(start)))
    )
  }
  const stream = numberOf(view, page, tag.jpegStream, 0)
  if (stream === 0) return found
  const length = numberOf(view, page, tag.jpegStreamLength, 0)
  if (length === 0) throw unsupported("TIFF", "a JPEG stream of unstated size", page.at)
  return found.set(tag.jpegStream, [clipped(view, stream, length)])
}

const sourcePage = (view: View, page: Directory, keepIcc: boolean): SourcePage => {
  const layout = layoutOf(view, page)
  const { compression } = layout
  const isOldJpeg = compression === compressions.oldJpeg
  const isJpeg = isOldJpeg || compression === compressions.jpeg
  if (!isJpeg && !plainCompressions.has(compression))
    throw unsupported("TIFF", `compression ${compression}, whose data may contain metadata`, page.at)
  const offsetsTag = entryOf(page, tag.tileOffsets) === undefined ? tag.stripOffsets : tag.tileOffsets
  const isFirst = (entry: Entry) => entryOf(page, entry.tag) === entry
  const isKept = ({ tag: number }: Entry) => pictureTags.has(number) || (keepIcc && number === tag.icc)
  return {
    entries: page.entries.filter((entry) => isFirst(entry) && isKept(entry) && !placeTags.has(entry.tag)),
    isJpeg,
    orientation: orientationOf(numberOf(view, page, tag.orientation, 1)),
    places: new Map([
      ...(isOldJpeg ? oldJpegRanges(view, page) : []),
      [offsetsTag, segmentRanges(view, layout)] as const
    ])
  }
}

/** Copies the ranges into the new file, and returns where an offset of the source has come to lie. */
const copied = (view: View, writer: TiffWriter, ranges: ReadonlyArray<Range>): ((at: number) => number) => {
  const extents = mergeRanges(ranges)
  const starts = extents.map(({ end, start }) => writer.append(view.bytes.subarray(start, end)))
  return (at) => {
    let [low, high] = [0, extents.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((extents[middle]?.start ?? 0) <= at) low = middle
      else high = middle - 1
    }
    return (starts[low] ?? 0) + at - (extents[low]?.start ?? 0)
  }
}

/** An entry with its value copied; the 64-bit types of BigTIFF become LONG. */
const copiedEntry = (view: View, writer: TiffWriter, entry: Entry): NewEntry => {
  const { count, tag: number, type, valueAt, valueBytes } = entry
  if (type >= 16)
    return writer.longs(
      number,
      Array.from({ length: count }, (_, i) => numberAt(view, entry, i) ?? 0)
    )
  const value = view.bytes.slice(valueAt, valueAt + valueBytes)
  if (number === tag.jpegTables) eraseJpegMetadata(value, 0, value.length)
  return writer.entry(number, type, count, value, `${number} ${type} ${count} ${valueAt}`)
}

/** The tag that states the sizes of what a place tag refers to. */
const sizesTagOf: ReadonlyMap<number, number> = new Map([
  [tag.stripOffsets, tag.stripByteCounts],
  [tag.tileOffsets, tag.tileByteCounts],
  [tag.jpegStream, tag.jpegStreamLength]
])

/** Pages that are kept: the first, and others that are neither reduced copies nor unreadable. */
const keptPages = (view: View, pages: ReadonlyArray<Directory>): ReadonlyArray<Directory> =>
  pages.filter((page, i) => i === 0 || (!isReduced(view, page) && attempt(() => layoutOf(view, page)) !== undefined))

/**
 * The same pages in a new TIFF file without metadata, thumbnails, reduced pages and unreferenced bytes.
 *
 * Shape: strips and tiles are copied as they are, in the source's byte order; a BigTIFF becomes a classic TIFF. Metadata
 * segments inside JPEG-compressed strips are overwritten with zeros. `Orientation` stays, because it says how the stored
 * pixels look. Fails (`FormatError`): `corrupt` when it contains no picture; `unsupported` where strips may contain metadata
 * (JPEG 2000, WebP, JPEG XL), do not state their size, or the file states far too many.
 */
export const stripTiff = (bytes: Uint8Array, keepIcc: boolean): Uint8Array => {
  const { pages, view } = readPages(bytes)
  if (pages.length === 0) throw corrupt("TIFF", "no picture in the first directory")
  const sources = keptPages(view, pages).map((page) => sourcePage(view, page, keepIcc))
  const writer = new TiffWriter(view.littleEndian)
  const moved = copied(
    view,
    writer,
    sources.flatMap(({ places }) => [...places.values()].flat())
  )
  // Values that overlap each other could otherwise make a small file a huge one.
  const mostBytes = writer.size + bytes.length + 65_536
  const jpegParts: Array<Range> = []
  const tables = sources.map(({ entries, isJpeg, orientation, places }) => {
    const written: Array<NewEntry> = []
    for (const entry of entries) {
      written.push(copiedEntry(view, writer, entry))
      if (writer.size > mostBytes) throw corrupt("TIFF", "values that overlap each other")
    }
    if (orientation !== 1) written.push(writer.shorts(tag.orientation, [orientation]))
    for (const [which, ranges] of places) {
      const offsets = ranges.map(({ end, start }) => (end === start ? 0 : moved(start)))
      const sizes = ranges.map(({ end, start }) => end - start)
      const sizesTag = sizesTagOf.get(which)
      written.push(writer.longs(which, offsets))
      if (sizesTag !== undefined) written.push(writer.longs(sizesTag, sizes))
      if (isJpeg) offsets.forEach((start, i) => jpegParts.push({ start, end: start + (sizes[i] ?? 0) }))
    }
    return written
  })
  const out = writer.finish(tables)
  for (const { end, start } of jpegParts) eraseJpegMetadata(out, start, end)
  return out
}
