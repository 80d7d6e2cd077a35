// Where something is: in a picture, a text, or time.
import { DataWire } from "./data-messages.ts"
import { ImageWire } from "./media-messages.ts"
import { float, int, long, many, type Message, message, of, oneOf, shown, text } from "./table.ts"
import { quickRegion, quickFrame } from "../codec/decoded-form.ts"

/** Edges as fractions of the picture that was sent, 0 to 1. */
export interface BoundingBoxWire {
  readonly top_row: number
  readonly left_col: number
  readonly bottom_row: number
  readonly right_col: number
}
export const BoundingBoxWire: Message<BoundingBoxWire> = /* @__PURE__ */ message("BoundingBox", () => ({
  top_row: shown(float, 0),
  left_col: shown(float, 0),
  bottom_row: shown(float, 0),
  right_col: shown(float, 0)
}))

/** A place, as fractions of the picture that was sent. */
export interface PointWire {
  readonly row: number
  readonly col: number
  readonly z?: number
  /** Of a joint: 1 can be seen, 2 cannot, 3 is not in the picture. */
  readonly visibility?: number
}
export const PointWire: Message<PointWire> = /* @__PURE__ */ message("Point", () => ({
  row: shown(float, 0),
  col: shown(float, 0),
  z: float,
  visibility: oneOf({ VISIBLE: 1, NOT_VISIBLE: 2, NOT_PRESENT: 3 })
}))

/** A grey PNG, white inside. */
export interface MaskWire {
  readonly image?: ImageWire
}
export const MaskWire: Message<MaskWire> = /* @__PURE__ */ message("Mask", () => ({ image: of(() => ImageWire) }))

/** A closed line around a region. */
export interface PolygonWire {
  readonly points?: ReadonlyArray<PointWire>
}
export const PolygonWire: Message<PolygonWire> = /* @__PURE__ */ message("Polygon", () => ({
  points: many(() => PointWire)
}))

/** A part of a text, in code points, the end not included. */
export interface SpanWire {
  readonly char_start: number
  readonly char_end: number
  readonly raw_text?: string
}
export const SpanWire: Message<SpanWire> = /* @__PURE__ */ message("Span", () => ({
  char_start: shown(int, 0),
  char_end: shown(int, 0),
  raw_text: text
}))
export const TokenWire: Message<SpanWire> = /* @__PURE__ */ message("Token", () => ({
  char_start: shown(int, 0),
  char_end: shown(int, 0),
  raw_text: text
}))

/** The shape of a region: one of these. */
export interface RegionInfoWire {
  readonly bounding_box?: BoundingBoxWire
  readonly mask?: MaskWire
  readonly polygon?: PolygonWire
  readonly point?: PointWire
  readonly span?: SpanWire
  readonly token?: SpanWire
  readonly keypoint_locations?: ReadonlyArray<PointWire>
}
export const RegionInfoWire: Message<RegionInfoWire> = /* @__PURE__ */ message("RegionInfo", () => ({
  bounding_box: of(() => BoundingBoxWire),
  mask: of(() => MaskWire),
  polygon: of(() => PolygonWire),
  point: of(() => PointWire),
  span: of(() => SpanWire),
  token: of(() => TokenWire),
  keypoint_locations: many(() => PointWire)
}))

/** A part of an input and what is in it. */
export interface RegionWire {
  readonly id?: string
  readonly region_info?: RegionInfoWire
  readonly data?: DataWire
  /** Usually the highest value of its concepts. */
  readonly value?: number
  /** The same thing in other frames has the same one. */
  readonly track_id?: string
}
export const RegionWire: Message<RegionWire> = /* @__PURE__ */ message(
  "Region",
  () => ({
    id: text,
    region_info: of(() => RegionInfoWire),
    data: of(() => DataWire),
    value: float,
    track_id: text
  }),
  quickRegion
)

/** Which frame, and when. */
export interface FrameInfoWire {
  /** Counts sampled frames from 0. */
  readonly index: number
  /** In milliseconds from the start of the clip that was sent; as the service says, never computed. */
  readonly time: number
  /** The number of the frame in the file, from newer services. */
  readonly number?: number
}
export const FrameInfoWire: Message<FrameInfoWire> = /* @__PURE__ */ message("FrameInfo", () => ({
  index: shown(int, 0),
  time: shown(long, 0),
  number: int
}))

/** One sampled frame of a clip. */
export interface FrameWire {
  readonly id?: string
  readonly frame_info?: FrameInfoWire
  readonly data?: DataWire
}
export const FrameWire: Message<FrameWire> = /* @__PURE__ */ message(
  "Frame",
  () => ({
    id: text,
    frame_info: of(() => FrameInfoWire),
    data: of(() => DataWire)
  }),
  quickFrame
)

/** A stretch of time, in seconds. */
export interface TimeInfoWire {
  readonly num_frames?: number
  readonly begin_time?: number
  readonly end_time?: number
}
export const TimeInfoWire: Message<TimeInfoWire> = /* @__PURE__ */ message("TimeInfo", () => ({
  num_frames: int,
  begin_time: float,
  end_time: float
}))

/** One thing followed through a clip. */
export interface TrackWire {
  readonly id?: string
  readonly data?: DataWire
  readonly time_info?: TimeInfoWire
  readonly quality?: number
}
export const TrackWire: Message<TrackWire> = /* @__PURE__ */ message("Track", () => ({
  id: text,
  data: of(() => DataWire),
  time_info: of(() => TimeInfoWire),
  quality: float
}))

/** What is in a stretch of a clip or a recording. */
export interface TimeSegmentWire {
  readonly id?: string
  readonly data?: DataWire
  readonly time_info?: TimeInfoWire
}
export const TimeSegmentWire: Message<TimeSegmentWire> = /* @__PURE__ */ message("TimeSegment", () => ({
  id: text,
  data: of(() => DataWire),
  time_info: of(() => TimeInfoWire)
}))
