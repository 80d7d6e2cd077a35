/** The pages of a TIFF file, and where the samples of a page lie. */
import { corrupt, unsupported } from "../bytes/format-error.ts"
import type { View } from "../bytes/view.ts"
import { Directories, type Directory, entryOf, numberAt, tiffView } from "./ifd.ts"
import { photometrics, tag } from "./tags.ts"

/** Fax archives have hundreds of pages with some twenty entries each. */
const fileLimits = { directories: 16_384, entries: 1 << 18 }

/** Most strips or tiles of one file: a gigapixel in tiles of 64 × 64 has 250,000. */
const maxSegments = 1 << 20

/** Without these no decoder can show a page. */
const layoutTags: ReadonlyArray<number> = [
  tag.width,
  tag.height,
  tag.bitsPerSample,
  tag.compression,
  tag.photometric,
  tag.stripOffsets,
  tag.samplesPerPixel,
  tag.stripByteCounts,
  tag.tileWidth,
  tag.tileLength,
  tag.tileOffsets,
  tag.tileByteCounts
]

/** How a page stores its samples. A segment is one strip or tile, of `segmentWidth` × `segmentHeight` pixels. */
export interface PageLayout {
  readonly width: number
  readonly height: number
  readonly samples: number
  /** Bits of each sample. */
  readonly bits: ReadonlyArray<number>
  readonly compression: number
  readonly photometric: number
  /** True when each sample has separate segments. */
  readonly planar: boolean
  readonly tiled: boolean
  readonly segmentWidth: number
  readonly segmentHeight: number
  readonly offsets: ReadonlyArray<number>
  /** As stated; shorter than `offsets` where counts are missing. */
  readonly byteCounts: ReadonlyArray<number>
}

/** A file's pages in order, reduced copies of other pages included. */
export interface TiffPages {
  readonly view: View
  readonly pages: ReadonlyArray<Directory>
}

/** All numbers of the first entry that exists. */
const numbersOf = (view: View, page: Directory, ...tags: ReadonlyArray<number>): ReadonlyArray<number> => {
  const entry = tags.map((number) => entryOf(page, number)).find((found) => found !== undefined)
  if (entry === undefined) return []
  if (entry.count > maxSegments) throw unsupported("TIFF", `${entry.count} values of tag ${entry.tag}`, page.at)
  return Array.from({ length: entry.count }, (_, i) => numberAt(view, entry, i) ?? 0)
}

/** The first number of an entry, or `otherwise`. */
export const numberOf = (view: View, page: Directory | undefined, number: number, otherwise: number): number =>
  numberAt(view, entryOf(page, number)) ?? otherwise

/** True for a page that is a smaller copy of another one. */
export const isReduced = (view: View, page: Directory): boolean =>
  (numberOf(view, page, tag.newSubfileType, 0) & 1) === 1 || numberOf(view, page, tag.subfileType, 0) === 2

/** Reads the directories of all pages. Fails (`FormatError`) when there are more than this code reads. */
export const readPages = (bytes: Uint8Array): TiffPages => {
  const view = tiffView(bytes, "TIFF")
  const directories = new Directories(view, fileLimits)
  const pages: Array<Directory> = []
  for (let at = directories.first; at !== 0;) {
    const page = directories.read(at)
    if (page === undefined) break
    pages.push(page)
    at = page.next
  }
  if (directories.truncated) throw unsupported("TIFF", `more than ${fileLimits.directories} pages or too many tags`)
  return { view, pages }
}

/** Reads how a page stores its samples. Fails (`FormatError`) when no decoder could show it. */
export const layoutOf = (view: View, page: Directory): PageLayout => {
  if (layoutTags.some((number) => page.unreadable.includes(number)))
    throw corrupt("TIFF", "a page whose layout is unreadable", page.at)
  const number = (which: number, otherwise: number): number => {
    const value = numberOf(view, page, which, otherwise)
    // Rational and signed types are read as well, so a value need not be a count.
    if (!Number.isInteger(value) || value < 0) throw corrupt("TIFF", `${value} in tag ${which}`, page.at)
    return value
  }
  const [width, height] = [number(tag.width, 0), number(tag.height, 0)]
  if (!(width > 0 && height > 0)) throw corrupt("TIFF", "a page without a size", page.at)
  const samples = number(tag.samplesPerPixel, 1)
  if (samples < 1 || samples > 64) throw corrupt("TIFF", `${samples} samples a pixel`, page.at)
  const stated = numbersOf(view, page, tag.bitsPerSample)
  const offsets = numbersOf(view, page, tag.tileOffsets, tag.stripOffsets)
  // An offset of 0 marks an empty segment of a sparse file.
  if (offsets.length === 0 || (offsets[0] ?? 0) >= view.length)
    throw corrupt("TIFF", "pixel data outside the file", page.at)
  const tiled = entryOf(page, tag.tileWidth) !== undefined
  const rowsPerStrip = number(tag.rowsPerStrip, 0) || height
  const segmentWidth = tiled ? number(tag.tileWidth, width) : width
  const segmentHeight = tiled ? number(tag.tileLength, height) : Math.min(height, rowsPerStrip)
  if (segmentWidth === 0 || segmentHeight === 0) throw corrupt("TIFF", "tiles without a size", page.at)
  return {
    width,
    height,
    samples,
    bits: Array.from({ length: samples }, (_, i) => stated[i] ?? stated[0] ?? 1),
    compression: number(tag.compression, 1),
    // libtiff guesses alike where it is not stated.
    photometric: number(tag.photometric, samples < 3 ? photometrics.blackIsZero : photometrics.rgb),
    planar: samples > 1 && number(tag.planarConfiguration, 1) === 2,
    tiled,
    segmentWidth,
    segmentHeight,
    offsets,
    byteCounts: numbersOf(view, page, tag.tileByteCounts, tag.stripByteCounts)
  }
}

/** Segments of one sample (planar), or of all samples together. */
export const segmentsPerPlane = (layout: PageLayout): number =>
  Math.ceil(layout.width / layout.segmentWidth) * Math.ceil(layout.height / layout.segmentHeight)

/** Rows that segment `index` holds: tiles are always full, the last strip of a plane is not. */
export const rowsOf = (layout: PageLayout, index: number): number => {
  if (layout.tiled) return layout.segmentHeight
  const top = (index % segmentsPerPlane(layout)) * layout.segmentHeight
  return Math.min(layout.segmentHeight, layout.height - top)
}

/** Bytes of one row of segment `index`, unpacked. */
export const rowBytesOf = (layout: PageLayout, index: number): number => {
  const plane = Math.floor(index / segmentsPerPlane(layout))
  const bits = layout.planar ? (layout.bits[plane] ?? 0) : layout.bits.reduce((sum, each) => sum + each, 0)
  return Math.ceil((layout.segmentWidth * bits) / 8)
}
