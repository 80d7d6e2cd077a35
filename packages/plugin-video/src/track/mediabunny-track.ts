// Tracks read by mediabunny: mp4, mov, webm, mkv and MPEG-TS, on every platform, without decoding anything.
import {
  CustomSource,
  EncodedPacketSink,
  Input,
  Logging,
  LogLevel,
  MATROSKA,
  MP4,
  MPEG_TS,
  QTFF,
  WEBM
} from "mediabunny"
import type { EncodedPacket, InputVideoTrack } from "mediabunny"
import type { ByteSource } from "../bytes/byte-source.ts"
import { damagedAtStart, VideoUnsupported } from "../errors.ts"
import {
  countable,
  type Packet,
  type RandomTrack,
  reorderBound,
  type TrackChoice,
  type TrackInfo,
  uprightSize
} from "./track.ts"
import { type Movie, movieOf, withShortMovie } from "../container/movie-header.ts"
import { readFragmentTables } from "../container/fragment-tables.ts"
import { isEncrypted, listsTooMany, readSampleTables, videoTracksOf } from "../container/sample-tables.ts"
import { makeTablesTrack } from "./table-track.ts"
import type { Structure } from "../container/structure.ts"

/** A random-access track with its configuration for WebCodecs. */
export interface MediabunnyTrack extends RandomTrack {
  readonly config: VideoDecoderConfig
}

// it prints warnings to the console; typed errors report what matters
Logging.level = LogLevel.Silent

const toUs = (seconds: number): number => Math.round(seconds * 1e6)

const openInput = (source: ByteSource): Input =>
  new Input({
    formats: [MP4, QTFF, MATROSKA, WEBM, MPEG_TS],
    source: new CustomSource({
      getSize: () => source.sizeBytes,
      read: (start, end) => source.read(start, end),
      prefetchProfile: source.far ? "network" : "fileSystem",
      maxCacheSize: 4 * 1024 * 1024,
      handleUnhandledError: () => undefined // a failed read ahead is met again by the read that needs it
    })
  })

const choose = async (tracks: ReadonlyArray<InputVideoTrack>, { track }: TrackChoice): Promise<InputVideoTrack> => {
  if (track !== undefined) {
    const asked = tracks.find((candidate) => candidate.id === track)
    if (asked !== undefined) return asked
    const ids = tracks.map((candidate) => candidate.id).join(", ")
    throw new VideoUnsupported({
      reason: "no-such-track",
      detail: `track ${track} is not a video track here; there are ${ids}`
    })
  }
  const marked = await Promise.all(tracks.map(async (candidate) => (await candidate.getDisposition()).default))
  const chosen = tracks[Math.max(0, marked.indexOf(true))]
  if (chosen !== undefined) return chosen
  throw new VideoUnsupported({
    reason: "no-video-track",
    detail: "it contains no pictures; send it as audio, or send another file"
  })
}

const describe = async (
  chosen: InputVideoTrack,
  tracks: ReadonlyArray<InputVideoTrack>,
  container: string
): Promise<TrackInfo> => {
  const [codedWidth, codedHeight] = [await chosen.getCodedWidth(), await chosen.getCodedHeight()]
  const aspect = await chosen.getPixelAspectRatio()
  const pixelAspect = aspect.num > 0 && aspect.den > 0 ? aspect.num / aspect.den : 1
  const rotateClockwise = await chosen.getRotation()
  const [width, height] = uprightSize(codedWidth, codedHeight, pixelAspect, rotateClockwise)
  const listed = tracks.map(async (track) => ({
    id: track.id,
    codec: (await track.getCodec()) ?? "unknown",
    isDefault: (await track.getDisposition()).default
  }))
  return {
    id: chosen.id,
    codec: (await chosen.getCodec()) ?? "unknown",
    container,
    codedWidth,
    codedHeight,
    pixelAspect,
    rotateClockwise,
    flip: await chosen.getFlip(),
    width,
    height,
    tracks: await Promise.all(listed)
  }
}

/** What a demuxer says of a track: all but its packets. */
const inspect = async (input: Input, choice: TrackChoice) => {
  if (!(await input.canRead())) return undefined
  const tracks = await input.getVideoTracks()
  const chosen = await choose(tracks, choice)
  const config = (await chosen.getCodec()) === null ? null : await chosen.getDecoderConfig()
  if (config === null) return undefined
  return { chosen, config, info: await describe(chosen, tracks, (await input.getFormat()).name) }
}

/** Refuses files whose pictures are encrypted: decoding them gives noise. */
const checkReadable = (movie: Movie, { track }: TrackChoice): void => {
  const videos = videoTracksOf(movie)
  const chosen = track === undefined ? videos : videos.filter(({ id }) => id === track)
  if (chosen.length > 0 && chosen.every(({ box }) => isEncrypted(movie, box)))
    throw new VideoUnsupported({ reason: "encrypted", detail: "its pictures are encrypted; decrypt it first" })
}

/** A track of an MP4 or MOV file by its own tables, or those of its fragments; undefined where there are none. */
const openByTables = async (source: ByteSource, choice: TrackChoice): Promise<MediabunnyTrack | undefined> => {
  const movie = await movieOf(source)
  if (movie !== undefined) checkReadable(movie, choice)
  const short = await withShortMovie(source)
  const input = openInput(short ?? source)
  try {
    const found = await inspect(input, choice)
    if (found === undefined) return undefined
    const tables = await (short === undefined ? readFragmentTables : readSampleTables)(source, found.info.id)
    const track = tables && makeTablesTrack(source, tables, found.info)
    return track && { ...track, config: found.config }
  } finally {
    input.dispose()
  }
}

/** Opens a track, or answers undefined when the container or the codec is not one that mediabunny reads. */
export const openMediabunnyTrack = async (
  source: ByteSource,
  structure: Structure,
  choice: TrackChoice
): Promise<MediabunnyTrack | undefined> => {
  // with tables at hand, memory need not grow with its length
  const plain = structure.family === "isobmff" ? await openByTables(source, choice) : undefined
  if (plain !== undefined) return plain
  const movie = structure.family === "isobmff" ? await movieOf(source) : undefined
  if (movie !== undefined && listsTooMany(movie, source.sizeBytes))
    throw damagedAtStart("corrupt", "its tables list more pictures than it has bytes")
  const input = openInput(source)
  try {
    const found = await inspect(input, choice)
    const track = found === undefined ? undefined : await makeTrack(input, found.chosen, found.info, structure)
    if (found !== undefined && track !== undefined) return { ...track, config: found.config }
    input.dispose()
    return undefined
  } catch (cause) {
    input.dispose()
    throw cause
  }
}

/** A packet known by metadata: one object for each of hundreds of thousands, and no table beside them. */
class SinkPacket implements Packet {
  readonly original: EncodedPacket
  readonly ptsUs: number
  readonly hidden: boolean
  readonly #load: () => Promise<EncodedPacket | null>
  constructor(original: EncodedPacket, mayHide: boolean, load: () => Promise<EncodedPacket | null>) {
    this.original = original
    this.ptsUs = countable(toUs(original.timestamp))
    this.hidden = mayHide && this.ptsUs < 0
    this.#load = load
  }
  get durationUs(): number {
    return toUs(this.original.duration)
  }
  get key(): boolean {
    return this.original.type === "key"
  }
  get sizeBytes(): number {
    return this.original.byteLength
  }
  async data(): Promise<Uint8Array | undefined> {
    return (await this.#load())?.data
  }
}

const originalOf = (packet: Packet): EncodedPacket => {
  if (!(packet instanceof SinkPacket)) throw new TypeError("the packet belongs to another track")
  return packet.original
}

const makeTrack = async (
  input: Input,
  chosen: InputVideoTrack,
  info: TrackInfo,
  structure: Structure
): Promise<RandomTrack | undefined> => {
  const sink = new EncodedPacketSink(chosen)
  const meta = { metadataOnly: true } as const
  // what an edit list cuts off the front has negative times here, and is decoded but never shown
  const mayHide = structure.family === "isobmff"
  const wrap = (packet: EncodedPacket | null, load: () => Promise<EncodedPacket | null>): Packet | undefined =>
    packet === null ? undefined : new SinkPacket(packet, mayHide, load)
  // mediabunny has no "the packet itself, with data" for a packet known by metadata: it is asked for as it was found
  const first = async () => wrap(await sink.getFirstPacket(meta), () => sink.getFirstPacket())
  const wrapKey = (packet: EncodedPacket | null) => wrap(packet, () => sink.getKeyPacket(packet?.timestamp ?? 0))
  const keyAt = async (us: number): Promise<Packet | undefined> => {
    // half a microsecond more: times were rounded to whole microseconds
    const packet = await sink.getKeyPacket((us + 0.5) / 1e6, meta)
    return wrapKey(packet)
  }
  const next = async (packet: Packet) => {
    const before = originalOf(packet)
    return wrap(await sink.getNextPacket(before, meta), () => sink.getNextPacket(before))
  }
  const keyAfter = async (packet: Packet) => wrapKey(await sink.getNextKeyPacket(originalOf(packet), meta))
  const originUs = await firstShown(first, next)
  if (originUs === undefined) return undefined
  const stated = await chosen.getDurationFromMetadata()
  return {
    access: "random",
    tables: undefined,
    info,
    originUs,
    statedEndUs: stated === null ? undefined : toUs(stated) - originUs,
    // a box that reaches beyond the file may yet lack nothing: the missing samples decide
    cutShort: structure.family !== "isobmff" && structure.cutShort,
    endUs: async () => {
      const last = await sink.getPacket(Infinity, meta)
      return last === null ? 0 : Math.max(0, toUs(last.timestamp + last.duration) - originUs)
    },
    first,
    keyAt,
    keyAfter,
    isKey: async ({ key }) => key,
    next,
    close: async () => input.dispose()
  }
}

/** The earliest time that is shown, found among the first packets in decoding order. */
const firstShown = async (
  first: () => Promise<Packet | undefined>,
  next: (packet: Packet) => Promise<Packet | undefined>
): Promise<number | undefined> => {
  let earliest: number | undefined
  let seen = 0
  for (let packet = await first(); packet !== undefined && seen < reorderBound; packet = await next(packet)) {
    if (packet.hidden) continue
    seen++
    earliest = earliest === undefined ? packet.ptsUs : Math.min(earliest, packet.ptsUs)
  }
  return earliest
}
