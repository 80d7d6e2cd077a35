// Frames, tracks and time segments: parts of a video or a recording.
import { DataWire } from "./data-messages.ts"
import { always, explicit, float, message, string, uint32, uint64 } from "./field.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"

const frameInfo = () => ({
  /** Number of the sampled frame, from 0. */
  index: always(uint32(1), 0),
  /** Milliseconds from the start of the clip that was sent, as the service reports it. */
  time: always(uint64(2), 0),
  /** Number of the frame in the file, from newer services. */
  number: explicit(uint32(3))
})
/** Position of a frame in the video. */
export interface FrameInfoWire extends Infer<typeof frameInfo> {}
export const FrameInfoWire: Message<FrameInfoWire> = /* @__PURE__ */ defineMessage("FrameInfo", frameInfo)

const frame = () => ({
  frame_info: message(1, () => FrameInfoWire),
  data: message(2, () => DataWire),
  id: string(3)
})
/** One sampled frame of a video. */
export interface FrameWire extends Infer<typeof frame> {}
export const FrameWire: Message<FrameWire> = /* @__PURE__ */ defineMessage("Frame", frame)

const timeInfo = () => ({
  num_frames: uint32(1),
  begin_time: float(4),
  end_time: float(5)
})
/** Time range of a track or a segment, in seconds. */
export interface TimeInfoWire extends Infer<typeof timeInfo> {}
export const TimeInfoWire: Message<TimeInfoWire> = /* @__PURE__ */ defineMessage("TimeInfo", timeInfo)

const track = () => ({
  id: string(1),
  data: message(2, () => DataWire),
  time_info: message(4, () => TimeInfoWire),
  quality: float(5)
})
/** One object followed through a video. */
export interface TrackWire extends Infer<typeof track> {}
export const TrackWire: Message<TrackWire> = /* @__PURE__ */ defineMessage("Track", track)

const timeSegment = () => ({
  id: string(1),
  data: message(2, () => DataWire),
  time_info: message(3, () => TimeInfoWire)
})
/** Data of one time range of a video or a recording. */
export interface TimeSegmentWire extends Infer<typeof timeSegment> {}
export const TimeSegmentWire: Message<TimeSegmentWire> = /* @__PURE__ */ defineMessage("TimeSegment", timeSegment)
