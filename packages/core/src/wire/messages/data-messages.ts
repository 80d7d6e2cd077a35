// Data: the content of an input, output, region, frame or part. It contains itself.
import { ConceptWire } from "./concept-messages.ts"
import {
  always,
  bool,
  bytes,
  double,
  float,
  int64,
  legacy,
  message,
  repeated,
  string,
  struct,
  uint32
} from "./field.ts"
import { FrameWire, TimeSegmentWire, TrackWire } from "./frame-messages.ts"
import { GeoWire } from "./geo-messages.ts"
import { AudioWire, ImageWire, NdArrayWire, TextWire, VideoWire } from "./media-messages.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"
import { RegionWire } from "./region-messages.ts"
import { HitWire } from "./search-messages.ts"

const embedding = () => ({
  vector: repeated(float(1)),
  num_dimensions: uint32(2)
})
/** Shape: `vector` is `[num_dimensions]`. */
export interface EmbeddingWire extends Infer<typeof embedding> {}
export const EmbeddingWire: Message<EmbeddingWire> = /* @__PURE__ */ defineMessage("Embedding", embedding)

const w3cColor = () => ({
  hex: string(1),
  name: string(2)
})
/** The nearest of the CSS color names. */
export interface W3cColorWire extends Infer<typeof w3cColor> {}
export const W3cColorWire: Message<W3cColorWire> = /* @__PURE__ */ defineMessage("W3C", w3cColor)

const color = () => ({
  raw_hex: string(1),
  w3c: message(2, () => W3cColorWire),
  value: always(float(3), 0)
})
/** A dominant color; `value` is the fraction of the image that it covers. */
export interface ColorWire extends Infer<typeof color> {}
export const ColorWire: Message<ColorWire> = /* @__PURE__ */ defineMessage("Color", color)

const cluster = () => ({
  id: string(1),
  count: uint32(2),
  score: float(3),
  hits: repeated(message(4, () => HitWire)),
  projection: repeated(float(5))
})
/** A group of similar inputs, with the position to draw it at. */
export interface ClusterWire extends Infer<typeof cluster> {}
export const ClusterWire: Message<ClusterWire> = /* @__PURE__ */ defineMessage("Cluster", cluster)

const part = () => ({
  data: message(1, () => DataWire),
  /** Name of the argument. */
  id: string(2)
})
/** One of several named values: an argument or a result of a model's method. */
export interface PartWire extends Infer<typeof part> {}
export const PartWire: Message<PartWire> = /* @__PURE__ */ defineMessage("Part", part)

const legacyConcepts = () => ({
  concepts: repeated(message(0, () => ConceptWire))
})
/** One group of predictions of the first face models. */
export interface LegacyConceptsWire extends Infer<typeof legacyConcepts> {}
const LegacyConceptsWire: Message<LegacyConceptsWire> = /* @__PURE__ */ defineMessage("FaceConcepts", legacyConcepts)

const legacyFace = () => ({
  identity: message(0, () => LegacyConceptsWire),
  age_appearance: message(0, () => LegacyConceptsWire),
  gender_appearance: message(0, () => LegacyConceptsWire),
  multicultural_appearance: message(0, () => LegacyConceptsWire)
})
/** Predictions of the first face models, which the protocol of today does not have. */
export interface LegacyFaceWire extends Infer<typeof legacyFace> {}
const LegacyFaceWire: Message<LegacyFaceWire> = /* @__PURE__ */ defineMessage("Face", legacyFace)

const data = () => ({
  image: message(1, () => ImageWire),
  video: message(2, () => VideoWire),
  concepts: repeated(message(3, () => ConceptWire)),
  metadata: struct(5),
  geo: message(6, () => GeoWire),
  colors: repeated(message(7, () => ColorWire)),
  clusters: repeated(message(8, () => ClusterWire)),
  embeddings: repeated(message(9, () => EmbeddingWire)),
  regions: repeated(message(11, () => RegionWire)),
  frames: repeated(message(12, () => FrameWire)),
  text: message(13, () => TextWire),
  audio: message(14, () => AudioWire),
  tracks: repeated(message(15, () => TrackWire)),
  time_segments: repeated(message(16, () => TimeSegmentWire)),
  hits: repeated(message(17, () => HitWire)),
  heatmaps: repeated(message(18, () => ImageWire)),
  parts: repeated(message(19, () => PartWire)),
  ndarray: message(20, () => NdArrayWire),
  int_value: int64(21),
  float_value: double(22),
  bytes_value: bytes(23),
  bool_value: bool(24),
  string_value: string(25),
  struct_value: struct(26),
  /** Read from recorded responses of the first face models, never written. */
  face: legacy(message(0, () => LegacyFaceWire))
})
/** Media, predictions or annotations. */
export interface DataWire extends Infer<typeof data> {}
export const DataWire: Message<DataWire> = /* @__PURE__ */ defineMessage("Data", data)
