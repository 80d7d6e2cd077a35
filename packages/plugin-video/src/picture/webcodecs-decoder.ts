// Pictures decoded by the browser (WebCodecs), drawn upright on a canvas.
import { isDisposable } from "../track/disposable-pictures.ts"
import type { TrackInfo } from "../track/track.ts"
import { VideoUnsupported } from "../errors.ts"
import type { Decoded, Picture, PictureDecoder, Rendered, RenderOptions } from "./picture.ts"
import { renderSize } from "./picture.ts"

const queueBound = 8

const contextOf = (width: number, height: number) => {
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext("2d", { willReadFrequently: true })
  if (context === null) throw new VideoUnsupported({ reason: "no-decoder", detail: "this browser gives no 2D canvas" })
  return { canvas, context }
}

const packed = (rgba: Uint8ClampedArray): Uint8Array => {
  const rgb = new Uint8Array((rgba.length / 4) * 3)
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from] ?? 0
    rgb[to + 1] = rgba[from + 1] ?? 0
    rgb[to + 2] = rgba[from + 2] ?? 0
  }
  return rgb
}

const render = async (frame: VideoFrame, info: TrackInfo, options: RenderOptions): Promise<Rendered> => {
  // the coded size may have a rim that pads it to whole blocks
  const visible = frame.visibleRect ?? { width: info.codedWidth, height: info.codedHeight }
  const [width, height] = renderSize(visible.width, visible.height, info.pixelAspect, options.maxSide)
  const across = info.rotateClockwise % 180 !== 0
  const [upWidth, upHeight] = across ? [height, width] : [width, height]
  const { canvas, context } = contextOf(upWidth, upHeight)
  context.translate(upWidth / 2, upHeight / 2)
  if (info.flip) context.scale(-1, 1)
  context.rotate((info.rotateClockwise * Math.PI) / 180)
  context.drawImage(frame, -width / 2, -height / 2, width, height)
  const size = { width: upWidth, height: upHeight }
  if (options.form === "rgb")
    return { form: "rgb", ...size, bytes: packed(context.getImageData(0, 0, upWidth, upHeight).data) }
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: options.quality / 100 })
  return { form: "jpeg", ...size, bytes: new Uint8Array(await blob.arrayBuffer()) }
}

const tiny = (frame: VideoFrame, width: number, height: number): Uint8Array => {
  const { context } = contextOf(width, height)
  context.imageSmoothingQuality = "high"
  context.drawImage(frame, 0, 0, width, height)
  return packed(context.getImageData(0, 0, width, height).data)
}

/** A decoder for one track. Fails with a typed error if the browser does not support the codec. */
export const makeWebCodecsDecoder = async (info: TrackInfo, config: VideoDecoderConfig): Promise<PictureDecoder> => {
  const known = "VideoDecoder" in globalThis && (await VideoDecoder.isConfigSupported(config)).supported === true
  if (!known)
    throw new VideoUnsupported({
      reason: "codec",
      detail: `this browser does not decode ${info.codec}; convert it to H.264 or VP9`
    })
  const description = config.description
  const bytes =
    description === undefined
      ? undefined
      : ArrayBuffer.isView(description)
        ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength)
        : new Uint8Array(description)
  const disposable = isDisposable(info.codec, bytes)
  let out: Array<VideoFrame> = []
  let problem: string | undefined
  const open = (): VideoDecoder => {
    const decoder = new VideoDecoder({
      output: (frame) => out.push(frame),
      error: (error) => {
        problem = error.message
      }
    })
    decoder.configure({ ...config, optimizeForLatency: false })
    return decoder
  }
  let decoder = open()
  const take = (): Decoded => {
    const pictures = out.map(pictureOf)
    out = []
    const decoded = problem === undefined ? { pictures } : { pictures, problem }
    problem = undefined
    return decoded
  }
  const pictureOf = (frame: VideoFrame): Picture => ({
    ptsUs: frame.timestamp,
    render: (options) => render(frame, info, options),
    tiny: async (width, height) => tiny(frame, width, height),
    close: () => frame.close()
  })
  let needsKey = true
  return {
    decode: async (packet, data, wanted) => {
      if (!wanted && disposable(data)) return { pictures: [] }
      if (decoder.state === "closed") {
        decoder = open()
        needsKey = true
      }
      if (needsKey && !packet.key) return take()
      needsKey = false
      const { durationUs: duration, key, ptsUs: timestamp } = packet
      decoder.decode(new EncodedVideoChunk({ type: key ? "key" : "delta", timestamp, duration, data }))
      while (decoder.decodeQueueSize > queueBound && decoder.state === "configured")
        await new Promise((resolve) => decoder.addEventListener("dequeue", resolve, { once: true }))
      return take()
    },
    flush: async () => {
      needsKey = true
      if (decoder.state === "configured")
        await decoder.flush().catch((cause: unknown) => {
          problem ??= cause instanceof Error ? cause.message : "the decoder stopped"
        })
      return take()
    },
    close: () => {
      for (const frame of out) frame.close()
      out = []
      if (decoder.state !== "closed") decoder.close()
    }
  }
}
