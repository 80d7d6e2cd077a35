// Pictures decoded by libav in this process, off the JavaScript thread.
import type { CodecContext, CodecParameters, Frame, Packet as NativePacket } from "node-av/lib"
import type { AVCodecID } from "node-av/constants"
import { isDisposable } from "../track/disposable-pictures.ts"
import type { Packet, TrackInfo } from "../track/track.ts"
import { VideoTooLarge, VideoUnsupported } from "../errors.ts"
import { describeCode, type Libav } from "../libav.ts"
import { makeLibavRenderer } from "./libav-renderer.ts"
import type { Decoded, Picture, PictureDecoder } from "./picture.ts"

/** What configures the decoder: mediabunny's WebCodecs configuration, or libav's parameters. */
export type LibavSetup =
  | { readonly kind: "config"; readonly config: VideoDecoderConfig }
  | { readonly kind: "parameters"; readonly parameters: CodecParameters }

export interface LibavDecoderOptions {
  readonly threads: number
  readonly maxPixels: number
}

const codecIdOf = (libav: Libav, setup: LibavSetup, codec: string): AVCodecID | undefined => {
  if (setup.kind === "parameters") return setup.parameters.codecId
  const { c } = libav
  const known: Record<string, AVCodecID> = {
    avc: c.AV_CODEC_ID_H264,
    hevc: c.AV_CODEC_ID_HEVC,
    vp8: c.AV_CODEC_ID_VP8,
    vp9: c.AV_CODEC_ID_VP9,
    av1: c.AV_CODEC_ID_AV1,
    prores: c.AV_CODEC_ID_PRORES
  }
  return known[codec]
}

const bytesOf = (source: AllowSharedBufferSource): Buffer =>
  ArrayBuffer.isView(source) ? Buffer.from(source.buffer, source.byteOffset, source.byteLength) : Buffer.from(source)

const openContext = async (
  libav: Libav,
  info: TrackInfo,
  setup: LibavSetup,
  options: LibavDecoderOptions
): Promise<CodecContext> => {
  const { c, lib } = libav
  const id = codecIdOf(libav, setup, info.codec)
  const codec = id === undefined ? null : lib.Codec.findDecoder(id)
  if (codec === null)
    throw new VideoUnsupported({ reason: "codec", detail: `no decoder for ${info.codec}; convert it to H.264 or VP9` })
  const context = new lib.CodecContext()
  context.allocContext3(codec)
  if (setup.kind === "parameters") setup.parameters.toContext(context)
  else {
    context.width = setup.config.codedWidth ?? 0
    context.height = setup.config.codedHeight ?? 0
    if (setup.config.description !== undefined) context.extraData = bytesOf(setup.config.description)
  }
  context.pktTimebase = new lib.Rational(1, 1_000_000)
  context.threadCount = options.threads
  context.setOption("max_pixels", BigInt(options.maxPixels))
  // without it, streams that do not state their reordering may come out of order
  context.setOption("strict", c.FF_COMPLIANCE_STRICT)
  const code = await context.open2(codec)
  if (code >= 0) return context
  context.freeContext()
  throw new VideoUnsupported({
    reason: "codec",
    detail: `the ${info.codec} decoder refused: ${describeCode(libav, code)}`
  })
}

/** A decoder for one track. Cost: memory for a few pictures per thread, freed by `close`. */
export const makeLibavDecoder = async (
  libav: Libav,
  info: TrackInfo,
  setup: LibavSetup,
  options: LibavDecoderOptions
): Promise<PictureDecoder> => {
  const { c, lib } = libav
  const context = await openContext(libav, info, setup, options)
  // newer than the types of WebCodecs: "hlg" and "pq"
  const transfer: string | null | undefined = setup.kind === "config" ? setup.config.colorSpace?.transfer : undefined
  const renderer = makeLibavRenderer(libav, info, transfer === "hlg" || transfer === "pq" ? transfer : undefined)
  const description = setup.kind === "config" ? setup.config.description : undefined
  const disposable = isDisposable(info.codec, description === undefined ? undefined : bytesOf(description))
  const packet = new lib.Packet()
  packet.alloc()
  const free: Array<Frame> = []
  let skipping = false
  let closed = false
  let lent = 0

  const release = () => {
    if (!closed || lent > 0) return
    for (const frame of free) frame.free()
    free.length = 0
    renderer.close()
  }
  const picture = (frame: Frame): Picture => {
    lent++
    const pts = frame.pts === c.AV_NOPTS_VALUE ? frame.bestEffortTimestamp : frame.pts
    const ptsUs = pts === c.AV_NOPTS_VALUE ? Number.NaN : Number(pts)
    return {
      ptsUs,
      render: (how) => renderer.render(frame, how),
      tiny: (width, height) => renderer.tiny(frame, width, height),
      close: () => {
        frame.unref()
        free.push(frame)
        lent--
        release()
      }
    }
  }
  const receive = (pictures: Array<Picture>): string | undefined => {
    for (;;) {
      const frame = free.pop() ?? newFrame()
      const code = context.receiveFrameSync(frame)
      if (code >= 0) {
        if (frame.width * frame.height > options.maxPixels) {
          const found = frame.width * frame.height
          frame.free()
          throw new VideoTooLarge({ limit: "pixels", allowed: options.maxPixels, found })
        }
        pictures.push(picture(frame))
        continue
      }
      free.push(frame)
      return code === c.AVERROR_EAGAIN || code === c.AVERROR_EOF ? undefined : describeCode(libav, code)
    }
  }
  const newFrame = (): Frame => {
    const frame = new lib.Frame()
    frame.alloc()
    return frame
  }
  const send = async (native: NativePacket | null): Promise<Decoded> => {
    const pictures: Array<Picture> = []
    const code = await context.sendPacket(native)
    const sent = code >= 0 || code === c.AVERROR_EOF ? undefined : describeCode(libav, code)
    const received = receive(pictures)
    const problem = sent ?? received
    return problem === undefined ? { pictures } : { pictures, problem }
  }
  const skip = (on: boolean) => {
    if (on === skipping) return
    context.setOption("skip_frame", on ? "noref" : "default")
    skipping = on
  }

  return {
    decode: async (source: Packet, data, wanted) => {
      if (!wanted && disposable(data)) return { pictures: [] }
      skip(!wanted)
      if (source.native !== undefined) return send(source.native as NativePacket) // put there by the libav track
      packet.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
      packet.pts = BigInt(source.ptsUs)
      packet.dts = c.AV_NOPTS_VALUE
      packet.duration = BigInt(source.durationUs)
      packet.isKeyframe = source.key
      const decoded = await send(packet)
      packet.unref()
      return decoded
    },
    flush: async () => {
      const decoded = await send(null)
      context.flushBuffers()
      return decoded
    },
    close: () => {
      if (closed) return
      closed = true
      context.freeContext()
      packet.free()
      release()
    }
  }
}
