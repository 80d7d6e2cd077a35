// Regions and frames: where and when something is.
import type { Box, FrameOfReference, Point } from "../media/frame-of-reference.ts"
import type { FrameWire } from "../wire/messages/frame-messages.ts"
import type { PointWire, RegionInfoWire, RegionWire, SpanWire } from "../wire/messages/region-messages.ts"
import { type Concept, toConcepts } from "./concept.ts"
import { type Embedding, toEmbedding } from "./embedding.ts"
import { Mask } from "./mask.ts"

/** A part of a text, in code points; `end` is not included. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * A part of a picture or a text, and what is in it.
 *
 * `F`: the picture that its shapes are measured in: what was sent, unless `inFrame` was asked for another.
 */
export interface Region<out N extends string = string, out F extends FrameOfReference = "sent"> {
  readonly id: string
  /** Bounds of the shape that the model gave; of a shape without bounds (a mask, a span), the whole picture. */
  readonly box: Box<F>
  /** Best first. */
  readonly concepts: ReadonlyArray<Concept<N>>
  /** How sure the model is that something is here, 0 to 1. */
  readonly score: number
  readonly mask?: Mask
  readonly polygon?: ReadonlyArray<Point<F>>
  readonly point?: Point<F>
  readonly keypoints?: ReadonlyArray<Point<F>>
  readonly span?: Span
  /** What is written there. */
  readonly text?: string
  readonly embedding?: Embedding
  /** The same object in other frames has the same id. */
  readonly trackId?: string
}

/** A region of a segmenter: its mask is always there. */
export interface MaskedRegion<out N extends string = string, out F extends FrameOfReference = "sent"> extends Region<
  N,
  F
> {
  readonly mask: Mask
}

/** What is in one sampled frame of a clip. */
export interface Frame<out N extends string = string, out F extends FrameOfReference = "sent"> {
  /** Counts sampled frames from 0. */
  readonly index: number
  /** Milliseconds from the start of the clip that was sent. */
  readonly timeMs: number
  readonly concepts: ReadonlyArray<Concept<N>>
  readonly regions: ReadonlyArray<Region<N, F>>
  readonly embedding?: Embedding
  readonly text?: string
}

const everywhere: Box<"sent"> = Object.freeze({ top: 0, left: 0, bottom: 1, right: 1 })

/** A decoded region. */
export const toRegion = ({ id = "", region_info: shape, data, value, track_id }: RegionWire): Region => {
  const concepts = toConcepts(data)
  const region: { -readonly [K in keyof Region]: Region[K] } = {
    id,
    box: shape ? boxOf(shape) : everywhere,
    concepts,
    score: value ?? concepts[0]?.score ?? 0
  }
  if (shape) addShape(region, shape)
  const embedding = data?.embeddings?.[0]
  if (embedding) region.embedding = toEmbedding(embedding)
  const written = data?.text?.raw
  if (written !== undefined) region.text = written
  if (track_id) region.trackId = track_id
  return region
}

const addShape = (region: { -readonly [K in keyof Region]: Region[K] }, shape: RegionInfoWire): void => {
  if (shape.mask?.image) region.mask = new Mask(shape.mask.image)
  if (shape.polygon?.points) region.polygon = shape.polygon.points.map(toPoint)
  if (shape.point) region.point = toPoint(shape.point)
  if (shape.keypoint_locations) region.keypoints = shape.keypoint_locations.map(toPoint)
  const span = shape.span ?? shape.token
  if (span) region.span = toSpan(span)
}

const toPoint = ({ col, row }: PointWire): Point<"sent"> => ({ x: col, y: row })

const toSpan = ({ char_end: end, char_start: start, raw_text: text = "" }: SpanWire): Span => ({ start, end, text })

const boxOf = (shape: RegionInfoWire): Box<"sent"> => {
  const box = shape.bounding_box
  if (box) return { top: box.top_row, left: box.left_col, bottom: box.bottom_row, right: box.right_col }
  const points = shape.polygon?.points ?? shape.keypoint_locations ?? (shape.point ? [shape.point] : [])
  if (points.length === 0) return everywhere
  // Not `Math.min(...)`: a contour may have more points than a call has room for arguments.
  return points.reduce<Box<"sent">>(
    (bounds, { col, row }) => ({
      top: Math.min(bounds.top, row),
      left: Math.min(bounds.left, col),
      bottom: Math.max(bounds.bottom, row),
      right: Math.max(bounds.right, col)
    }),
    { top: Infinity, left: Infinity, bottom: -Infinity, right: -Infinity }
  )
}

/** A decoded frame; `position` replaces a missing index. */
export const toFrame = ({ frame_info: info, data }: FrameWire, position: number): Frame => {
  const frame: { -readonly [K in keyof Frame]: Frame[K] } = {
    index: info?.index ?? position,
    timeMs: info?.time ?? 0,
    concepts: toConcepts(data),
    regions: data?.regions?.map(toRegion) ?? []
  }
  const embedding = data?.embeddings?.[0]
  if (embedding) frame.embedding = toEmbedding(embedding)
  if (data?.text?.raw !== undefined) frame.text = data.text.raw
  return frame
}
