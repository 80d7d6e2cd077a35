// Opens a video: bytes, then the outermost structure, then the reader that fits, then its decoder.
import { type ByteSource, type ByteSourceOptions, openBytes, type VideoInput } from "../bytes/byte-source.ts"
import { isVideoError, VideoDamaged, VideoTooLarge, VideoUnsupported } from "../errors.ts"
import { makeLibavDecoder } from "../picture/libav-decoder.ts"
import { loadLibav } from "../picture/libav.ts"
import type { PictureDecoder } from "../picture/picture.ts"
import { openLibavTrack } from "../track/libav-track.ts"
import { openMediabunnyTrack } from "../track/mediabunny-track.ts"
import { forgetMovie } from "../container/movie-header.ts"
import { readStructure, type Structure } from "../container/structure.ts"
import type { SequentialTrack, Track, TrackChoice } from "../track/track.ts"

/** A video that can be read. `close` frees the file, the reader and what was spooled. */
export interface OpenVideo {
  readonly bytes: ByteSource
  readonly track: Track
  readonly cores: number
  /** How the track is coded, in the words of WebCodecs; undefined for tracks that libav reads. */
  readonly config: VideoDecoderConfig | undefined
  readonly makeDecoder: (threads: number) => Promise<PictureDecoder>
  readonly close: () => Promise<void>
}

export interface OpenOptions extends ByteSourceOptions, TrackChoice {
  /** The largest picture that is decoded, in pixels. */
  readonly maxPixels?: number
}

const inNode = typeof process !== "undefined" && process.versions?.node !== undefined
const defaultMaxPixels = 16_384 * 8_192

/** The machine's cores, as far as it says; Node and browsers both have it. */
const coreCount = (): number => Math.max(1, globalThis.navigator?.hardwareConcurrency ?? 1)

/** Opens a video. Fails with a typed error; nothing stays open then. */
export const openVideo = async (input: VideoInput, options: OpenOptions = {}): Promise<OpenVideo> => {
  const bytes = await openBytes(input, options)
  try {
    if (bytes.sizeBytes === 0) throw new VideoUnsupported({ reason: "empty", detail: "it has no bytes" })
    const { config, makeDecoder, track } = await openTrack(bytes, options).finally(() => forgetMovie(bytes))
    const found = track.info.codedWidth * track.info.codedHeight
    const allowed = options.maxPixels ?? defaultMaxPixels
    const close = async () => {
      await track.close()
      await bytes.close()
    }
    if (found > allowed) {
      await track.close()
      throw new VideoTooLarge({ limit: "pixels", allowed, found })
    }
    return { bytes, track, config, cores: coreCount(), makeDecoder, close }
  } catch (cause) {
    await bytes.close()
    throw cause
  }
}

type Opened = Pick<OpenVideo, "track" | "config" | "makeDecoder">

const openTrack = async (bytes: ByteSource, options: OpenOptions): Promise<Opened> => {
  const structure = await readStructure(bytes)
  const maxPixels = options.maxPixels ?? defaultMaxPixels
  // mediabunny leaves out what a cut has made incomplete, and follows one edit only: libav does better on those
  const first = !inNode || (structure.plainEdits && !(structure.family === "matroska" && structure.cutShort))
  let refusal: unknown
  if (first) {
    try {
      const track = await openMediabunnyTrack(bytes, structure, options)
      if (track !== undefined)
        return { track, config: track.config, makeDecoder: (threads) => configuredDecoder(track, threads, maxPixels) }
    } catch (cause) {
      // what it says about tracks is true; anything else it throws means that it cannot read these bytes
      if (isVideoError(cause)) throw explained(cause, structure)
      refusal = cause
    }
  }
  if (!inNode) {
    const detail = refusal instanceof Error ? refusal.message : "not a container or codec that is read here"
    throw new VideoUnsupported({ reason: "not-a-video", detail })
  }
  return openWithLibav(bytes, structure, options, maxPixels)
}

/** A file without its index shows nothing because it was cut, not because there was nothing. */
const explained = (cause: unknown, { cutShort, hasIndex }: Structure): unknown => {
  if (!(cause instanceof VideoUnsupported) || !cutShort || hasIndex) return cause
  const detail = "the part that says where its pictures are is missing; it comes last in this file"
  return new VideoDamaged({ reason: "truncated", endedAtMs: 0, frames: 0, detail })
}

const openWithLibav = async (
  bytes: ByteSource,
  structure: Structure,
  options: OpenOptions,
  maxPixels: number
): Promise<Opened> => {
  const libav = await loadLibav()
  try {
    const track = await openLibavTrack(libav, bytes, structure, options)
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
