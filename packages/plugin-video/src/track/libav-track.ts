// Tracks read by libav, where mediabunny cannot: AVI, GIF, MPEG-4 part 2, edit lists of several edits, files cut short.
// They are read from the start, once.
import type { CodecParameters, FormatContext, Packet as NativePacket, Stream } from "node-av/lib"
import type { ByteSource } from "../bytes/byte-source.ts"
import { VideoUnsupported } from "../errors.ts"
import type { Libav } from "../libav.ts"
import { openFormat } from "./libav-format.ts"
import { keyTest } from "./key-pictures.ts"
import type { Structure } from "../container/structure.ts"
import {
  countable,
  type Packet,
  reorderBound,
  type SequentialTrack,
  type TrackChoice,
  type TrackInfo,
  uprightSize
} from "./track.ts"

/** A track with libav's own parameters, which its decoder wants. */
export interface LibavTrack extends SequentialTrack {
  readonly parameters: CodecParameters
  /** False when packets do not say when they are shown, so that it is known only after decoding. */
  readonly timed: boolean
  readonly setOrigin: (us: number) => void
}

const formats = "avi,gif,mov,mp4,matroska,webm,mpegts,mpeg,asf,flv,ogg,m4v,h264,hevc,ivf"

const codecNames: Record<number, string> = {
  1: "mpeg1",
  2: "mpeg2",
  7: "mjpeg",
  13: "raw",
  27: "avc",
  173: "hevc",
  139: "vp8",
  167: "vp9",
  225: "av1",
  12: "mpeg4",
  97: "gif"
}

const chooseStream = ({ c }: Libav, streams: ReadonlyArray<Stream>, { track }: TrackChoice): Stream => {
  const videos = streams.filter(
    (stream) =>
      stream.codecpar.codecType === c.AVMEDIA_TYPE_VIDEO && !stream.hasDisposition(c.AV_DISPOSITION_ATTACHED_PIC)
  )
  if (track !== undefined) {
    const asked = videos.find((stream) => idOf(stream) === track)
    if (asked !== undefined) return asked
    const ids = videos.map(idOf).join(", ")
    throw new VideoUnsupported({
      reason: "no-such-track",
      detail: `track ${track} is not a video track here; there are ${ids}`
    })
  }
  const chosen = videos.find((stream) => stream.hasDisposition(c.AV_DISPOSITION_DEFAULT)) ?? videos[0]
  if (chosen !== undefined) return chosen
  throw new VideoUnsupported({
    reason: "no-video-track",
    detail: "it contains no pictures; send it as audio, or send another file"
  })
}

const idOf = (stream: Stream): number => (stream.id > 0 ? stream.id : stream.index + 1)

/** The turn a display matrix asks for (16.16 fixed point, row by row, as in the movie header of MP4 files). */
const readMatrix = (
  matrix: Buffer | null
): { readonly rotateClockwise: 0 | 90 | 180 | 270; readonly flip: boolean } => {
  if (matrix === null || matrix.byteLength < 36) return { rotateClockwise: 0, flip: false }
  const [a, b, d, e] = [0, 4, 12, 16].map((at) => matrix.readInt32LE(at) / 65_536)
  if (a === undefined || b === undefined || d === undefined || e === undefined)
    return { rotateClockwise: 0, flip: false }
  const flip = a * e - b * d < 0
  // a mirrored matrix is a turn, then left and right exchanged: undo the exchange to read the turn
  const quarter = Math.round(Math.atan2(b, flip ? -a : a) / (Math.PI / 2))
  const turns = [0, 90, 180, 270] as const
  return { rotateClockwise: turns[((quarter % 4) + 4) % 4] ?? 0, flip }
}

const nameOf = ({ codecpar }: Stream): string => codecNames[codecpar.codecId] ?? `libav:${codecpar.codecId}`

const describe = (libav: Libav, format: FormatContext, stream: Stream): TrackInfo => {
  const { codecpar } = stream
  const declared = stream.sampleAspectRatio.num > 0 ? stream.sampleAspectRatio : codecpar.sampleAspectRatio
  const pixelAspect = declared.num > 0 && declared.den > 0 ? declared.num / declared.den : 1
  const turned = readMatrix(codecpar.getCodedSideData(libav.c.AV_PKT_DATA_DISPLAYMATRIX))
  const [width, height] = uprightSize(codecpar.width, codecpar.height, pixelAspect, turned.rotateClockwise)
  return {
    id: idOf(stream),
    codec: nameOf(stream),
    container: format.iformat?.name ?? "unknown",
    codedWidth: codecpar.width,
    codedHeight: codecpar.height,
    pixelAspect,
    ...turned,
    width,
    height,
    tracks: format.streams
      .filter((one) => one.codecpar.codecType === libav.c.AVMEDIA_TYPE_VIDEO)
      .map((one) => ({
        id: idOf(one),
        codec: nameOf(one),
        isDefault: one.hasDisposition(libav.c.AV_DISPOSITION_DEFAULT)
      }))
  }
}

/** Opens a track with libav. Fails with a typed error when libav makes nothing of the bytes either. */
export const openLibavTrack = async (
  libav: Libav,
  source: ByteSource,
  structure: Structure,
  choice: TrackChoice
): Promise<LibavTrack> => {
  const { c } = libav
  const { close, format } = await openFormat(libav, source, formats)
  try {
    const stream = chooseStream(libav, format.streams, choice)
    for (const other of format.streams) if (other.index !== stream.index) other.discard = c.AVDISCARD_ALL
    const state = { cutShort: structure.family !== "isobmff" && structure.cutShort }
    const packets = readPackets(libav, format, stream, state)
    let used = false // a format is read once; another reading opens it again
    const ahead: Array<Packet> = []
    for (let next = await packets.next(); !next.done; next = await packets.next()) {
      ahead.push(next.value)
      if (ahead.length >= reorderBound) break
    }
    const shown = ahead.filter((packet) => !packet.hidden && Number.isFinite(packet.ptsUs))
    const extraData = stream.codecpar.extradata
    // configuration records begin with a version; anything else is parameter sets between start codes
    const isKeyPicture = keyTest(nameOf(stream), extraData?.[0] === 1 ? extraData : undefined)
    let originUs = shown.reduce((least, { ptsUs }) => Math.min(least, ptsUs), shown[0]?.ptsUs ?? 0)
    return {
      access: "sequential",
      timed: ahead.every((packet) => Number.isFinite(packet.ptsUs)),
      info: describe(libav, format, stream),
      parameters: stream.codecpar,
      get originUs() {
        return originUs
      },
      setOrigin: (us) => {
        originUs = us
      },
      statedEndUs: format.duration > 0n ? Number(format.duration) : undefined,
      get cutShort() {
        return state.cutShort
      },
      // its own word is good enough here: to know better, all of it would have to be read
      endUs: async () => (format.duration > 0n ? Number(format.duration) : 0),
      isKey: async (packet) => {
        const data = packet.key ? await packet.data() : undefined
        return packet.key && (isKeyPicture === undefined || data === undefined || isKeyPicture(data))
      },
      packets: async function* () {
        if (used) {
          const again = await openLibavTrack(libav, source, structure, choice)
          try {
            yield* again.packets()
          } finally {
            state.cutShort ||= again.cutShort
            await again.close()
          }
          return
        }
        used = true
        try {
          while (ahead.length > 0) yield* ahead.splice(0, 1)
          yield* packets
        } finally {
          for (const packet of ahead.splice(0)) packet.release?.()
        }
      },
      close: async () => {
        for (const packet of ahead.splice(0)) packet.release?.()
        await packets.return()
        await close()
      }
    }
  } catch (cause) {
    await close()
    throw cause
  }
}

async function* readPackets(
  libav: Libav,
  format: FormatContext,
  stream: Stream,
  state: { cutShort: boolean }
): AsyncGenerator<Packet, void> {
  const { c, lib } = libav
  const packet = new lib.Packet()
  packet.alloc()
  const timeBase = stream.timeBase
  try {
    for (;;) {
      const code = await format.readFrame(packet)
      if (code < 0) {
        if (code !== c.AVERROR_EOF) state.cutShort = true
        return
      }
      if (packet.streamIndex === stream.index) {
        if (packet.hasFlags(c.AV_PKT_FLAG_CORRUPT)) state.cutShort = true
        const clone = packet.clone()
        if (clone !== null) yield wrapPacket(libav, clone, timeBase)
      }
      packet.unref()
    }
  } finally {
    packet.free()
  }
}

const wrapPacket = ({ c }: Libav, native: NativePacket, timeBase: Stream["timeBase"]): Packet => {
  native.rescaleTs(timeBase, { num: 1, den: 1_000_000 })
  const ptsUs = native.pts === c.AV_NOPTS_VALUE ? Number.NaN : Number(native.pts)
  if (Math.abs(ptsUs) > Number.MAX_SAFE_INTEGER) native.free()
  let freed = false
  return {
    ptsUs: Number.isNaN(ptsUs) ? ptsUs : countable(ptsUs),
    durationUs: Math.max(0, Number(native.duration)),
    key: native.isKeyframe,
    hidden: native.hasFlags(c.AV_PKT_FLAG_DISCARD),
    sizeBytes: native.size,
    data: async () => native.data ?? undefined,
    native,
    release: () => {
      if (!freed) native.free()
      freed = true
    }
  }
}
