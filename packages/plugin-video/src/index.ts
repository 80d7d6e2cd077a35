/** The door of plugin-video: frames of videos with true times, whatever the length. */
export type { ByteSource, ByteSourceOptions, VideoInput } from "./bytes/byte-source.ts"
export type { OpenOptions, OpenVideo } from "./clip/open.ts"
export type { TrackInfo } from "./clip/track.ts"
export { decodeFrames, type DecodeLimits, type DecodeOptions } from "./decode.ts"
export { Decoder, type DecoderShape } from "./decoder.ts"
export {
  type VideoError,
  VideoDamaged,
  VideoOptionError,
  VideoSourceError,
  VideoTooLarge,
  VideoUnsupported
} from "./errors.ts"
export type { Frame, FrameLimits, FramesOptions } from "./sampling/frames.ts"
export { sampleBounds, type Selection } from "./sampling/selection.ts"
