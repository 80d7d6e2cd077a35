// From a decoded libav frame to upright, square pixels: scaling and colours by swscale, JPEG by libav's own encoder
// (planes stay YUV from end to end, several times cheaper than a way through RGB).
import type { CodecContext, Frame, SoftwareScaleContext } from "node-av/lib"
import type { AVPixelFormat } from "node-av/constants"
import type { TrackInfo } from "../track/track.ts"
import { VideoUnsupported } from "../errors.ts"
import type { Libav } from "../libav.ts"
import { type Rendered, type RenderOptions, renderSize, turn } from "./picture.ts"
import { type HdrCoding, type HdrTransfer, toneMap } from "./tone-map.ts"

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

/** The brightest light that a picture states, in hundreds of cd/m²; undefined if it states none. */
const statedPeak = ({ c }: Libav, frame: Frame): number | undefined => {
  const content = frame.getSideData(c.AV_FRAME_DATA_CONTENT_LIGHT_LEVEL)
  const brightest = content !== null && content.byteLength >= 4 ? content.readUInt32LE(0) : 0
  if (brightest > 0) return brightest / 100
  const display = frame.getSideData(c.AV_FRAME_DATA_MASTERING_DISPLAY_METADATA)
  if (display === null || display.byteLength < 88 || display.readInt32LE(84) === 0) return undefined
  const [light, over] = [display.readInt32LE(72), display.readInt32LE(76)]
  return light > 0 && over > 0 ? light / over / 100 : undefined
}

/**
 * Renders libav's frames. `transfer` is what the container says of pictures whose bits do not say how brightness is coded.
 */
export const makeLibavRenderer = (libav: Libav, info: TrackInfo, transfer?: HdrTransfer): LibavRenderer => {
  const { c, lib } = libav
  const scalers = new Map<string, SoftwareScaleContext>()
  const packet = new lib.Packet()
  packet.alloc()
  let encoder: Encoder | undefined
  let jpegs = 0n // the encoder wants times that rise

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

  /** How an HDR picture is coded; undefined for all others. */
  const hdrOf = (frame: Frame): HdrCoding | undefined => {
    const coded =
      frame.colorTrc === c.AVCOL_TRC_ARIB_STD_B67
        ? "hlg"
        : frame.colorTrc === c.AVCOL_TRC_SMPTE2084
          ? "pq"
          : frame.colorTrc === c.AVCOL_TRC_UNSPECIFIED
            ? transfer
            : undefined
    if (coded === undefined) return undefined
    const peak = statedPeak(libav, frame)
    const wide = frame.colorPrimaries !== c.AVCOL_PRI_BT709
    return { transfer: coded, wide, ...(peak === undefined ? {} : { peak }) }
  }

  /** Packed 8-bit RGB of an HDR picture. Its colours are hidden from swscale, which would clip what is bright. */
  const mapped = async (frame: Frame, width: number, height: number, coding: HdrCoding): Promise<Uint8Array> => {
    const { colorPrimaries, colorTrc } = frame
    frame.colorTrc = c.AVCOL_TRC_UNSPECIFIED
    frame.colorPrimaries = c.AVCOL_PRI_UNSPECIFIED
    try {
      const deep = await scaled(frame, width, height, c.AV_PIX_FMT_RGB48LE)
      try {
        const bytes = new Uint8Array(deep.toBuffer())
        return toneMap(new Uint16Array(bytes.buffer, 0, bytes.byteLength / 2), coding)
      } finally {
        deep.free()
      }
    } finally {
      frame.colorTrc = colorTrc
      frame.colorPrimaries = colorPrimaries
    }
  }

  /** Packed 8-bit RGB. */
  const toRgb = async (frame: Frame, width: number, height: number): Promise<Uint8Array> => {
    const coding = hdrOf(frame)
    if (coding !== undefined) return mapped(frame, width, height, coding)
    const flat = await scaled(frame, width, height, c.AV_PIX_FMT_RGB24)
    try {
      return new Uint8Array(flat.toBuffer())
    } finally {
      flat.free()
    }
  }

  const frameOf = (bytes: Uint8Array, width: number, height: number, format: AVPixelFormat): Frame =>
    lib.Frame.fromVideoBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
      width,
      height,
      format,
      timeBase: { num: 1, den: 25 }
    })

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
    frame.pts = jpegs++
    const sent = await context.sendFrame(frame)
    const code = sent < 0 ? sent : await context.receivePacket(packet)
    const bytes = packet.data
    if (code < 0 || bytes === null) throw failed("writing a JPEG", code)
    const copy = new Uint8Array(bytes)
    packet.unref()
    return copy
  }

  /** A JPEG of a frame at a size, without a detour through RGB. */
  const encoded = async (frame: Frame, width: number, height: number, quality: number): Promise<Uint8Array> => {
    const flat = await scaled(frame, width, height, c.AV_PIX_FMT_YUV420P)
    try {
      return await toJpeg(flat, quality)
    } finally {
      flat.free()
    }
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
    const size = { width: upWidth, height: upHeight }
    const { form } = options
    if (form === "rgb" || hdrOf(frame) !== undefined) {
      const packed = await toRgb(frame, width, height)
      const bytes = turned ? turn(packed, width, height, 3, info.rotateClockwise, info.flip) : packed
      if (form === "rgb") return { form, ...size, bytes }
      const upright = frameOf(bytes, upWidth, upHeight, c.AV_PIX_FMT_RGB24)
      try {
        return { form, ...size, bytes: await encoded(upright, upWidth, upHeight, options.quality) }
      } finally {
        upright.free()
      }
    }
    if (!turned) return { form, ...size, bytes: await encoded(frame, width, height, options.quality) }
    const flat = await scaled(frame, width, height, c.AV_PIX_FMT_YUV420P)
    try {
      const upright = frameOf(turnPlanes(flat.toBuffer(), width, height), upWidth, upHeight, c.AV_PIX_FMT_YUV420P)
      upright.colorRange = c.AVCOL_RANGE_JPEG
      try {
        return { form, ...size, bytes: await toJpeg(upright, options.quality) }
      } finally {
        upright.free()
      }
    } finally {
      flat.free()
    }
  }

  const tiny = (frame: Frame, width: number, height: number): Promise<Uint8Array> => toRgb(frame, width, height)

  const close = () => {
    encoder?.context.freeContext()
    packet.free()
    for (const scaler of scalers.values()) scaler.freeContext()
    scalers.clear()
  }
  return { render, tiny, close }
}
