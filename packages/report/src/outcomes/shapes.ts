/** Regions as they are drawn: measured in the upright picture that the report shows, and in the stored pixels. */
import { mapBox, mapPoint, type Orientation, type Reference } from "@sightline/core"
import type { Edges, ShapeData, Spot } from "../document/report-data.ts"
import { maskRuns } from "../pictures/mask-runs.ts"
import type { BoxLike, MaskLike, RegionLike, ScoredConcept } from "./answer-parts.ts"
import type { PrivateText } from "./private-text.ts"

/** From the pixels that were sent to the stored ones, and from those to the upright picture. */
export interface Frames {
  readonly sent: Reference
  readonly orientation: Orientation
}

const untouched: Reference = { steps: [] }

/** The frames of an answer. Without a reference what was sent are the stored pixels. */
export const framesOf = (reference: Reference | undefined, orientation: Orientation): Frames => ({
  sent: reference ?? untouched,
  orientation
})

const turnOf = (orientation: Orientation): Reference => ({ steps: [{ step: "orient", orientation }] })

/** Five decimals: a hundredth of a pixel of a thousand. */
const rounded = (fraction: number): number => Math.round(fraction * 1e5) / 1e5

const edges = ({ bottom, left, right, top }: BoxLike): Edges => [top, left, bottom, right]

/** A box of what was sent, in the stored pixels and in the upright picture. */
export const bothBoxes = (
  box: BoxLike,
  { orientation, sent }: Frames
): { readonly stored: Edges; readonly upright: Edges } => {
  const stored = mapBox(sent, box, "sent", "original")
  return { stored: edges(stored), upright: edges(mapBox(turnOf(orientation), stored, "original", "upright")) }
}

const uprightSpot = (point: { readonly x: number; readonly y: number }, { orientation, sent }: Frames): Spot => {
  const stored = mapPoint(sent, point, "sent", "original")
  const { x, y } = mapPoint(turnOf(orientation), stored, "original", "upright")
  return [rounded(x), rounded(y)]
}

/** Names and scores, cleaned. */
export const scoresOf = (
  concepts: ReadonlyArray<ScoredConcept>,
  text: PrivateText
): ReadonlyArray<readonly [string, number]> => concepts.map(({ name, score }) => [text.said(name, "concept"), score])

const maskOf = async (mask: MaskLike, frames: Frames): Promise<ShapeData["mask"]> => {
  try {
    // masks of what was sent whole; those of a crop would need its place, which the box gives
    if (frames.sent.steps.some((step) => step.step === "crop")) return undefined
    const sentTurn = frames.sent.steps.find((step) => step.step === "orient")
    return maskRuns(await mask.pixels(), sentTurn === undefined ? frames.orientation : 1)
  } catch {
    return undefined // an unreadable mask leaves the region's box
  }
}

/** One region as it is drawn. */
export const shapeOf = async (region: RegionLike, frames: Frames, text: PrivateText): Promise<ShapeData> => {
  const { box, concepts, keypoints, mask, point, polygon, score, span } = region
  const points = [...(point === undefined ? [] : [point]), ...(keypoints ?? [])]
  const drawnMask = mask === undefined ? undefined : await maskOf(mask, frames)
  const written = region.text ?? span?.text
  return {
    ...(span === undefined ? bothBoxes(box, frames) : { span: [span.start, span.end] }),
    concepts: scoresOf(concepts, text),
    score,
    ...(polygon === undefined ? {} : { polygon: polygon.map((one) => uprightSpot(one, frames)) }),
    ...(points.length === 0 ? {} : { points: points.map((one) => uprightSpot(one, frames)) }),
    ...(drawnMask === undefined ? {} : { mask: drawnMask }),
    ...(written === undefined ? {} : { text: text.said(written, "text") })
  }
}
