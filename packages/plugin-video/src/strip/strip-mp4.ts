// Removes metadata from MP4 and MOV files (ISO/IEC 14496-12, QuickTime file format): boxes that a reader does not need
// become `free` boxes of zeros, and so do bytes of the media that no picture and no sound refers to.
import { fromBytes } from "../bytes/byte-source.ts"
import { type Box, boxAt, boxesIn, child, view } from "../container/boxes.ts"
import { readFragmentTables } from "../container/fragment-tables.ts"
import { forgetMovie, type Movie } from "../container/movie-header.ts"
import { handlerOf, isFragmented, readTrack, sampleCount, trackId } from "../container/sample-tables.ts"

const keptAtTop = new Set(["ftyp", "styp", "moov", "moof", "mdat", "sidx", "ssix", "mfra", "pdin"])
const keptInside: Readonly<Record<string, ReadonlySet<string>>> = {
  moov: new Set(["mvhd", "trak", "mvex", "iods"]),
  trak: new Set(["tkhd", "edts", "mdia", "tapt", "clip", "matt"]),
  mdia: new Set(["mdhd", "hdlr", "minf", "elng"]),
  minf: new Set(["vmhd", "smhd", "hdlr", "dinf", "stbl"]),
  stbl: new Set(
    "stsd stts ctts cslg stss stps sdtp stsc stsz stz2 stco co64 sgpd sbgp subs saiz saio padb stdp".split(" ")
  ),
  dinf: new Set(["dref"]),
  moof: new Set(["mfhd", "traf"]),
  traf: new Set("tfhd tfdt trun sdtp sgpd sbgp subs saiz saio senc".split(" "))
}

/** Makes a box an empty one of the same size. */
const blank = (bytes: Uint8Array, { body, end, start }: Box): void => {
  bytes.set([0x66, 0x72, 0x65, 0x65], start + 4) // free
  bytes.fill(0, body, end)
}

/** Zeroes when a header was made and changed. */
const blankDates = (bytes: Uint8Array, header: Box | undefined): void => {
  if (header === undefined) return
  bytes.fill(0, header.body + 4, Math.min(header.end, header.body + (bytes[header.body] === 1 ? 20 : 12)))
}

/** Zeroes the maker and the name of a handler, which often are the camera's; the name becomes an empty one. */
const blankHandler = (bytes: Uint8Array, handler: Box | undefined): void => {
  if (handler !== undefined) bytes.fill(0, Math.min(handler.body + 12, handler.end), handler.end)
}

/** Zeroes the encoder's vendor and name in the descriptions of pictures, and metadata beside the codec's configuration. */
const blankDescriptions = (bytes: Uint8Array, description: Box | undefined, isVideo: boolean): void => {
  if (description === undefined) return
  for (const entry of boxesIn(bytes, description.body + 8, description.end)) {
    bytes.fill(0, Math.min(entry.body + 12, entry.end), Math.min(entry.body + 16, entry.end))
    if (!isVideo) continue
    bytes.fill(0, Math.min(entry.body + 42, entry.end), Math.min(entry.body + 74, entry.end))
    for (const extension of boxesIn(bytes, entry.body + 78, entry.end))
      if (/^(uuid|udta|meta|strn|free|skip)$/.test(extension.type)) blank(bytes, extension)
  }
}

/** Zeroes what references to the media hold: paths of files on the machine that made it. */
const blankReferences = (bytes: Uint8Array, references: Box | undefined): void => {
  if (references === undefined) return
  for (const entry of boxesIn(bytes, references.body + 8, references.end)) bytes.fill(0, entry.body + 4, entry.end)
}

/** Blanks the boxes that are not needed inside of those that are. */
const keepNeeded = (bytes: Uint8Array, parent: Box): void => {
  const kept = keptInside[parent.type]
  if (kept === undefined) return
  for (const inner of boxesIn(bytes, parent.body, parent.end)) {
    if (kept.has(inner.type)) keepNeeded(bytes, inner)
    else blank(bytes, inner)
  }
}

const stripTrack = (bytes: Uint8Array, trak: Box, isVideo: boolean): void => {
  blankDates(bytes, child(bytes, trak, "tkhd"))
  blankDates(bytes, child(bytes, trak, "mdia", "mdhd"))
  blankHandler(bytes, child(bytes, trak, "mdia", "hdlr"))
  blankHandler(bytes, child(bytes, trak, "mdia", "minf", "hdlr"))
  blankReferences(bytes, child(bytes, trak, "mdia", "minf", "dinf", "dref"))
  blankDescriptions(bytes, child(bytes, trak, "mdia", "minf", "stbl", "stsd"), isVideo)
}

interface Range {
  readonly start: number
  readonly end: number
}

/** Places at which the chunks of a track begin. */
const chunksOf = (bytes: Uint8Array, trak: Box): ReadonlyArray<number> => {
  const table = child(bytes, trak, "mdia", "minf", "stbl")
  const chunks = table && (child(bytes, table, "stco") ?? child(bytes, table, "co64"))
  if (chunks === undefined) return []
  const data = view(bytes)
  const width = chunks.type === "co64" ? 8 : 4
  const count = Math.min(data.getUint32(chunks.body + 4), Math.floor((chunks.end - chunks.body - 8) / width))
  return Array.from({ length: count }, (_, i) => {
    const at = chunks.body + 8 + i * width
    return width === 8 ? Number(data.getBigUint64(at)) : data.getUint32(at)
  })
}

/**
 * The chunks of sound whose samples all have one size, each up to the next chunk of any track: old files count bytes
 * otherwise, and there may be tens of millions of samples.
 */
const fixedMedia = (chunks: ReadonlyArray<number>, starts: Float64Array): ReadonlyArray<Range> => {
  let next = 0
  return chunks
    .toSorted((a, b) => a - b)
    .map((start) => {
      while (next < starts.length && (starts[next] ?? 0) <= start) next++
      return { start, end: starts[next] ?? Infinity }
    })
}

const hasFixedSize = (bytes: Uint8Array, trak: Box): boolean => {
  const sizes = child(bytes, trak, "mdia", "minf", "stbl", "stsz")
  return sizes !== undefined && view(bytes).getUint32(sizes.body + 4) !== 0
}

/** The bytes of a track's pictures or sound; undefined if they are not known for sure. */
const mediaOf = async (movie: Movie, trak: Box, starts: Float64Array): Promise<ReadonlyArray<Range> | undefined> => {
  const { bytes } = movie
  const fragmented = isFragmented(movie)
  if (!fragmented && handlerOf(bytes, trak) === "soun" && hasFixedSize(bytes, trak))
    return fixedMedia(chunksOf(bytes, trak), starts)
  const source = fromBytes(bytes)
  try {
    const tables = fragmented
      ? await readFragmentTables(source, trackId(bytes, trak) ?? 0)
      : readTrack(movie, trak, bytes.byteLength)
    // a track without samples has no bytes
    if (tables === undefined) return sampleCount(movie, trak) === 0 && !fragmented ? [] : undefined
    return Array.from({ length: tables.count }, (_, i) => {
      const start = tables.offsets[i] ?? 0
      return { start, end: start + (tables.sizes[i] ?? 0) }
    })
  } finally {
    forgetMovie(source)
  }
}

/** Zeroes the bytes of the media boxes that are in none of the ranges. */
const blankBetween = (bytes: Uint8Array, boxes: ReadonlyArray<Range>, ranges: Array<Range>): void => {
  ranges.sort((a, b) => a.start - b.start)
  let next = 0
  for (const { end, start } of boxes) {
    let at = start
    while (next < ranges.length && (ranges[next]?.end ?? 0) <= at) next++
    for (let i = next; i < ranges.length && at < end; i++) {
      const range = ranges[i]
      if (range === undefined || range.start >= end) break
      if (range.start > at) bytes.fill(0, at, range.start)
      at = Math.max(at, range.end)
    }
    if (at < end) bytes.fill(0, at, end)
  }
}

const topLevel = (bytes: Uint8Array): ReadonlyArray<Box> => {
  const boxes: Array<Box> = []
  for (let at = 0; at < bytes.byteLength;) {
    const box = boxAt(bytes, at, bytes.byteLength)
    // what follows the last box is a maker's trailer, with a position in it often
    if (box === undefined || !/^[\x20-\x7e\xa9]{4}$/.test(box.type)) {
      bytes.fill(0, at)
      break
    }
    boxes.push(box)
    at = box.end
  }
  return boxes
}

/** Drops fragments of tracks that are not kept. */
const stripFragment = (bytes: Uint8Array, moof: Box, kept: ReadonlySet<number>): void => {
  for (const traf of boxesIn(bytes, moof.body, moof.end)) {
    const header = traf.type === "traf" ? child(bytes, traf, "tfhd") : undefined
    if (header !== undefined && !kept.has(view(bytes).getUint32(header.body + 4))) blank(bytes, traf)
  }
  keepNeeded(bytes, moof)
}

/**
 * Overwrites the metadata of an MP4 or MOV file. Tracks of pictures and sound stay; others (positions, sensor data,
 * subtitles, time codes) go with all their bytes. False where the tables of a track cannot be followed.
 */
export const stripMp4 = async (bytes: Uint8Array): Promise<boolean> => {
  const boxes = topLevel(bytes)
  const moov = boxes.find(({ type }) => type === "moov")
  if (moov === undefined || moov.end > bytes.byteLength) return false
  const movie: Movie = { start: 0, bytes, box: moov }
  const tracks = [...boxesIn(bytes, moov.body, moov.end)].filter(({ type }) => type === "trak")
  const isMedia = (trak: Box): boolean => /^(vide|soun)$/.test(handlerOf(bytes, trak))
  const kept = tracks.filter(isMedia)
  if (kept.length === 0) return false
  const starts = Float64Array.from(tracks.flatMap((trak) => chunksOf(bytes, trak))).sort()
  const ranges: Array<Range> = []
  for (const trak of kept) {
    const media = await mediaOf(movie, trak, starts)
    if (media === undefined) return false
    for (const range of media) ranges.push(range)
  }
  blankBetween(
    bytes,
    boxes
      .filter(({ type }) => type === "mdat")
      .map(({ body, end }) => ({ start: body, end: Math.min(end, bytes.byteLength) })),
    ranges
  )
  const ids = new Set(kept.map((trak) => trackId(bytes, trak) ?? 0))
  for (const trak of tracks) {
    if (kept.includes(trak)) stripTrack(bytes, trak, handlerOf(bytes, trak) === "vide")
    else blank(bytes, trak)
  }
  blankDates(bytes, child(bytes, moov, "mvhd"))
  keepNeeded(bytes, moov)
  for (const box of boxes) {
    if (!keptAtTop.has(box.type)) blank(bytes, { ...box, end: Math.min(box.end, bytes.byteLength) })
    else if (box.type === "moof") stripFragment(bytes, box, ids)
  }
  return true
}
