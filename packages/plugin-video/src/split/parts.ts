// Splits a video into parts under limits by copying its coded pictures: nothing is decoded, nothing is encoded.
import type { ByteSource } from "../bytes/byte-source.ts"
import type { OpenVideo } from "../clip/open.ts"
import { type SampleTables, shownUs } from "../clip/sample-tables.ts"
import type { Packet, RandomTrack } from "../clip/track.ts"
import { VideoDamaged, VideoTooLarge } from "../errors.ts"
import { type Cut, type Cuttable, cutPictures, type PartLimits } from "./cut.ts"
import { muxCopy } from "./mux.ts"
import { writeMp4Head } from "./write-mp4.ts"

/**
 * A part of a video that stands alone: a file with the pictures of `[fromMs, toMs)` of the whole, without sound. Its own
 * time 0 is `fromMs` of the whole, to the microsecond; `toMs` is Infinity for the last part.
 */
export interface VideoPart {
  readonly index: number
  readonly fromMs: number
  readonly toMs: number
  readonly pictures: number
  readonly contentType: "video/mp4" | "video/webm"
  readonly bytes: Uint8Array
}

/** The largest a part can sensibly be asked to be at once: it is held in memory while it is sent. */
export const defaultPartBytes = 4 * 1024 * 1024

interface Sample extends Cuttable {
  readonly sample: number
}

const ticksOf = (tables: SampleTables, sample: number): number =>
  (tables.decodeTicks[sample] ?? 0) + (tables.shifts[sample] ?? 0)

const ticksAt = (tables: SampleTables, us: number): number =>
  Math.round(((us - tables.offsetUs) / 1e6) * tables.timescale)

async function* samplesOf(tables: SampleTables): AsyncGenerator<Sample, void> {
  for (let sample = 0; sample < tables.count; sample++)
    yield {
      sample,
      ptsUs: shownUs(tables, sample),
      sizeBytes: tables.sizes[sample] ?? 0,
      key: tables.keys[sample] === 1
    }
}

/** Reads the samples' bytes behind each other into `body`, neighbours in the file at once. */
const readSamples = async (
  source: ByteSource,
  tables: SampleTables,
  samples: Int32Array,
  body: Uint8Array
): Promise<boolean> => {
  let at = 0
  for (let i = 0; i < samples.length;) {
    const start = tables.offsets[samples[i] ?? 0] ?? 0
    let end = start
    for (; i < samples.length && tables.offsets[samples[i] ?? 0] === end; i++) end += tables.sizes[samples[i] ?? 0] ?? 0
    if (end === start) i++ // a picture of no bytes
    const target = body.subarray(at, at + end - start)
    if (source.readInto === undefined) {
      const bytes = await source.read(start, Math.min(end, source.sizeBytes))
      target.set(bytes)
      if (bytes.byteLength < target.byteLength) return false
    } else if ((await source.readInto(target, start)) < target.byteLength) return false
    at += end - start
  }
  return true
}

const unsplittable = (limits: PartLimits): VideoTooLarge =>
  new VideoTooLarge({ limit: "part", allowed: limits.bytes, found: limits.bytes + 1 })

const truncated = (fromUs: number, originUs: number, parts: number): VideoDamaged =>
  new VideoDamaged({
    reason: "truncated",
    endedAtMs: (fromUs - originUs) / 1000,
    frames: parts,
    detail: "the file ends before the pictures of its next part"
  })

/** Parts of a plain MP4 or MOV file: the bytes of neighbouring pictures are copied together. */
async function* splitTables(
  video: OpenVideo,
  tables: SampleTables,
  limits: PartLimits,
  originUs: number
): AsyncGenerator<VideoPart, void> {
  let index = 0
  for await (const cut of cutPictures(samplesOf(tables), limits, originUs)) {
    if (cut === undefined) throw unsplittable(limits)
    const samples = Int32Array.from(cut.items, ({ sample }) => sample)
    const bytes = await partBytes(video.bytes, tables, samples, cut)
    if (bytes === undefined) throw truncated(cut.fromUs, originUs, index)
    const times = { fromMs: (cut.fromUs - originUs) / 1000, toMs: (cut.toUs - originUs) / 1000 }
    yield { index: index++, ...times, pictures: samples.length, contentType: "video/mp4", bytes }
  }
}

const partBytes = async (
  source: ByteSource,
  tables: SampleTables,
  samples: Int32Array,
  { fromUs, toUs: untilUs }: Cut<Sample>
): Promise<Uint8Array | undefined> => {
  const startTicks = ticksAt(tables, fromUs)
  const ends = Array.from(samples, (sample) => ticksOf(tables, sample) + (tables.durations[sample] ?? 0))
  const lastTicks = ends.reduce((most, ticks) => Math.max(most, ticks), 0)
  const endTicks = untilUs === Infinity ? lastTicks : Math.min(lastTicks, ticksAt(tables, untilUs))
  const { bodyBytes, head } = writeMp4Head(tables, samples, { startTicks, lengthTicks: endTicks - startTicks })
  const bytes = new Uint8Array(head.byteLength + bodyBytes)
  bytes.set(head)
  return (await readSamples(source, tables, samples, bytes.subarray(head.byteLength))) ? bytes : undefined
}

async function* packetsOf(track: RandomTrack): AsyncGenerator<Packet, void> {
  for (let packet = await track.first(); packet !== undefined; packet = await track.next(packet)) yield packet
}

/** Parts of any other container that mediabunny reads: its packets, written anew. */
async function* splitPackets(
  video: OpenVideo,
  track: RandomTrack,
  limits: PartLimits
): AsyncGenerator<VideoPart, void> {
  let index = 0
  for await (const cut of cutPictures(packetsOf(track), limits, track.originUs)) {
    if (cut === undefined) throw unsplittable(limits)
    const copied = await muxCopy(video, cut)
    if (copied === undefined) throw truncated(cut.fromUs, track.originUs, index)
    const times = { fromMs: (cut.fromUs - track.originUs) / 1000, toMs: (cut.toUs - track.originUs) / 1000 }
    yield { index: index++, ...times, pictures: cut.items.length, ...copied }
  }
}

/** Whether a video can be split at all: those that are only read from their start cannot. */
export const canSplit = (video: OpenVideo): boolean => video.track.access === "random" && video.config !== undefined

/**
 * Parts of a video under `limits`, made as they are taken; memory holds one part. Fails with `VideoTooLarge` of the
 * limit `part` when its key pictures are too far apart, and with `VideoDamaged` where the file ends early.
 */
export async function* splitVideo(video: OpenVideo, limits: PartLimits): AsyncGenerator<VideoPart, void> {
  const { track } = video
  if (track.access !== "random" || video.config === undefined) throw unsplittable(limits)
  const { tables } = track
  yield* tables === undefined ? splitPackets(video, track, limits) : splitTables(video, tables, limits, track.originUs)
}
