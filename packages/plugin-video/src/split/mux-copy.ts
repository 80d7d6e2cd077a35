// Muxes packets into a small file without changing them.
import {
  BufferTarget,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat
} from "mediabunny"
import type { VideoCodec } from "mediabunny"
import type { LocalVideo } from "../decoder/local-video.ts"
import type { Packet } from "../track/track.ts"
import type { Cut } from "./cut-points.ts"

const codecs: Readonly<Record<string, VideoCodec>> = { avc: "avc", hevc: "hevc", vp8: "vp8", vp9: "vp9", av1: "av1" }

/** Whether pictures of a codec can be muxed. */
export const canMux = (codec: string): boolean => Object.hasOwn(codecs, codec)

/** A muxed file. */
export interface Copied {
  readonly contentType: "video/mp4" | "video/webm"
  readonly bytes: Uint8Array
}

/** Muxes the pictures of a cut. Undefined if the source ends before all of them could be read. */
export const muxCopy = async (video: LocalVideo, { fromUs, items }: Cut<Packet>): Promise<Copied | undefined> => {
  const { info } = video.track
  const codec = codecs[info.codec]
  if (codec === undefined || video.config === undefined) return undefined
  const webm = codec === "vp8"
  const target = new BufferTarget()
  const format = webm ? new WebMOutputFormat() : new Mp4OutputFormat({ fastStart: "in-memory" })
  const output = new Output({ format, target })
  const source = new EncodedVideoPacketSource(codec)
  output.addVideoTrack(source, { rotation: info.rotateClockwise })
  await output.start()
  for (const packet of items) {
    const data = await packet.data()
    if (data === undefined) {
      await output.cancel()
      return undefined
    }
    const [seconds, duration] = [(packet.ptsUs - fromUs) / 1e6, packet.durationUs / 1e6]
    const copied = new EncodedPacket(data, packet.key ? "key" : "delta", seconds, duration)
    await source.add(copied, { decoderConfig: video.config })
  }
  await output.finalize()
  const buffer = target.buffer
  return buffer === null ? undefined : { contentType: webm ? "video/webm" : "video/mp4", bytes: new Uint8Array(buffer) }
}
