// Data: what an input, an output, a region, a frame or a part holds. It contains itself.
import { ConceptWire } from "./concept-messages.ts"
import { AudioWire, ImageWire, NdArrayWire, TextWire, VideoWire } from "./media-messages.ts"
import {
  bool,
  bytes,
  double,
  float,
  floats,
  int,
  type JsonObject,
  legacy,
  long,
  many,
  type Message,
  message,
  of,
  shown,
  struct,
  text
} from "./table.ts"
import { quickData } from "../codec/decoded-form.ts"
import { HitWire } from "./search-messages.ts"
import { FrameWire, RegionWire, TimeSegmentWire, TrackWire } from "./region-messages.ts"

/** A place on earth, in degrees. */
export interface GeoPointWire {
  readonly longitude: number
  readonly latitude: number
}
export const GeoPointWire: Message<GeoPointWire> = /* @__PURE__ */ message("GeoPoint", () => ({
  longitude: shown(float, 0),
  latitude: shown(float, 0)
}))

/** How far from a point a search looks. */
export interface GeoLimitWire {
  /** `withinMiles`, `withinKilometers`, `withinRadians` or `withinDegrees`. */
  readonly type?: string
  readonly value?: number
}
export const GeoLimitWire: Message<GeoLimitWire> = /* @__PURE__ */ message("GeoLimit", () => ({
  type: text,
  value: float
}))

/** A corner of a box on earth. */
export interface GeoBoxedPointWire {
  readonly geo_point?: GeoPointWire
}
export const GeoBoxedPointWire: Message<GeoBoxedPointWire> = /* @__PURE__ */ message("GeoBoxedPoint", () => ({
  geo_point: of(() => GeoPointWire)
}))

/** Where an input was made, or where to search: a point, a point with a limit, or a box of two corners. */
export interface GeoWire {
  readonly geo_point?: GeoPointWire
  readonly geo_limit?: GeoLimitWire
  readonly geo_box?: ReadonlyArray<GeoBoxedPointWire>
}
export const GeoWire: Message<GeoWire> = /* @__PURE__ */ message("Geo", () => ({
  geo_point: of(() => GeoPointWire),
  geo_limit: of(() => GeoLimitWire),
  geo_box: many(() => GeoBoxedPointWire)
}))

/** Shape: `vector` is `[num_dimensions]`. */
export interface EmbeddingWire {
  readonly vector?: ReadonlyArray<number>
  readonly num_dimensions?: number
}
export const EmbeddingWire: Message<EmbeddingWire> = /* @__PURE__ */ message("Embedding", () => ({
  vector: floats,
  num_dimensions: int
}))

/** The nearest of the colours that CSS names. */
export interface W3cColorWire {
  readonly hex?: string
  readonly name?: string
}
export const W3cColorWire: Message<W3cColorWire> = /* @__PURE__ */ message("W3C", () => ({ hex: text, name: text }))

/** A colour of a picture; `value` is the fraction of the picture it covers. */
export interface ColorWire {
  readonly raw_hex?: string
  readonly w3c?: W3cColorWire
  readonly value: number
}
export const ColorWire: Message<ColorWire> = /* @__PURE__ */ message("Color", () => ({
  raw_hex: text,
  w3c: of(() => W3cColorWire),
  value: shown(float, 0)
}))

/** A group of like things, with where to draw it. */
export interface ClusterWire {
  readonly id?: string
  readonly count?: number
  readonly score?: number
  readonly hits?: ReadonlyArray<HitWire>
  readonly projection?: ReadonlyArray<number>
}
export const ClusterWire: Message<ClusterWire> = /* @__PURE__ */ message("Cluster", () => ({
  id: text,
  count: int,
  score: float,
  hits: many(() => HitWire),
  projection: floats
}))

/** One of several things given or answered together; `id` is the name of the argument it is for. */
export interface PartWire {
  readonly id?: string
  readonly data?: DataWire
}
export const PartWire: Message<PartWire> = /* @__PURE__ */ message("Part", () => ({
  id: text,
  data: of(() => DataWire)
}))

/** What the first face models put into `data.face`; gone from the protocol, still recorded. */
export interface LegacyFaceWire {
  readonly identity?: LegacyConceptsWire
  readonly age_appearance?: LegacyConceptsWire
  readonly gender_appearance?: LegacyConceptsWire
  readonly multicultural_appearance?: LegacyConceptsWire
}
/** One group of what the first face models said. */
export interface LegacyConceptsWire {
  readonly concepts?: ReadonlyArray<ConceptWire>
}
const LegacyConceptsWire: Message<LegacyConceptsWire> = /* @__PURE__ */ message("FaceConcepts", () => ({
  concepts: many(() => ConceptWire)
}))
const LegacyFaceWire: Message<LegacyFaceWire> = /* @__PURE__ */ message("Face", () => ({
  identity: of(() => LegacyConceptsWire),
  age_appearance: of(() => LegacyConceptsWire),
  gender_appearance: of(() => LegacyConceptsWire),
  multicultural_appearance: of(() => LegacyConceptsWire)
}))

/** What there is: media going in, everything a model can say coming out, annotations on either. */
export interface DataWire {
  readonly image?: ImageWire
  readonly video?: VideoWire
  readonly audio?: AudioWire
  readonly text?: TextWire
  readonly concepts?: ReadonlyArray<ConceptWire>
  readonly regions?: ReadonlyArray<RegionWire>
  readonly frames?: ReadonlyArray<FrameWire>
  readonly embeddings?: ReadonlyArray<EmbeddingWire>
  readonly colors?: ReadonlyArray<ColorWire>
  readonly clusters?: ReadonlyArray<ClusterWire>
  readonly parts?: ReadonlyArray<PartWire>
  readonly metadata?: JsonObject
  readonly geo?: GeoWire
  readonly tracks?: ReadonlyArray<TrackWire>
  readonly time_segments?: ReadonlyArray<TimeSegmentWire>
  readonly heatmaps?: ReadonlyArray<ImageWire>
  readonly hits?: ReadonlyArray<HitWire>
  readonly ndarray?: NdArrayWire
  readonly int_value?: number
  readonly float_value?: number
  readonly bytes_value?: string
  readonly bool_value?: boolean
  readonly string_value?: string
  readonly struct_value?: JsonObject
  /** Read, never written. */
  readonly face?: LegacyFaceWire
}
export const DataWire: Message<DataWire> = /* @__PURE__ */ message(
  "Data",
  () => ({
    image: of(() => ImageWire),
    video: of(() => VideoWire),
    audio: of(() => AudioWire),
    text: of(() => TextWire),
    concepts: many(() => ConceptWire),
    regions: many(() => RegionWire),
    frames: many(() => FrameWire),
    embeddings: many(() => EmbeddingWire),
    colors: many(() => ColorWire),
    clusters: many(() => ClusterWire),
    parts: many(() => PartWire),
    metadata: struct,
    geo: of(() => GeoWire),
    tracks: many(() => TrackWire),
    time_segments: many(() => TimeSegmentWire),
    heatmaps: many(() => ImageWire),
    hits: many(() => HitWire),
    ndarray: of(() => NdArrayWire),
    int_value: long,
    float_value: double,
    bytes_value: bytes,
    bool_value: bool,
    string_value: text,
    struct_value: struct,
    face: legacy(of(() => LegacyFaceWire))
  }),
  quickData
)
