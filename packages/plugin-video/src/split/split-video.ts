// Splits a video into parts under limits by copying its coded pictures: nothing is decoded, nothing is encoded.
import type { ByteSource } from "../bytes/byte-source.ts"
import type { LocalVideo } from "../decoder/local-video.ts"
import { type SampleTables, shownUs } from "../container/sample-tables.ts"
import type { Packet, RandomTrack, TrackInfo } from "../track/track.ts"
import { VideoDamaged, VideoTooLarge, VideoUnsupported } from "../errors.ts"
import { isRestart, type OnRestart, restartDetail } from "../track/restart.ts"
import { type Cut, type Cuttable, cutPictures, type PartLimits } from "./cut-points.ts"
import { canMux, type Copied, muxCopy } from "./mux-copy.ts"
import { mp4HeadersOf, readPackets, tablesOfPackets } from "./packet-tables.ts"
import { writeMp4Head } from "./write-mp4.ts"

/**
 * A part of a video that stands alone: a file with the pictures of `[fromMs, toMs)` of the whole, without sound. Its own
 * time 0 is `fromMs` of the whole, to the microsecond (its first picture is the one on screen then); `toMs` is
 * Infinity for the last part.
 */
export interface VideoPart {
  readonly index: number
  readonly fromMs: number
  readonly toMs: number
  readonly pictures: number
  readonly contentType: "video/mp4" | "video/webm"
  readonly bytes: Uint8Array
}

/** The size at which a part is full: it is held in memory, and again as a body, while it is sent. */
export const defaultPartBytes = 4 * 1024 * 1024

interface Sample extends Cuttable {
  readonly sample: number
}

const ticksOf = (tables: SampleTables, sample: number): number =>
  (tables.decodeTicks[sample] ?? 0) + (tables.shifts[sample] ?? 0)

const ticksAt = (tables: SampleTables, us: number): number =>
  Math.round(((us - tables.offsetUs) / 1e6) * tables.timescale)

const sampleOf = (tables: SampleTables, sample: number): Sample => ({
  sample,
  ptsUs: shownUs(tables, sample),
  durationUs: ((tables.durations[sample] ?? 0) / tables.timescale) * 1e6,
  sizeBytes: tables.sizes[sample] ?? 0,
  key: tables.keys[sample] === 1
})

/** Yields samples in batches of a hundred: a promise for each would cost more than everything else. */
async function* samplesOf(tables: SampleTables): AsyncGenerator<ReadonlyArray<Sample>, void> {
  for (let from = 0; from < tables.count; from += 100)
    yield Array.from({ length: Math.min(100, tables.count - from) }, (_, i) => sampleOf(tables, from + i))
}

/** Gaps of up to so many bytes are read along: another request would take longer. */
const nearBytes = { far: 256 * 1024, here: 0 }
const farReadBytes = 1024 * 1024

interface Run {
  readonly start: number
  readonly end: number
  readonly samples: Int32Array
}

/** Runs of samples that lie close together in the file; each is one read. */
function* runsOf(tables: SampleTables, samples: Int32Array, far: boolean): Generator<Run, void> {
  const gap = far ? nearBytes.far : nearBytes.here
  for (let i = 0; i < samples.length;) {
    const first = i
    const start = tables.offsets[samples[i] ?? 0] ?? 0
    let end = start + (tables.sizes[samples[i] ?? 0] ?? 0)
    for (i++; i < samples.length; i++) {
      const offset = tables.offsets[samples[i] ?? 0] ?? 0
      if (offset < end || offset > end + gap || (far && offset > start + farReadBytes)) break
      end = offset + (tables.sizes[samples[i] ?? 0] ?? 0)
    }
    yield { start, end, samples: samples.subarray(first, i) }
  }
}

/** Reads the bytes of samples into `body`, one after another; false if the file ends before them. */
const readSamples = async (
  source: ByteSource,
  tables: SampleTables,
  samples: Int32Array,
  body: Uint8Array
): Promise<boolean> => {
  let at = 0
  for (const { end, samples: inside, start } of runsOf(tables, samples, source.far)) {
    if (source.readInto !== undefined && !source.far) {
      const target = body.subarray(at, at + end - start)
      if ((await source.readInto(target, start)) < target.byteLength) return false
      at += end - start
      continue
    }
    const bytes = await source.read(start, Math.min(end, source.sizeBytes))
    if (bytes.byteLength < end - start) return false
    for (const sample of inside) {
      const from = (tables.offsets[sample] ?? 0) - start
      const size = tables.sizes[sample] ?? 0
      body.set(bytes.subarray(from, from + size), at)
      at += size
    }
  }
  return true
}

/** The error of a video that cannot be split within limits. */
export const unsplittable = (limits: PartLimits): VideoTooLarge =>
  new VideoTooLarge({ limit: "part", allowed: limits.bytes, found: limits.bytes + 1 })

/** The error of a video whose pictures cannot be copied into parts: they are read in order only, or MP4 has no form for them. */
const uncopyable = ({ codec, container }: TrackInfo): VideoUnsupported =>
  new VideoUnsupported({
    reason: "codec",
    detail: `pictures of ${codec} in ${container} cannot be copied into parts; take their frames instead, or convert it to H.264 in MP4`
  })

const truncated = (fromUs: number, originUs: number, parts: number): VideoDamaged =>
  new VideoDamaged({
    reason: "truncated",
    endedAtMs: (fromUs - originUs) / 1000,
    frames: parts,
    detail: "the file ends before the pictures of its next part"
  })

/** Parts of an MP4 or MOV file, by its tables: neighbouring pictures are copied in one read. */
export async function* splitTables(
  source: ByteSource,
  tables: SampleTables,
  limits: PartLimits,
  originUs: number
): AsyncGenerator<VideoPart, void> {
  let index = 0
  for await (const cut of cutPictures(samplesOf(tables), limits, originUs)) {
    if (cut === undefined) throw unsplittable(limits)
    const samples = Int32Array.from(cut.items, ({ sample }) => sample)
    const bytes = await partBytes(tables, samples, cut, (body) => readSamples(source, tables, samples, body))
    if (bytes === undefined) throw truncated(cut.fromUs, originUs, index)
    const times = { fromMs: (cut.fromUs - originUs) / 1000, toMs: (cut.toUs - originUs) / 1000 }
    yield { index: index++, ...times, pictures: samples.length, contentType: "video/mp4", bytes }
  }
}

/** A part as a file; `read` fills in the bytes of its pictures and returns whether they were there. */
const partBytes = async (
  tables: SampleTables,
  samples: Int32Array,
  { fromUs, items, toUs: untilUs }: Cut<Sample>,
  read: (body: Uint8Array) => Promise<boolean>
): Promise<Uint8Array | undefined> => {
  const startTicks = ticksAt(tables, fromUs)
  const onScreen = items.reduce<Sample | undefined>(
    (last, item) => (item.ptsUs <= fromUs && item.ptsUs > (last?.ptsUs ?? -Infinity) ? item : last),
    undefined
  )
  const ends = Array.from(samples, (sample) => ticksOf(tables, sample) + (tables.durations[sample] ?? 0))
  const lastTicks = ends.reduce((most, ticks) => Math.max(most, ticks), 0)
  const endTicks = untilUs === Infinity ? lastTicks : Math.min(lastTicks, ticksAt(tables, untilUs))
  const { bodyBytes, head } = writeMp4Head(tables, samples, {
    startTicks,
    lengthTicks: endTicks - startTicks,
    ...(onScreen === undefined ? {} : { first: onScreen.sample })
  })
  const bytes = new Uint8Array(head.byteLength + bodyBytes)
  bytes.set(head)
  return (await read(bytes.subarray(head.byteLength))) ? bytes : undefined
}

/** A packet without its wrong mark of a key picture. */
const demoted = (packet: Packet): Packet => ({
  ptsUs: packet.ptsUs,
  durationUs: packet.durationUs,
  key: false,
  hidden: packet.hidden,
  sizeBytes: packet.sizeBytes,
  data: () => packet.data()
})

/** Packets up to where times begin again, as they do in recordings that were put one after the other. */
async function* packetsOf(track: RandomTrack, onRestart: OnRestart): AsyncGenerator<ReadonlyArray<Packet>, void> {
  let lastKeyUs = Number.NEGATIVE_INFINITY
  for (let packet = await track.first(); packet !== undefined; packet = await track.next(packet)) {
    const isKey = packet.key && (await track.isKey(packet))
    if (isKey && isRestart(lastKeyUs, packet.ptsUs)) return onRestart(lastKeyUs)
    if (isKey) lastKeyUs = packet.ptsUs
    yield [packet.key && !isKey ? demoted(packet) : packet]
  }
}

/** A part as MP4 with unchanged pictures. */
const copyPackets = async (
  { fromUs, items, toUs }: Cut<Packet>,
  headers: SampleTables["headers"]
): Promise<Copied | undefined> => {
  const tables = tablesOfPackets(items, headers)
  const samples = Int32Array.from(items, (_, i) => i)
  const cut = { fromUs, toUs, items: items.map((_, i) => sampleOf(tables, i)) }
  const bytes = await partBytes(tables, samples, cut, (body) => readPackets(items, body))
  return bytes && { contentType: "video/mp4", bytes }
}

/** Parts of any other container that mediabunny reads: its packets, muxed again. */
async function* splitPackets(
  video: LocalVideo,
  track: RandomTrack,
  limits: PartLimits
): AsyncGenerator<VideoPart, void> {
  let index = 0
  const headers = await mp4HeadersOf(video, track)
  if (headers === undefined && !canMux(track.info.codec)) throw uncopyable(track.info)
  // a muxed file begins with its key picture
  const onGrid = headers !== undefined && limits.onGrid === true
  let restartUs: number | undefined
  const packets = packetsOf(track, (us) => (restartUs = us))
  for await (const cut of cutPictures(packets, { ...limits, onGrid }, track.originUs)) {
    if (cut === undefined) throw unsplittable(limits)
    const copied = await (headers === undefined ? muxCopy(video, cut) : copyPackets(cut, headers))
    if (copied === undefined) throw truncated(cut.fromUs, track.originUs, index)
    const times = { fromMs: (cut.fromUs - track.originUs) / 1000, toMs: (cut.toUs - track.originUs) / 1000 }
    yield { index: index++, ...times, pictures: cut.items.length, ...copied }
  }
  if (restartUs !== undefined)
    throw new VideoDamaged({
      reason: "corrupt",
      endedAtMs: (restartUs - track.originUs) / 1000,
      frames: index,
      detail: restartDetail
    })
}

/**
 * Parts of a video under `limits`, made as they are taken; memory holds one part.
 *
 * @throws `VideoTooLarge` of the limit `part` if its key pictures are too far apart, `VideoUnsupported` if its pictures
 * cannot be copied, `VideoDamaged` where the file ends early
 */
export async function* splitLocalVideo(video: LocalVideo, limits: PartLimits): AsyncGenerator<VideoPart, void> {
  const { track } = video
  if (track.access !== "random" || video.config === undefined) throw uncopyable(track.info)
  const { tables } = track
  if (tables === undefined) return yield* splitPackets(video, track, limits)
  await video.verifyTables()
  yield* splitTables(video.bytes, tables, limits, track.originUs)
}
