// Opens a video in this process: its structure, then the reader that fits, then its decoder.
import type { ByteSource } from "../bytes/byte-source.ts"
import { inNode } from "../bytes/in-node.ts"
import { isVideoError, damagedAtStart, VideoTooLarge, VideoUnsupported } from "../errors.ts"
import { makeLibavDecoder } from "../picture/libav-decoder.ts"
import { loadLibav } from "../libav.ts"
import type { PictureDecoder } from "../picture/picture.ts"
import { openLibavTrack } from "../track/libav-track.ts"
import { openMediabunnyTrack } from "../track/mediabunny-track.ts"
import { forgetMovie } from "../container/movie-header.ts"
import { readStructure, type Structure } from "../container/structure.ts"
import { keyTest } from "../track/key-pictures.ts"
import type { SequentialTrack, Track, TrackChoice } from "../track/track.ts"
import { withVerifiedKeys } from "../track/verified-track.ts"
import { verifyTables } from "../track/verify-tables.ts"

/** A video that is read and decoded in this process. `close` frees the reader; the bytes stay open. */
export interface LocalVideo {
  readonly bytes: ByteSource
  readonly track: Track
  readonly cores: number
  /** How the track is coded, as WebCodecs describes it; undefined for tracks that libav reads. */
  readonly config: VideoDecoderConfig | undefined
  readonly makeDecoder: (threads: number) => Promise<PictureDecoder>
  /** Checks the key pictures of the track's tables, once. */
  readonly verifyTables: () => Promise<void>
  readonly close: () => Promise<void>
}

/** How a video is opened in this process. */
export interface LocalOptions extends TrackChoice {
  /** The largest picture that is decoded, in pixels. @default 134,217,728 */
  readonly maxPixels?: number
}

const defaultMaxPixels = 16_384 * 8_192

/** The machine's cores as far as it reports them; Node and browsers both have it. */
const coreCount = (): number => Math.max(1, globalThis.navigator?.hardwareConcurrency ?? 1)

/** Videos whose tables last longer than this many milliseconds are refused: a thousand hours. */
const longestMs = 3_600_000_000

/** Opens a video. Fails with a typed error; nothing stays open then but the bytes. */
export const openLocalVideo = async (bytes: ByteSource, options: LocalOptions = {}): Promise<LocalVideo> => {
  if (bytes.sizeBytes === 0) throw new VideoUnsupported({ reason: "empty", detail: "it has no bytes" })
  const opened = await openTrack(bytes, options).finally(() => forgetMovie(bytes))
  const { info, statedEndUs = 0 } = opened.track
  const pixels = { limit: "pixels", allowed: options.maxPixels ?? defaultMaxPixels } as const
  const length = { limit: "ms", allowed: longestMs } as const
  const found = info.codedWidth * info.codedHeight
  const tooLarge =
    found > pixels.allowed
      ? { ...pixels, found }
      : opened.track.access === "random" && opened.track.tables !== undefined && statedEndUs / 1000 > longestMs
        ? { ...length, found: Math.round(statedEndUs / 1000) }
        : undefined
  if (tooLarge !== undefined) {
    await opened.track.close()
    throw new VideoTooLarge(tooLarge)
  }
  const { config, makeDecoder } = opened
  const isKey = keyTest(info.codec, bytesOf(config?.description))
  const track = opened.track.access === "random" ? withVerifiedKeys(opened.track, isKey) : opened.track
  const tables = track.access === "random" ? track.tables : undefined
  let verified: Promise<void> | undefined
  return {
    bytes,
    track,
    cores: coreCount(),
    config,
    makeDecoder,
    verifyTables: () => (verified ??= tables === undefined ? Promise.resolve() : verifyTables(bytes, tables, isKey)),
    close: () => track.close()
  }
}

const bytesOf = (source: AllowSharedBufferSource | undefined): Uint8Array | undefined => {
  if (source === undefined) return undefined
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source)
}

type Opened = Pick<LocalVideo, "track" | "config" | "makeDecoder">

const openTrack = async (bytes: ByteSource, options: LocalOptions): Promise<Opened> => {
  const structure = await readStructure(bytes)
  const maxPixels = options.maxPixels ?? defaultMaxPixels
  // mediabunny leaves out what a cut has made incomplete, and follows one edit and one segment only: libav does better there
  const isOdd = !structure.plainEdits || structure.goesOn || (structure.family === "matroska" && structure.cutShort)
  const first = !inNode || !isOdd
  let refusal: unknown
  if (first) {
    try {
      const track = await openMediabunnyTrack(bytes, structure, options)
      if (track !== undefined)
        return { track, config: track.config, makeDecoder: (threads) => configuredDecoder(track, threads, maxPixels) }
    } catch (cause) {
      // what it says about tracks is true; anything else it throws means that it cannot read these bytes
      if (isVideoError(cause) && !mayHoldMore(cause, structure)) throw explained(cause, structure)
      refusal = cause
    }
  }
  if (!inNode) {
    const detail = refusal instanceof Error ? refusal.message : "not a container or codec that is read here"
    throw new VideoUnsupported({ reason: "not-a-video", detail })
  }
  return openWithLibav(bytes, structure, options, maxPixels)
}

/** mediabunny leaves out the tracks of a transport stream whose codec it does not know (MPEG-2): libav is asked then. */
const mayHoldMore = (cause: unknown, { family }: Structure): boolean =>
  inNode && family === "other" && cause instanceof VideoUnsupported && cause.reason === "no-video-track"

/** A file without its index shows nothing because it was cut, not because there was nothing. */
const explained = (cause: unknown, { cutShort, hasIndex }: Structure): unknown => {
  if (!(cause instanceof VideoUnsupported) || !cutShort || hasIndex) return cause
  const detail = "the part that says where its pictures are is missing; it comes last in this file"
  return damagedAtStart("truncated", detail)
}

/** Containers of libav that are none: pictures one after the other. */
const bareStreams = new Set(["h264", "hevc"])

const openWithLibav = async (
  bytes: ByteSource,
  structure: Structure,
  options: LocalOptions,
  maxPixels: number
): Promise<Opened> => {
  const libav = await loadLibav()
  try {
    const track = await openLibavTrack(libav, bytes, structure, options)
    if (bareStreams.has(track.info.container)) {
      await track.close()
      throw new VideoUnsupported({
        reason: "not-a-video",
        detail: `it is a bare stream of ${track.info.codec}, which has no times; put it into a container: ffmpeg -i in -c copy out.mp4`
      })
    }
    const setup = { kind: "parameters", parameters: track.parameters } as const
    const makeDecoder = (threads: number) => makeLibavDecoder(libav, track.info, setup, { threads, maxPixels })
    if (!track.timed) {
      const firstUs = await firstPictureUs(track, await makeDecoder(1))
      if (firstUs !== undefined) track.setOrigin(firstUs)
    }
    return { track, config: undefined, makeDecoder }
  } catch (cause) {
    throw explained(cause, structure)
  }
}

/** When the first picture is shown, for packets that do not say it themselves (AVI with B-frames). */
const firstPictureUs = async (track: SequentialTrack, decoder: PictureDecoder): Promise<number | undefined> => {
  try {
    for await (const packet of track.packets()) {
      const data = await packet.data()
      const pictures = data === undefined ? [] : (await decoder.decode(packet, data, true)).pictures
      packet.release?.()
      const [first] = pictures
      for (const picture of pictures) picture.close()
      if (first !== undefined) return first.ptsUs
    }
    return undefined
  } finally {
    decoder.close()
  }
}

const configuredDecoder = async (
  track: Track & { readonly config: VideoDecoderConfig },
  threads: number,
  maxPixels: number
): Promise<PictureDecoder> => {
  if (!inNode) {
    const { makeWebCodecsDecoder } = await import("../picture/webcodecs-decoder.ts")
    return makeWebCodecsDecoder(track.info, track.config)
  }
  const libav = await loadLibav()
  return makeLibavDecoder(libav, track.info, { kind: "config", config: track.config }, { threads, maxPixels })
}
