// The sample tables of an MP4 or MOV video track (ISO/IEC 14496-12, 8.6 and 8.7), opened into flat arrays:
// 25 bytes a picture, whatever the size of the file.
import { ascii, type Box, boxesIn, child, readEdits, scaleAndDuration, view } from "./boxes.ts"
import type { ByteSource } from "../bytes/byte-source.ts"
import { type Movie, movieOf } from "./movie-header.ts"

/**
 * Every sample of a track in decoding order. Times are in ticks of `timescale`: `decodeTicks` when it is decoded,
 * `shift` from there to when it is shown. `headers` are the boxes that a part repeats as they are.
 */
export interface SampleTables {
  readonly count: number
  readonly timescale: number
  readonly offsets: Float64Array
  readonly sizes: Uint32Array
  readonly decodeTicks: Float64Array
  readonly durations: Uint32Array
  readonly shifts: Int32Array
  readonly keys: Uint8Array
  readonly descriptions: Uint8Array
  /** From the track's own clock to the movie's, in microseconds: what the edit list says. */
  readonly offsetUs: number
  /** Where the edit list begins to show the track, on the movie's clock. */
  readonly shownFromUs: number
  readonly headers: {
    readonly trackHeader: Uint8Array
    readonly handler: Uint8Array
    readonly mediaInfo: ReadonlyArray<Uint8Array>
    readonly sampleDescription: Uint8Array
    readonly colorParameters: ReadonlyArray<Uint8Array>
  }
}

/** More samples than this are no video: two hundred hours of pictures. */
export const sampleBound = 20_000_000

/** The number of a track; undefined where its header is missing. */
export const trackId = (bytes: Uint8Array, trak: Box): number | undefined => {
  const header = child(bytes, trak, "tkhd")
  return header === undefined ? undefined : view(bytes).getUint32(header.body + (bytes[header.body] === 1 ? 20 : 12))
}

/** What kind of media a track has: `vide`, `soun` or another; empty where it does not say. */
export const handlerOf = (bytes: Uint8Array, trak: Box): string => {
  const handler = child(bytes, trak, "mdia", "hdlr")
  return handler === undefined ? "" : ascii(bytes, handler.body + 8)
}

/** Whether the file goes on in fragments. */
export const isFragmented = ({ box, bytes }: Movie): boolean => child(bytes, box, "mvex") !== undefined

/** Visits the runs of a table whose entries are `width` numbers of 32 bits. */
const runs = (bytes: Uint8Array, table: Box, width: 1 | 2 | 3, visit: (at: number, index: number) => void): void => {
  const count = view(bytes).getUint32(table.body + 4)
  for (let i = 0, at = table.body + 8; i < count && at + width * 4 <= table.end; i++, at += width * 4) visit(at, i)
}

/** The box of the track with that number. */
export const trackOf = ({ box, bytes }: Movie, id: number): Box | undefined => {
  for (const trak of boxesIn(bytes, box.body, box.end))
    if (trak.type === "trak" && trackId(bytes, trak) === id) return trak
  return undefined
}

/** The video tracks of a movie. */
export const videoTracksOf = ({ box, bytes }: Movie): ReadonlyArray<{ readonly id: number; readonly box: Box }> => {
  const found: Array<{ readonly id: number; readonly box: Box }> = []
  for (const trak of boxesIn(bytes, box.body, box.end)) {
    const id = trak.type === "trak" && handlerOf(bytes, trak) === "vide" ? trackId(bytes, trak) : undefined
    if (id !== undefined) found.push({ id, box: trak })
  }
  return found
}

/** What holds for all samples of a track; undefined where its headers are not whole. */
export const headersOf = (
  { box, bytes }: Movie,
  trak: Box
): Pick<SampleTables, "timescale" | "headers" | "offsetUs" | "shownFromUs"> | undefined => {
  const find = (...path: ReadonlyArray<string>) => child(bytes, trak, ...path)
  const copy = (found: Box) => bytes.slice(found.start, found.end)
  const [tkhd, mdhd, hdlr, minf] = [find("tkhd"), find("mdia", "mdhd"), find("mdia", "hdlr"), find("mdia", "minf")]
  const stsd = find("mdia", "minf", "stbl", "stsd")
  if (!tkhd || !mdhd || !hdlr || !minf || !stsd) return undefined
  const mvhd = child(bytes, box, "mvhd")
  const movieScale = mvhd === undefined ? 0 : scaleAndDuration(bytes, mvhd).scale
  const timescale = scaleAndDuration(bytes, mdhd).scale
  return {
    timescale,
    ...placeOnMovie(bytes, trak, movieScale, timescale),
    headers: {
      trackHeader: copy(tkhd),
      handler: copy(hdlr),
      mediaInfo: [...boxesIn(bytes, minf.body, minf.end)].filter(({ type }) => type !== "stbl").map(copy),
      sampleDescription: copy(stsd),
      colorParameters: [...boxesIn(bytes, trak.body, trak.end)].filter(({ type }) => type === "tapt").map(copy)
    }
  }
}

/** The number of samples that the movie header itself lists for a track. */
export const sampleCount = ({ bytes }: Movie, trak: Box): number => {
  const sizes = child(bytes, trak, "mdia", "minf", "stbl", "stsz")
  return sizes === undefined ? 0 : view(bytes).getUint32(sizes.body + 8)
}

/** Whether the two tables of times of a video track are for more samples than the file has bytes: a reader may follow them all. */
export const listsTooMany = (movie: Movie, fileBytes: number): boolean =>
  videoTracksOf(movie).some(({ box }) => {
    let count = 0
    for (const name of ["stts", "ctts"]) {
      const table = child(movie.bytes, box, "mdia", "minf", "stbl", name)
      if (table !== undefined) runs(movie.bytes, table, 2, (at) => (count += view(movie.bytes).getUint32(at)))
    }
    return count > 2 * Math.min(sampleBound, fileBytes)
  })

/** Whether the samples of a track are encrypted, as its sample description says (ISO/IEC 23001-7). */
export const isEncrypted = ({ bytes }: Movie, trak: Box): boolean => {
  const description = child(bytes, trak, "mdia", "minf", "stbl", "stsd")
  return description !== undefined && ascii(bytes, description.body + 12) === "encv"
}

/** The tables of a track; undefined when the file is not a plain (unfragmented) MP4 or MOV with whole tables. */
export const readSampleTables = async (source: ByteSource, id: number): Promise<SampleTables | undefined> => {
  const movie = await movieOf(source)
  if (movie === undefined || isFragmented(movie)) return undefined
  const track = trackOf(movie, id)
  return track && readTrack(movie, track, source.sizeBytes)
}

/** The tables of the samples in the movie header itself; undefined where they are not whole. */
export const readTrack = (movie: Movie, trak: Box, fileBytes: number): SampleTables | undefined => {
  const { bytes } = movie
  const table = (name: string) => child(bytes, trak, "mdia", "minf", "stbl", name)
  const found = headersOf(movie, trak)
  const [stts, stsz, stsc, chunks] = [table("stts"), table("stsz"), table("stsc"), table("stco") ?? table("co64")]
  if (!found || !stts || !stsz || !stsc || !chunks) return undefined
  const data = view(bytes)
  const sameSize = data.getUint32(stsz.body + 4)
  const count = data.getUint32(stsz.body + 8)
  if (count === 0 || count > fileBytes || count > sampleBound) return undefined
  if (sameSize === 0 && stsz.body + 12 + count * 4 > stsz.end) return undefined
  const tables = {
    count,
    offsets: new Float64Array(count),
    sizes: new Uint32Array(count),
    decodeTicks: new Float64Array(count),
    durations: new Uint32Array(count),
    shifts: new Int32Array(count),
    keys: new Uint8Array(count),
    descriptions: new Uint8Array(count)
  }
  for (let i = 0; i < count; i++) tables.sizes[i] = sameSize === 0 ? data.getUint32(stsz.body + 12 + i * 4) : sameSize
  readTimes(bytes, stts, table("ctts"), tables)
  const stss = table("stss")
  if (stss === undefined) tables.keys.fill(1)
  else runs(bytes, stss, 1, (at) => (tables.keys[data.getUint32(at) - 1] = 1))
  return placeSamples(bytes, stsc, chunks, tables) ? { ...tables, ...found } : undefined
}

interface Times {
  readonly count: number
  readonly decodeTicks: Float64Array
  readonly durations: Uint32Array
  readonly shifts: Int32Array
}

const readTimes = (bytes: Uint8Array, stts: Box, ctts: Box | undefined, { count, ...tables }: Times): void => {
  const data = view(bytes)
  let sample = 0
  let ticks = 0
  let step = 0
  const add = (length: number): void => {
    for (let i = 0; i < length && sample < count; i++, sample++, ticks += step) {
      tables.decodeTicks[sample] = ticks
      tables.durations[sample] = step
    }
  }
  runs(bytes, stts, 2, (at) => {
    step = data.getUint32(at + 4)
    add(data.getUint32(at))
  })
  add(count) // samples that the table leaves out go on at its last step
  if (ctts === undefined) return
  sample = 0
  runs(bytes, ctts, 2, (at) => {
    // version 0 says "unsigned", yet files with negative shifts claim it too; none is meant to be 2^31
    const [length, shift] = [data.getUint32(at), data.getInt32(at + 4)]
    for (let i = 0; i < length && sample < count; i++, sample++) tables.shifts[sample] = shift
  })
}

interface Places {
  readonly count: number
  readonly offsets: Float64Array
  readonly sizes: Uint32Array
  readonly descriptions: Uint8Array
}

/** Walks chunks to say where each sample is; false when the tables do not cover every sample. */
const placeSamples = (bytes: Uint8Array, stsc: Box, chunks: Box, tables: Places): boolean => {
  const data = view(bytes)
  const wide = chunks.type === "co64"
  const chunkCount = data.getUint32(chunks.body + 4)
  if (chunks.body + 8 + chunkCount * (wide ? 8 : 4) > chunks.end) return false
  const groups: Array<{ readonly first: number; readonly samples: number; readonly description: number }> = []
  runs(bytes, stsc, 3, (at) => {
    groups.push({ first: data.getUint32(at), samples: data.getUint32(at + 4), description: data.getUint32(at + 8) })
  })
  let sample = 0
  groups.forEach((group, i) => {
    const last = groups[i + 1]?.first ?? chunkCount + 1
    for (let chunk = group.first; chunk < last && chunk <= chunkCount && sample < tables.count; chunk++) {
      const at = chunks.body + 8 + (chunk - 1) * (wide ? 8 : 4)
      let offset = wide ? Number(data.getBigUint64(at)) : data.getUint32(at)
      for (let k = 0; k < group.samples && sample < tables.count; k++, sample++) {
        tables.offsets[sample] = offset
        tables.descriptions[sample] = group.description
        offset += tables.sizes[sample] ?? 0
      }
    }
  })
  return sample === tables.count
}

/** What a plain edit list does: some time of nothing, then the track from `mediaTime` on. */
const placeOnMovie = (bytes: Uint8Array, trak: Box, movieScale: number, timescale: number) => {
  const elst = child(bytes, trak, "edts", "elst")
  const edits = elst === undefined || movieScale === 0 ? [] : readEdits(bytes, elst)
  const at = edits.findIndex(({ mediaTime }) => mediaTime >= 0)
  const first = edits[at]
  if (first === undefined) return { offsetUs: 0, shownFromUs: Number.NEGATIVE_INFINITY }
  const emptyTicks = edits.slice(0, at).reduce((sum, { durationInMovie }) => sum + durationInMovie, 0)
  const shownFromUs = Math.round((emptyTicks / movieScale) * 1e6)
  return { offsetUs: shownFromUs - (first.mediaTime / timescale) * 1e6, shownFromUs }
}

/** When a sample is shown, in microseconds on the movie's clock. */
export const shownUs = (tables: SampleTables, sample: number): number =>
  Math.round(
    (((tables.decodeTicks[sample] ?? 0) + (tables.shifts[sample] ?? 0)) / tables.timescale) * 1e6 + tables.offsetUs
  )
