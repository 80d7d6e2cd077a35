// The samples of a fragmented MP4 file (ISO/IEC 14496-12, 8.8), gathered into the flat arrays of a plain one.
import { type Box, boxAt, boxesIn, ByteWindow, child, view } from "./boxes.ts"
import type { ByteSource } from "../bytes/byte-source.ts"
import { movieOf } from "./movie-header.ts"
import { headersOf, readTrack, sampleBound, sampleCount, type SampleTables, trackOf } from "./sample-tables.ts"

type Samples = Pick<
  SampleTables,
  "offsets" | "sizes" | "decodeTicks" | "durations" | "shifts" | "keys" | "descriptions"
>

/** What holds for samples that do not say it themselves. */
interface Defaults {
  readonly description: number
  readonly duration: number
  readonly size: number
  readonly flags: number
}

const largestFragmentHeader = 16 * 1024 * 1024
/** More would make opening slow. Without tables, fragments are looked at only when they are needed. */
const mostReads = 40_000

const arraysOf = (length: number): Samples => ({
  offsets: new Float64Array(length),
  sizes: new Uint32Array(length),
  decodeTicks: new Float64Array(length),
  durations: new Uint32Array(length),
  shifts: new Int32Array(length),
  keys: new Uint8Array(length),
  descriptions: new Uint8Array(length)
})

/** Arrays that grow: how many samples there are is known at the end. */
class Gathered {
  #samples = arraysOf(4096)
  count = 0
  /** Where in decoding time the samples so far end. */
  endTicks = 0
  /** The most samples: a file has no more than bytes. */
  readonly bound: number
  constructor(fileBytes: number) {
    this.bound = Math.min(sampleBound, fileBytes)
  }
  add(offset: number, size: number, duration: number, shift: number, flags: number, description: number): void {
    if (this.count === this.#samples.offsets.length) this.#samples = this.#resized(this.count * 2)
    const { decodeTicks, descriptions, durations, keys, offsets, shifts, sizes } = this.#samples
    const sample = this.count++
    offsets[sample] = offset
    sizes[sample] = size
    decodeTicks[sample] = this.endTicks
    durations[sample] = duration
    shifts[sample] = shift
    keys[sample] = (flags & 0x1_0000) === 0 ? 1 : 0 // sample_is_non_sync_sample
    descriptions[sample] = description
    this.endTicks += duration
  }
  /** Adds samples that come before any fragment. */
  begin(tables: SampleTables): void {
    for (let i = 0; i < tables.count; i++) {
      this.endTicks = tables.decodeTicks[i] ?? 0
      const flags = tables.keys[i] === 1 ? 0 : 0x1_0000
      const [offset = 0, size = 0, duration = 0] = [tables.offsets[i], tables.sizes[i], tables.durations[i]]
      this.add(offset, size, duration, tables.shifts[i] ?? 0, flags, tables.descriptions[i] ?? 1)
    }
  }
  result(): Samples {
    return this.#resized(this.count)
  }
  #resized(length: number): Samples {
    const [from, to] = [this.#samples, arraysOf(length)]
    const kept = Math.min(length, this.count)
    to.offsets.set(from.offsets.subarray(0, kept))
    to.sizes.set(from.sizes.subarray(0, kept))
    to.decodeTicks.set(from.decodeTicks.subarray(0, kept))
    to.durations.set(from.durations.subarray(0, kept))
    to.shifts.set(from.shifts.subarray(0, kept))
    to.keys.set(from.keys.subarray(0, kept))
    to.descriptions.set(from.descriptions.subarray(0, kept))
    return to
  }
}

/**
 * The tables of a track of a fragmented file, samples of the movie header included. Undefined where it is anything else, is
 * cut off, or its fragments are of a rare kind (placed after those of another track).
 *
 * Cost: a small read for each fragment. By URL each is a request, so such a file is read only if the movie header has
 * samples too: no index lists the fragments there.
 */
export const readFragmentTables = async (source: ByteSource, id: number): Promise<SampleTables | undefined> => {
  const movie = await movieOf(source)
  const extends_ = movie && child(movie.bytes, movie.box, "mvex")
  const track = movie && trackOf(movie, id)
  if (movie === undefined || extends_ === undefined || track === undefined) return undefined
  const count = sampleCount(movie, track)
  if (source.far && count === 0) return undefined
  const found = headersOf(movie, track)
  const first = count === 0 ? undefined : readTrack(movie, track, source.sizeBytes)
  if (found === undefined || (count > 0 && first === undefined)) return undefined
  const gathered = new Gathered(source.sizeBytes)
  if (first !== undefined) gathered.begin(first)
  const defaults = trackDefaults(movie.bytes, extends_, id)
  try {
    if (!(await readFragments(source, id, defaults, gathered)) || gathered.count === 0) return undefined
  } catch (cause) {
    if (cause instanceof RangeError) return undefined // a box that is shorter than what must be in it
    throw cause
  }
  return { count: gathered.count, ...gathered.result(), ...found }
}

/** Visits every fragment of the file; false when one cannot be followed. */
const readFragments = async (source: ByteSource, id: number, defaults: Defaults, into: Gathered): Promise<boolean> => {
  const window = new ByteWindow(source)
  for (let at = 0; at < source.sizeBytes;) {
    const box = boxAt(await window.read(at, Math.min(at + 16, source.sizeBytes)), at, source.sizeBytes, at)
    if (box === undefined || box.end > source.sizeBytes || window.reads > mostReads) return false
    at = box.end
    if (box.type !== "moof") continue
    if (box.end - box.start > largestFragmentHeader) return false
    const bytes = await window.read(box.start, box.end)
    const inside: Box = { type: "moof", start: 0, body: box.body - box.start, end: bytes.byteLength }
    if (!readFragment(bytes, inside, box.start, id, defaults, into)) return false
  }
  return true
}

const trackDefaults = (bytes: Uint8Array, extends_: Box, id: number): Defaults => {
  const data = view(bytes)
  for (const { body, end, type } of boxesIn(bytes, extends_.body, extends_.end)) {
    if (type !== "trex" || body + 24 > end || data.getUint32(body + 4) !== id) continue
    const [description, duration, size, flags] = [8, 12, 16, 20].map((at) => data.getUint32(body + at))
    return { description: description ?? 1, duration: duration ?? 0, size: size ?? 0, flags: flags ?? 0 }
  }
  return { description: 1, duration: 0, size: 0, flags: 0 }
}

const flagsOf = (data: DataView, { body }: Box): number => data.getUint32(body) & 0xff_ffff

const readFragment = (
  bytes: Uint8Array,
  moof: Box,
  start: number,
  id: number,
  defaults: Defaults,
  into: Gathered
): boolean => {
  const data = view(bytes)
  let first = true
  for (const traf of boxesIn(bytes, moof.body, moof.end)) {
    if (traf.type !== "traf") continue
    const header = child(bytes, traf, "tfhd")
    if (header === undefined) return false
    if (data.getUint32(header.body + 4) === id) {
      const flags = flagsOf(data, header)
      // without a word where its data are, they follow those of the track before
      if ((flags & 0x2_0001) === 0 && !first) return false
      if (child(bytes, traf, "senc") ?? child(bytes, traf, "saiz")) return false
      if (!readTrackFragment(bytes, traf, header, start, defaults, into)) return false
    }
    first = false
  }
  return true
}

const readTrackFragment = (
  bytes: Uint8Array,
  traf: Box,
  header: Box,
  moofStart: number,
  inherited: Defaults,
  into: Gathered
): boolean => {
  const data = view(bytes)
  const flags = flagsOf(data, header)
  let at = header.body + 8
  const optional = (flag: number, otherwise: number): number => {
    if ((flags & flag) === 0) return otherwise
    at += 4
    return data.getUint32(at - 4)
  }
  const base = (flags & 1) === 0 ? moofStart : Number(data.getBigUint64(at))
  if ((flags & 1) !== 0) at += 8
  const description = optional(2, inherited.description)
  const duration = optional(8, inherited.duration)
  const defaults = { description, duration, size: optional(16, inherited.size), flags: optional(32, inherited.flags) }
  const time = child(bytes, traf, "tfdt")
  if (time !== undefined)
    into.endTicks =
      data.getUint8(time.body) === 1 ? Number(data.getBigUint64(time.body + 4)) : data.getUint32(time.body + 4)
  let offset = base
  for (const run of boxesIn(bytes, traf.body, traf.end)) {
    if (run.type !== "trun") continue
    const next = readRun(data, run, base, offset, defaults, into)
    if (next === undefined) return false
    offset = next
  }
  return true
}

/** Adds the samples of one run; answers where its data end, or undefined where it does not hold what it says. */
const readRun = (
  data: DataView,
  run: Box,
  base: number,
  follows: number,
  defaults: Defaults,
  into: Gathered
): number | undefined => {
  const flags = flagsOf(data, run)
  const count = data.getUint32(run.body + 4)
  let at = run.body + 8
  const has = (flag: number): boolean => (flags & flag) !== 0
  const width = [0x100, 0x200, 0x400, 0x800].filter(has).length * 4
  if (at + Number(has(1)) * 4 + Number(has(4)) * 4 + count * width > run.end) return undefined
  if (into.count + count > into.bound) return undefined
  const next = (): number => {
    at += 4
    return data.getUint32(at - 4)
  }
  let offset = follows
  if (has(1)) {
    offset = base + data.getInt32(at)
    at += 4
  }
  const firstFlags = has(4) ? next() : undefined
  for (let i = 0; i < count; i++) {
    const duration = has(0x100) ? next() : defaults.duration
    const size = has(0x200) ? next() : defaults.size
    const own = has(0x400) ? next() : defaults.flags
    // version 0 says "unsigned", yet none is meant to be 2^31
    const shift = has(0x800) ? next() | 0 : 0
    into.add(offset, size, duration, shift, i === 0 ? (firstFlags ?? own) : own, defaults.description)
    offset += size
  }
  return offset
}
