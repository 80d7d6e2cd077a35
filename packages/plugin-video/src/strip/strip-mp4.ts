// Removes metadata from MP4 and MOV files (ISO/IEC 14496-12, QuickTime file format): boxes that a reader does not need
// become `free` boxes of zeros, and so do bytes of the media that no picture and no sound refers to.
import { type Box, boxAt, boxesIn, child, view } from "../container/boxes.ts"
import { holdsTooMany, type Movie } from "../container/movie-header.ts"
import { handlerOf, trackId } from "../container/sample-tables.ts"
import type { Pace } from "../sampling/pace.ts"
import { blank, keepNeeded } from "./kept-boxes.ts"
import { blankBetween, chunksOf, mediaOf, type Range } from "./media-ranges.ts"

const keptAtTop = new Set(["ftyp", "moov", "moof", "mdat", "sidx", "mfra"])

const topLevel = async (bytes: Uint8Array, pace: Pace): Promise<ReadonlyArray<Box>> => {
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
    await pace.step()
  }
  return boxes
}

/** Zeroes what follows the entries of an index of segments. */
const trimIndex = (bytes: Uint8Array, { body, end }: Box): void => {
  const fields = bytes[body] === 0 ? 24 : 32
  const entries = body + fields > end ? 0 : view(bytes).getUint16(body + fields - 2)
  bytes.fill(0, Math.min(end, body + fields + 12 * entries), end)
}

/** Drops fragments of tracks that are not kept. */
const stripFragment = (bytes: Uint8Array, moof: Box, kept: ReadonlySet<number>): void => {
  for (const traf of boxesIn(bytes, moof.body, moof.end)) {
    const header = traf.type === "traf" ? child(bytes, traf, "tfhd") : undefined
    if (header !== undefined && !kept.has(view(bytes).getUint32(header.body + 4))) blank(bytes, traf)
  }
  keepNeeded(bytes, moof, "")
}

/**
 * Overwrites the metadata of an MP4 or MOV file. Tracks of pictures and sound stay; others (positions, sensor data,
 * subtitles, time codes) go with all their bytes. False where the tables of a track cannot be followed.
 */
export const stripMp4 = async (bytes: Uint8Array, pace: Pace): Promise<boolean> => {
  const boxes = await topLevel(bytes, pace)
  const moov = boxes.find(({ type }) => type === "moov")
  if (moov === undefined || moov.end > bytes.byteLength) return false
  const movie: Movie = { start: 0, bytes, box: moov }
  if (holdsTooMany(movie)) return false
  const tracks = [...boxesIn(bytes, moov.body, moov.end)].filter(({ type }) => type === "trak")
  const isMedia = (trak: Box): boolean => /^(vide|soun)$/.test(handlerOf(bytes, trak))
  const kept = tracks.filter(isMedia)
  if (kept.length === 0) return false
  const starts = Float64Array.from(tracks.flatMap((trak) => chunksOf(bytes, trak))).sort()
  const ranges: Array<Range> = []
  for (const trak of kept) {
    const media = await mediaOf(movie, trak, starts, pace)
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
  for (const trak of tracks) if (!kept.includes(trak)) blank(bytes, trak)
  keepNeeded(bytes, moov, "")
  for (const box of boxes) {
    await pace.step()
    const inside = { ...box, end: Math.min(box.end, bytes.byteLength) }
    // readers take the first movie header only
    if (!keptAtTop.has(box.type) || (box.type === "moov" && box !== moov)) blank(bytes, inside)
    else if (box.type === "moof") stripFragment(bytes, box, ids)
    else if (box.type === "mfra") keepNeeded(bytes, inside, "")
    else if (box.type === "sidx") trimIndex(bytes, inside)
  }
  return true
}
