// From a decoded libav frame to upright, square pixels: scaling and colours by swscale, JPEG by libav's own encoder
// (planes stay YUV from end to end, several times cheaper than a way through RGB).
import type { CodecContext, Frame, SoftwareScaleContext } from "node-av/lib"
import type { AVPixelFormat } from "node-av/constants"
import type { TrackInfo } from "../track/track.ts"
import { VideoUnsupported } from "../errors.ts"
import type { Libav } from "./libav.ts"
import { type Rendered, type RenderOptions, renderSize, turn } from "./picture.ts"

export interface LibavRenderer {
  readonly render: (frame: Frame, options: RenderOptions) => Promise<Rendered>
  readonly tiny: (frame: Frame, width: number, height: number) => Promise<Uint8Array>
  readonly close: () => void
}

interface Encoder {
  readonly context: CodecContext
  readonly key: string
}

const failed = (what: string, code: number) =>
  new VideoUnsupported({ reason: "codec", detail: `${what} failed with libav error ${code}` })

/** libav's quantiser for a quality of 1..100: 90 is 4, 75 is 8; lower is finer. */
const quantiser = (quality: number): number => Math.min(31, Math.max(2, Math.round(2 + (100 - quality) / 4)))

/** The pixel aspect: the container's word, or the stream's own where the container says nothing. */
const aspectOf = (frame: Frame, info: TrackInfo): number => {
  const { den, num } = frame.sampleAspectRatio
  return info.pixelAspect === 1 && num > 0 && den > 0 ? num / den : info.pixelAspect
}

export const makeLibavRenderer = (libav: Libav, info: TrackInfo): LibavRenderer => {
  const { c, lib } = libav
  const scalers = new Map<string, SoftwareScaleContext>()
  const packet = new lib.Packet()
  packet.alloc()
  let encoder: Encoder | undefined
  let encoded = 0n // the encoder wants times that rise

  const scalerFor = (purpose: string): SoftwareScaleContext => {
    const known = scalers.get(purpose)
    if (known !== undefined) return known
    const scaler = new lib.SoftwareScaleContext()
    scaler.allocContext()
    scalers.set(purpose, scaler)
    return scaler
  }

  const blank = (width: number, height: number, format: AVPixelFormat): Frame => {
    const frame = new lib.Frame()
    frame.alloc()
    frame.width = width
    frame.height = height
    frame.format = format
    frame.colorRange = c.AVCOL_RANGE_JPEG
    // a JPEG file is read as full-range BT.601, whatever the video was
    if (format === c.AV_PIX_FMT_YUV420P) frame.colorSpace = c.AVCOL_SPC_SMPTE170M
    const code = frame.getBuffer(0)
    if (code >= 0) return frame
    frame.free()
    throw failed("allocating a picture", code)
  }

  const scaled = async (frame: Frame, width: number, height: number, format: AVPixelFormat): Promise<Frame> => {
    const out = blank(width, height, format)
    // swscale refuses to scale fields on their own; both together are what a player without a deinterlacer shows
    frame.clearFlags(c.AV_FRAME_FLAG_INTERLACED)
    const code = await scalerFor(`${format}:${width}x${height}`).scaleFrame(out, frame)
    if (code >= 0) return out
    out.free()
    throw failed("converting a picture", code)
  }

  const encoderFor = async (width: number, height: number, quality: number): Promise<CodecContext> => {
    const key = `${width}x${height}@${quality}`
    if (encoder?.key === key) return encoder.context
    encoder?.context.freeContext()
    encoder = undefined
    const codec = lib.Codec.findEncoderByName(c.FF_ENCODER_MJPEG)
    if (codec === null) throw failed("finding a JPEG encoder", 0)
    const context = new lib.CodecContext()
    context.allocContext3(codec)
    context.width = width
    context.height = height
    context.pixelFormat = c.AV_PIX_FMT_YUV420P
    context.colorRange = c.AVCOL_RANGE_JPEG
    context.timeBase = new lib.Rational(1, 25)
    context.threadCount = 1
    context.setFlags(c.AV_CODEC_FLAG_QSCALE)
    context.globalQuality = quantiser(quality) * c.FF_QP2LAMBDA
    const code = await context.open2(codec)
    if (code < 0) {
      context.freeContext()
      throw failed("opening the JPEG encoder", code)
    }
    encoder = { context, key }
    return context
  }

  const toJpeg = async (frame: Frame, quality: number): Promise<Uint8Array> => {
    const context = await encoderFor(frame.width, frame.height, quality)
    frame.quality = quantiser(quality) * c.FF_QP2LAMBDA
    frame.pts = encoded++
    const sent = await context.sendFrame(frame)
    const code = sent < 0 ? sent : await context.receivePacket(packet)
    const bytes = packet.data
    if (code < 0 || bytes === null) throw failed("writing a JPEG", code)
    const copy = new Uint8Array(bytes)
    packet.unref()
    return copy
  }

  /** Planes of YUV 4:2:0 turned one by one. */
  const turnPlanes = (planes: Uint8Array, width: number, height: number): Uint8Array => {
    const [halfWidth, halfHeight] = [(width + 1) >> 1, (height + 1) >> 1]
    const out = new Uint8Array(planes.byteLength)
    const [luma, chroma] = [width * height, halfWidth * halfHeight]
    const one = (at: number, size: number, w: number, h: number) =>
      out.set(turn(planes.subarray(at, at + size), w, h, 1, info.rotateClockwise, info.flip), at)
    one(0, luma, width, height)
    one(luma, chroma, halfWidth, halfHeight)
    one(luma + chroma, chroma, halfWidth, halfHeight)
    return out
  }

  const render = async (frame: Frame, options: RenderOptions): Promise<Rendered> => {
    const [width, height] = renderSize(frame.width, frame.height, aspectOf(frame, info), options.maxSide)
    const across = info.rotateClockwise % 180 !== 0
    const [upWidth, upHeight] = across ? [height, width] : [width, height]
    const turned = info.rotateClockwise !== 0 || info.flip
    const form = options.form
    const flat = await scaled(frame, width, height, form === "rgb" ? c.AV_PIX_FMT_RGB24 : c.AV_PIX_FMT_YUV420P)
    try {
      if (form === "rgb") {
        const packed = flat.toBuffer()
        const bytes = turned ? turn(packed, width, height, 3, info.rotateClockwise, info.flip) : new Uint8Array(packed)
        return { form, width: upWidth, height: upHeight, bytes }
      }
      if (!turned) return { form, width, height, bytes: await toJpeg(flat, options.quality) }
      const upright = lib.Frame.fromVideoBuffer(Buffer.from(turnPlanes(flat.toBuffer(), width, height)), {
        width: upWidth,
        height: upHeight,
        format: c.AV_PIX_FMT_YUV420P,
        timeBase: { num: 1, den: 25 }
      })
      upright.colorRange = c.AVCOL_RANGE_JPEG
      try {
        return { form, width: upWidth, height: upHeight, bytes: await toJpeg(upright, options.quality) }
      } finally {
        upright.free()
      }
    } finally {
      flat.free()
    }
  }

  const tiny = async (frame: Frame, width: number, height: number): Promise<Uint8Array> => {
    const small = await scaled(frame, width, height, c.AV_PIX_FMT_RGB24)
    try {
      return new Uint8Array(small.toBuffer())
    } finally {
      small.free()
    }
  }

  const close = () => {
    encoder?.context.freeContext()
    packet.free()
    for (const scaler of scalers.values()) scaler.freeContext()
    scalers.clear()
  }
  return { render, tiny, close }
}
