/** The door of plugin-video: frames of videos with true times, whatever the length. */
export type { ByteSource, ByteSourceOptions, VideoInput } from "./bytes/byte-source.ts"
export { Clip, type FrameRequest } from "./clip/clip.ts"
export {
  type OpenOptions,
  type OpenTrack,
  openVideo,
  type OpenVideo,
  sampleFrames,
  splitVideo
} from "./decoder/open-video.ts"
export type { TrackInfo } from "./track/track.ts"
export { decodeFrames, type DecodeLimits, type DecodeOptions } from "./decoder/decode-frames.ts"
export { Decoder, type DecoderShape } from "./decoder/decoder.ts"
export {
  type VideoError,
  VideoDamaged,
  VideoInterrupted,
  VideoOptionError,
  VideoSourceError,
  VideoTooLarge,
  VideoUnsupported
} from "./errors.ts"
export { decodeSound, type SoundEnd, type SoundOptions } from "./sound/decode-sound.ts"
export type { Progress } from "./sampling/progress.ts"
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
export type { ChoiceSpec } from "./sampling/choose.ts"
export type { Frame, FrameLimits, FramesOptions } from "./sampling/frame.ts"
export { type FrameTimes, sampleBounds, type Selection } from "./sampling/selection.ts"
export type { PredictWay, VideoOptions } from "./settings.ts"
export type { PartLimits } from "./split/cut-points.ts"
export type { VideoPart } from "./split/split-video.ts"
export type { VideoVerbs } from "./verbs.ts"
export { type ClipOptions, video, type VideoSources } from "./video.ts"
