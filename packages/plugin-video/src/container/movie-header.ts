// The movie header of MP4 and MOV files: read once while a file is opened, and as much of it as a demuxer must see.
import type { ByteSource } from "../bytes/byte-source.ts"
import { type Box, boxesIn, child, mostBoxes, topBoxes, view } from "./boxes.ts"

/** The `moov` box: where it begins in the file, its bytes, and itself with places counted from its own beginning. */
export interface Movie {
  readonly start: number
  readonly bytes: Uint8Array
  readonly box: Box
}

const bound = 256 * 1024 * 1024

const known = new WeakMap<ByteSource, Promise<Movie | undefined>>()

const read = async (source: ByteSource): Promise<Movie | undefined> => {
  const found = (await topBoxes(source)).find(({ type }) => type === "moov")
  if (found === undefined || found.end > source.sizeBytes || found.end - found.start > bound) return undefined
  const bytes = await source.read(found.start, found.end)
  const box = { type: "moov", start: 0, body: found.body - found.start, end: bytes.byteLength }
  return { start: found.start, bytes, box }
}

/** The movie header; undefined where it is missing, cut off, or too large to be one. Kept until it is forgotten. */
export const movieOf = (source: ByteSource): Promise<Movie | undefined> => {
  const movie = known.get(source) ?? read(source)
  known.set(source, movie)
  return movie
}

/** Lets the header go: it may be large, and is needed while a file is opened only. */
export const forgetMovie = (source: ByteSource): void => {
  known.delete(source)
}

/** Boxes of boxes; the tables are in the fifth, counted from the header. */
const containers = new Set(["trak", "mdia", "minf", "stbl", "edts", "mvex"])

/** Whether the header holds more boxes than that of any video: each search in it would pass all of them. */
export const holdsTooMany = ({ box, bytes }: Movie): boolean => {
  let count = 0
  const exceeds = ({ body, end }: Box, depth: number): boolean => {
    for (const inner of boxesIn(bytes, body, end))
      if (++count > mostBoxes || (depth < 5 && containers.has(inner.type) && exceeds(inner, depth + 1))) return true
    return false
  }
  return exceeds(box, 1)
}

/** Tables with an entry for each picture, or for some, and where in them the number of entries is. */
const tables: Readonly<Record<string, number>> = { stts: 4, ctts: 4, stss: 4, stsc: 4, stco: 4, co64: 4, stsz: 8 }

/** A header that lists one picture for each track. */
const shortened = ({ box, bytes }: Movie): Uint8Array => {
  const short = bytes.slice()
  const data = view(short)
  for (const track of boxesIn(bytes, box.body, box.end)) {
    const table = track.type === "trak" ? child(bytes, track, "mdia", "minf", "stbl") : undefined
    if (table === undefined) continue
    for (const { body, end, type } of boxesIn(bytes, table.body, table.end)) {
      const at = tables[type]
      if (at !== undefined && body + at + 4 <= end) data.setUint32(body + at, Math.min(1, data.getUint32(body + at)))
    }
  }
  return short
}

/**
 * The same file with a header that lists one picture only, for a demuxer that is asked about the tracks and would
 * keep an object for each of hundreds of thousands of pictures. Undefined for files that are fragmented or no MP4.
 */
export const withShortMovie = async (source: ByteSource): Promise<ByteSource | undefined> => {
  const movie = await movieOf(source)
  if (movie === undefined || child(movie.bytes, movie.box, "mvex") !== undefined) return undefined
  const short = shortened(movie)
  const [from, to] = [movie.start, movie.start + short.byteLength]
  return {
    sizeBytes: source.sizeBytes,
    far: source.far,
    close: async () => {},
    read: async (start, end) => {
      if (end <= from || start >= to) return source.read(start, end)
      if (start >= from && end <= to) return short.subarray(start - from, end - from)
      const bytes = (await source.read(start, end)).slice() // it may be the caller's own memory
      const inside = short.subarray(Math.max(0, start - from), Math.max(0, end - from))
      bytes.set(
        inside.subarray(0, Math.max(0, start + bytes.byteLength - Math.max(from, start))),
        Math.max(0, from - start)
      )
      return bytes
    }
  }
}
