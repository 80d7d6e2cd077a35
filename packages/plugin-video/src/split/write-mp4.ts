// Writes an MP4 file with some samples of a track: new headers, unchanged samples.
import type { SampleTables } from "../container/sample-tables.ts"

const encoder = new TextEncoder()

const concat = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.byteLength
  }
  return all
}

const numbers = (...values: ReadonlyArray<number>): Uint8Array => {
  const bytes = new Uint8Array(values.length * 4)
  const data = new DataView(bytes.buffer)
  // the shift turns negative numbers into their 32-bit form
  for (const [i, value] of values.entries()) data.setUint32(i * 4, value >>> 0)
  return bytes
}

const box = (type: string, ...body: ReadonlyArray<Uint8Array>): Uint8Array => {
  const content = concat(body)
  return concat([numbers(content.byteLength + 8), encoder.encode(type), content])
}

/** A run-length table: equal neighbours are written once, after their count. */
const runTable = (type: string, values: Iterable<number>, version = 0): Uint8Array => {
  const flat: Array<number> = []
  let count = 0
  let current: number | undefined
  for (const value of values) {
    if (value === current) count++
    else {
      if (current !== undefined) flat.push(count, current)
      current = value
      count = 1
    }
  }
  if (current !== undefined) flat.push(count, current)
  return box(type, numbers(version << 24, flat.length / 2), numbers(...flat))
}

/** A copy of a track header with another duration, in ticks of the movie. */
const withDuration = (trackHeader: Uint8Array, ticks: number): Uint8Array => {
  const copy = trackHeader.slice()
  const data = new DataView(copy.buffer)
  if (copy[8] === 1) data.setBigUint64(36, BigInt(ticks))
  else data.setUint32(28, ticks)
  return copy
}

const movieScale = 1000

const movieHeader = (durationMs: number): Uint8Array =>
  box(
    "mvhd",
    numbers(0, 0, 0, movieScale, durationMs, 0x00010000, 0x01000000, 0, 0),
    numbers(0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000),
    numbers(0, 0, 0, 0, 0, 0, 0xffffffff)
  )

/** Groups neighbouring samples with the same description into chunks. */
const chunksOf = (tables: SampleTables, samples: Int32Array) => {
  const chunks: Array<{ readonly description: number; count: number; readonly offset: number }> = []
  let offset = 0
  for (const sample of samples) {
    const description = tables.descriptions[sample] ?? 1
    const last = chunks.at(-1)
    if (last !== undefined && last.description === description) last.count++
    else chunks.push({ description, count: 1, offset })
    offset += tables.sizes[sample] ?? 0
  }
  return { chunks, sizeBytes: offset }
}

/** When samples are decoded, how much later they are shown, and when the last one ends. `first` comes at `startTicks`. */
const timesOf = (tables: SampleTables, list: ReadonlyArray<number>, startTicks: number, first: number | undefined) => {
  const decodeOf = (sample: number | undefined): number => tables.decodeTicks[sample ?? -1] ?? 0
  const shiftOf = (sample: number): number => tables.shifts[sample] ?? 0
  const last = list.at(-1)
  const endTicks = decodeOf(last) + (tables.durations[last ?? -1] ?? 0)
  const late = first === undefined ? 0 : startTicks - decodeOf(first) - shiftOf(first)
  const nextTicks =
    list.indexOf(first ?? -1) === list.length - 1 ? endTicks : decodeOf(list[list.indexOf(first ?? -1) + 1])
  // a later decode time shortens it as well, which is not possible if others are decoded in between
  const decodedLater = late < nextTicks - decodeOf(first)
  const add = (sample: number, to: boolean): number => (sample === first && to ? late : 0)
  return {
    decode: list.map((sample) => decodeOf(sample) + add(sample, decodedLater)),
    shifts: list.map((sample) => shiftOf(sample) + add(sample, !decodedLater)),
    endTicks
  }
}

/**
 * What the file shows: from `startTicks` on the track's timeline, for `lengthTicks`. `first` is the sample on screen at
 * `startTicks`; it may start earlier, but starts at that moment in the file.
 */
export interface Shown {
  readonly startTicks: number
  readonly lengthTicks: number
  readonly first?: number
}

/**
 * The head of a file that holds these samples, in this order, and the number of bytes that must follow it.
 * The picture at `startTicks` is shown at 0: an edit list says so.
 */
export const writeMp4Head = (
  tables: SampleTables,
  samples: Int32Array,
  { first: onScreen, lengthTicks, startTicks }: Shown
): { readonly head: Uint8Array; readonly bodyBytes: number } => {
  const { headers, timescale } = tables
  const { chunks, sizeBytes } = chunksOf(tables, samples)
  const durationMs = Math.max(1, Math.round((lengthTicks / timescale) * movieScale))
  const list = [...samples]
  const { decode, endTicks, shifts } = timesOf(tables, list, startTicks, onScreen)
  const [first = 0] = decode
  // samples may be missing in between: a duration is the distance to the next sample in the file
  const durations = decode.map((ticks, i) => (decode[i + 1] ?? endTicks) - ticks)
  const mediaTicks = durations.reduce((sum, ticks) => sum + ticks, 0)
  const keys = list.flatMap((sample, i) => (tables.keys[sample] === 1 ? [i + 1] : []))
  const tablesAt = (base: number) =>
    box(
      "stbl",
      headers.sampleDescription,
      runTable("stts", durations),
      ...(shifts.some((shift) => shift !== 0) ? [runTable("ctts", shifts, 1)] : []),
      box("stss", numbers(0, keys.length), numbers(...keys)),
      box(
        "stsc",
        numbers(0, chunks.length),
        ...chunks.map((chunk, i) => numbers(i + 1, chunk.count, chunk.description))
      ),
      box("stsz", numbers(0, 0, list.length), numbers(...list.map((sample) => tables.sizes[sample] ?? 0))),
      box("stco", numbers(0, chunks.length), numbers(...chunks.map((chunk) => base + chunk.offset)))
    )
  const movie = (base: number) =>
    box(
      "moov",
      movieHeader(durationMs),
      box(
        "trak",
        withDuration(headers.trackHeader, durationMs),
        ...headers.colorParameters,
        box("edts", box("elst", numbers(0, 1, durationMs, startTicks - first, 0x00010000))),
        box(
          "mdia",
          box("mdhd", numbers(0, 0, 0, timescale, mediaTicks, 0x55c40000)),
          headers.handler,
          box("minf", ...headers.mediaInfo, tablesAt(base))
        )
      )
    )
  const kind = box("ftyp", encoder.encode("isom"), numbers(512), encoder.encode("isomiso2avc1mp41"))
  const base = kind.byteLength + movie(0).byteLength + 8
  const head = concat([kind, movie(base), numbers(sizeBytes + 8), encoder.encode("mdat")])
  return { head, bodyBytes: sizeBytes }
}
