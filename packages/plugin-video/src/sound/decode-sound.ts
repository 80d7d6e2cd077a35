// Folder `sound`: the sound of recordings and videos, for models that hear.
import type { CodecContext, Frame, Stream } from "node-av/lib"
import { fromBytes } from "../bytes/byte-source.ts"
import { damagedAtStart, VideoTooLarge, VideoUnsupported } from "../errors.ts"
import { describeCode, type Libav, loadLibav } from "../libav.ts"
import { openFormat } from "../track/libav-format.ts"

/** Options of decoding a sound. */
export interface SoundOptions {
  /** Samples a second of the result. @default 16,000 */
  readonly sampleRate?: number
  /** A longer sound is refused, in milliseconds. @default an hour */
  readonly maxMs?: number
}

/** How a sound ended. */
export interface SoundEnd {
  /** True if the file breaks off, or a part of it could not be decoded: the samples are what was readable. */
  readonly cutShort: boolean
}

const formats =
  "wav,w64,aiff,flac,mp3,aac,ogg,mov,mp4,m4a,matroska,webm,mpegts,mpeg,avi,asf,flv,amr,amrnb,amrwb,caf,au,ac3,eac3"

/** Plain samples do not say which loudspeakers they are for: the first ones, as in WAV without a mask. */
const nameChannels = (libav: Libav, frame: Frame): void => {
  const { nbChannels, order } = frame.channelLayout
  if (order !== libav.c.AV_CHANNEL_ORDER_UNSPEC) return
  frame.channelLayout =
    nbChannels === 1
      ? oneChannel(libav)
      : { nbChannels, order: libav.c.AV_CHANNEL_ORDER_NATIVE, mask: (1n << BigInt(nbChannels)) - 1n }
}

/** One loudspeaker in front. */
const oneChannel = ({ c }: Libav) => ({ nbChannels: 1, order: c.AV_CHANNEL_ORDER_NATIVE, mask: 4n })

const chooseSound = ({ c }: Libav, streams: ReadonlyArray<Stream>): Stream => {
  const sounds = streams.filter((stream) => stream.codecpar.codecType === c.AVMEDIA_TYPE_AUDIO)
  const chosen = sounds.find((stream) => stream.hasDisposition(c.AV_DISPOSITION_DEFAULT)) ?? sounds[0]
  if (chosen !== undefined) return chosen
  throw new VideoUnsupported({ reason: "no-sound", detail: "it contains no sound; send another file" })
}

const openDecoder = async (libav: Libav, stream: Stream): Promise<CodecContext> => {
  const { lib } = libav
  const codec = lib.Codec.findDecoder(stream.codecpar.codecId)
  if (codec === null)
    throw new VideoUnsupported({ reason: "codec", detail: `no decoder for the codec ${stream.codecpar.codecId}` })
  const context = new lib.CodecContext()
  context.allocContext3(codec)
  context.parametersToContext(stream.codecpar)
  context.pktTimebase = stream.timeBase
  const code = await context.open2(codec)
  if (code >= 0) return context
  context.freeContext()
  throw new VideoUnsupported({ reason: "codec", detail: `the decoder refused: ${describeCode(libav, code)}` })
}

/** Turns decoded frames into mono samples of one rate. */
const makeMixer = (libav: Libav, sampleRate: number) => {
  const { c, lib } = libav
  const mixer = new lib.SoftwareResampleContext()
  mixer.alloc()
  mixer.setOption("rematrix_maxval", 1) // the mean of the channels, never louder than one of them
  return {
    /** The samples of a frame; without one, those that were held back. Undefined if the frame cannot be used. */
    mix: (frame: Frame | null): Float32Array | undefined => {
      const out = new lib.Frame()
      out.alloc()
      try {
        out.format = c.AV_SAMPLE_FMT_FLT
        out.channelLayout = oneChannel(libav)
        out.sampleRate = sampleRate
        if (frame !== null) nameChannels(libav, frame)
        if (mixer.convertFrame(out, frame) < 0) return undefined
        const [bytes] = out.data ?? []
        if (bytes === undefined || out.nbSamples === 0) return new Float32Array(0)
        const copy = new Uint8Array(out.nbSamples * 4)
        copy.set(bytes.subarray(0, copy.length))
        return new Float32Array(copy.buffer)
      } finally {
        out.free()
      }
    },
    close: () => mixer.free()
  }
}

/**
 * Decodes the sound of a recording or a video in any container that FFmpeg reads, as mono samples from -1 to 1. It runs in
 * this process, and needs the package node-av: give files of unknown origin to a process with few permissions.
 *
 * Fails with `VideoUnsupported`, `VideoDamaged` or `VideoTooLarge`.
 */
export async function* decodeSound(
  bytes: Uint8Array,
  { maxMs = 3_600_000, sampleRate = 16_000 }: SoundOptions = {}
): AsyncGenerator<Float32Array, SoundEnd> {
  if (bytes.length === 0) throw new VideoUnsupported({ reason: "empty", detail: "it has no bytes" })
  const libav = await loadLibav()
  const { c, lib } = libav
  const { close, format } = await openFormat(libav, fromBytes(bytes), formats)
  let decoder: CodecContext | undefined
  const mixer = makeMixer(libav, sampleRate)
  const packet = new lib.Packet()
  packet.alloc()
  const frame = new lib.Frame()
  frame.alloc()
  const most = (maxMs / 1000) * sampleRate
  let [count, cutShort] = [0, false]
  const checked = (samples: Float32Array): Float32Array => {
    count += samples.length
    if (count <= most) return samples
    throw new VideoTooLarge({ limit: "ms", allowed: maxMs, found: Math.round((count / sampleRate) * 1000) })
  }
  try {
    const stream = chooseSound(libav, format.streams)
    for (const other of format.streams) if (other.index !== stream.index) other.discard = c.AVDISCARD_ALL
    decoder = await openDecoder(libav, stream)
    for (let ended = false; !ended;) {
      const code = await format.readFrame(packet)
      ended = code < 0
      if (ended && code !== c.AVERROR_EOF) cutShort = true
      if (!ended && packet.streamIndex !== stream.index) {
        packet.unref()
        continue
      }
      const sent = decoder.sendPacketSync(ended ? null : packet)
      if (sent < 0 && sent !== c.AVERROR_EOF) cutShort = true
      packet.unref()
      while (decoder.receiveFrameSync(frame) >= 0) {
        const samples = mixer.mix(frame)
        frame.unref()
        if (samples === undefined) cutShort = true
        else if (samples.length > 0) yield checked(samples)
      }
    }
    const rest = count === 0 ? undefined : mixer.mix(null)
    if (rest !== undefined && rest.length > 0) yield checked(rest)
    if (count === 0) throw damagedAtStart("corrupt", "no part of the sound can be decoded")
    return { cutShort }
  } finally {
    packet.free()
    frame.free()
    mixer.close()
    decoder?.freeContext()
    await close()
  }
}
