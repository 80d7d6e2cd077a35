/** The door of plugin-video: frames of videos with true times, whatever the length. */
export type { ByteSource, ByteSourceOptions, VideoInput } from "./bytes/byte-source.ts"
export { Clip, type Wish } from "./clip-media.ts"
export { type OpenOptions, openVideo, type OpenVideo } from "./clip/open.ts"
export type { TrackInfo } from "./clip/track.ts"
export { decodeFrames, type DecodeLimits, type DecodeOptions } from "./decode.ts"
export { Decoder, type DecoderShape } from "./decoder.ts"
export {
  type VideoError,
  VideoDamaged,
  VideoInterrupted,
  VideoOptionError,
  VideoSourceError,
  VideoTooLarge,
  VideoUnsupported
} from "./errors.ts"
export type { Progress } from "./progress.ts"
export {
  bestFrames,
  type ConceptFrame,
  type ConceptTimeline,
  type ScoredConcept,
  type Segment,
  timeline,
  type TimelineOptions
} from "./results/timeline.ts"
export {
  overlapOf,
  type RegionFrame,
  type Track,
  trackBoxes,
  type TrackBox,
  type TrackOptions,
  type TrackRegion
} from "./results/tracks.ts"
export type { MakeChoice } from "./sampling/choose.ts"
export { type Frame, type FrameLimits, type FramesOptions, sampleFrames } from "./sampling/frames.ts"
export { type FrameTimes, sampleBounds, type Selection } from "./sampling/selection.ts"
export type { PredictWay, VideoOptions } from "./settings.ts"
export type { PartLimits } from "./split/cut.ts"
export { splitVideo, type VideoPart } from "./split/parts.ts"
export type { VideoVerbs } from "./verbs.ts"
export { type ClipOptions, video, type VideoSources } from "./video.ts"
