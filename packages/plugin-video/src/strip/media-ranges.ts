// Where the pictures and the sound of MP4 and MOV files are in the file.
import { fromBytes } from "../bytes/byte-source.ts"
import { ascii, type Box, child, view } from "../container/boxes.ts"
import { readFragmentTables } from "../container/fragment-tables.ts"
import { forgetMovie, type Movie } from "../container/movie-header.ts"
import { handlerOf, isFragmented, readTrack, sampleCount, trackId } from "../container/sample-tables.ts"
import type { Pace } from "../sampling/pace.ts"
import { pacedBytes } from "../sampling/paced-bytes.ts"

/** Bytes of a file, from `start` to `end`. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** Places at which the chunks of a track begin. */
export const chunksOf = (bytes: Uint8Array, trak: Box): ReadonlyArray<number> => {
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

/** How many samples each chunk has, by the table of runs of chunks. */
const samplesOfChunks = (bytes: Uint8Array, trak: Box, count: number): Float64Array => {
  const samples = new Float64Array(count)
  const table = child(bytes, trak, "mdia", "minf", "stbl", "stsc")
  if (table === undefined) return samples
  const data = view(bytes)
  const entries = Math.min(data.getUint32(table.body + 4), Math.floor((table.end - table.body - 8) / 12))
  for (let i = 0; i < entries; i++) {
    const at = table.body + 8 + i * 12
    samples.fill(data.getUint32(at + 4), Math.max(0, data.getUint32(at) - 1))
  }
  return samples
}

/** Bytes of one sample for codings that are plain numbers. */
const plainBytes: Readonly<Record<string, number>> = {
  NONE: 1,
  alaw: 1,
  fl32: 4,
  fl64: 8,
  in24: 3,
  in32: 4,
  sowt: 2,
  twos: 2,
  ulaw: 1
}

/** Where QuickTime's longer descriptions of sound, by their version, have the samples and the bytes of a packet, and end. */
const packetFields: Readonly<
  Record<number, { readonly samples: number; readonly bytes: number; readonly end: number }>
> = {
  1: { samples: 36, bytes: 44, end: 52 },
  2: { samples: 68, bytes: 64, end: 72 }
}

/** Bytes of `samples` samples of sound of one size; undefined where the description does not say. */
const soundBytes = (bytes: Uint8Array, trak: Box): ((samples: number) => number) | undefined => {
  const table = child(bytes, trak, "mdia", "minf", "stbl")
  const sizes = table && child(bytes, table, "stsz")
  const description = table && child(bytes, table, "stsd")
  if (description === undefined || sizes === undefined) return undefined
  const data = view(bytes)
  const entry = description.body + 8
  if (data.getUint32(description.body + 4) !== 1 || entry + 36 > description.end) return undefined
  const size = data.getUint32(sizes.body + 4)
  const coding = ascii(bytes, entry + 4)
  const version = bytes[description.body] === 0 ? data.getUint16(entry + 16) : 0
  const channels = data.getUint16(entry + 24)
  const packets = packetFields[version]
  if (packets !== undefined && entry + packets.end <= description.end) {
    const [perPacket, packetBytes] = [data.getUint32(entry + packets.samples), data.getUint32(entry + packets.bytes)]
    if (perPacket > 0 && packetBytes > 0)
      return (samples) => Math.max(Math.ceil(samples / perPacket) * packetBytes, samples * size)
  }
  const bits = coding === "raw " ? Math.ceil(data.getUint16(entry + 26) / 8) : 0
  const plain = Object.hasOwn(plainBytes, coding) ? (plainBytes[coding] ?? 0) : bits
  const sampleBytes = Math.max(size, plain * channels, Math.ceil(data.getUint16(entry + 26) / 8) * channels)
  return version === 0 && plain > 0 ? (samples) => samples * sampleBytes : undefined
}

/**
 * The chunks of sound whose samples all have one size, as long as the description says, or up to the next chunk of any
 * track: old files count bytes otherwise, and there may be tens of millions of samples.
 */
const fixedMedia = (bytes: Uint8Array, trak: Box, starts: Float64Array): ReadonlyArray<Range> => {
  const chunks = chunksOf(bytes, trak)
  const samples = samplesOfChunks(bytes, trak, chunks.length)
  const bytesOf = soundBytes(bytes, trak)
  const order = chunks.map((_, i) => i).sort((a, b) => (chunks[a] ?? 0) - (chunks[b] ?? 0))
  let next = 0
  return order.map((i) => {
    const start = chunks[i] ?? 0
    while (next < starts.length && (starts[next] ?? 0) <= start) next++
    const end = starts[next] ?? Infinity
    return { start, end: bytesOf === undefined ? end : Math.min(end, start + bytesOf(samples[i] ?? 0)) }
  })
}

const hasFixedSize = (bytes: Uint8Array, trak: Box): boolean => {
  const sizes = child(bytes, trak, "mdia", "minf", "stbl", "stsz")
  return sizes !== undefined && view(bytes).getUint32(sizes.body + 4) !== 0
}

/** The bytes of a track's pictures or sound; undefined if they are not known for sure. */
export const mediaOf = async (
  movie: Movie,
  trak: Box,
  starts: Float64Array,
  pace: Pace
): Promise<ReadonlyArray<Range> | undefined> => {
  const { bytes } = movie
  const fragmented = isFragmented(movie)
  if (!fragmented && handlerOf(bytes, trak) === "soun" && hasFixedSize(bytes, trak))
    return fixedMedia(bytes, trak, starts)
  const source = pacedBytes(fromBytes(bytes), pace)
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
export const blankBetween = (bytes: Uint8Array, boxes: ReadonlyArray<Range>, ranges: Array<Range>): void => {
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
