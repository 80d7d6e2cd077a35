// Regions: parts of an image or a text, with their shape and their own data.
import { DataWire } from "./data-messages.ts"
import { always, enumeration, float, message, repeated, string, uint32 } from "./field.ts"
import { ImageWire } from "./media-messages.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"

/** Whether a key point can be seen. */
export const PointVisibility = { NOT_SET: 0, VISIBLE: 1, NOT_VISIBLE: 2, NOT_PRESENT: 3 } as const

const boundingBox = () => ({
  top_row: always(float(1), 0),
  left_col: always(float(2), 0),
  bottom_row: always(float(3), 0),
  right_col: always(float(4), 0)
})
/** Edges as fractions of the image that was sent, 0 to 1. */
export interface BoundingBoxWire extends Infer<typeof boundingBox> {}
export const BoundingBoxWire: Message<BoundingBoxWire> = /* @__PURE__ */ defineMessage("BoundingBox", boundingBox)

const point = () => ({
  row: always(float(1), 0),
  col: always(float(2), 0),
  z: float(3),
  /** Of a key point, see {@link PointVisibility}. */
  visibility: enumeration(4, PointVisibility)
})
/** Position as fractions of the image that was sent. */
export interface PointWire extends Infer<typeof point> {}
export const PointWire: Message<PointWire> = /* @__PURE__ */ defineMessage("Point", point)

const mask = () => ({
  image: message(2, () => ImageWire)
})
/** Pixels of a region: a gray PNG, white inside. */
export interface MaskWire extends Infer<typeof mask> {}
export const MaskWire: Message<MaskWire> = /* @__PURE__ */ defineMessage("Mask", mask)

const polygon = () => ({
  points: repeated(message(1, () => PointWire))
})
/** Outline of a region. */
export interface PolygonWire extends Infer<typeof polygon> {}
export const PolygonWire: Message<PolygonWire> = /* @__PURE__ */ defineMessage("Polygon", polygon)

const span = () => ({
  char_start: always(uint32(1), 0),
  char_end: always(uint32(2), 0),
  raw_text: string(3)
})
/** Range of a text in code points; `char_end` is exclusive. */
export interface SpanWire extends Infer<typeof span> {}
export const SpanWire: Message<SpanWire> = /* @__PURE__ */ defineMessage("Span", span)

const token = () => ({
  char_start: always(uint32(1), 0),
  char_end: always(uint32(2), 0),
  raw_text: string(3)
})
/** Range of a text in code points; `char_end` is exclusive. */
export interface TokenWire extends Infer<typeof token> {}
export const TokenWire: Message<TokenWire> = /* @__PURE__ */ defineMessage("Token", token)

const regionInfo = () => ({
  bounding_box: message(1, () => BoundingBoxWire),
  mask: message(4, () => MaskWire),
  polygon: message(5, () => PolygonWire),
  point: message(6, () => PointWire),
  span: message(7, () => SpanWire),
  token: message(8, () => TokenWire),
  keypoint_locations: repeated(message(9, () => PointWire))
})
/** Shape of a region: one of the fields. */
export interface RegionInfoWire extends Infer<typeof regionInfo> {}
export const RegionInfoWire: Message<RegionInfoWire> = /* @__PURE__ */ defineMessage("RegionInfo", regionInfo)

const region = () => ({
  id: string(1),
  region_info: message(2, () => RegionInfoWire),
  data: message(3, () => DataWire),
  /** Usually the highest value of its concepts. */
  value: float(4),
  /** Regions of several frames with the same id show the same object. */
  track_id: string(5)
})
/** Part of an input, with its own data. */
export interface RegionWire extends Infer<typeof region> {}
export const RegionWire: Message<RegionWire> = /* @__PURE__ */ defineMessage("Region", region)
