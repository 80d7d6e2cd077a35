/**
 * Frames of reference: which pixels a box or a point is measured in, and how to get from one to another.
 *
 * Coordinates are fractions (0..1) of the picture they are measured in, so a resize changes nothing, a crop is an
 * affine map, and a turn permutes the axes. Steps lead from the original's stored pixels to those that were sent.
 */

import { InvalidOption } from "../errors/errors.ts"

/** The pictures one can measure in: the file's stored pixels, the upright picture, or the pixels that were sent. */
export type FrameOfReference = "original" | "upright" | "sent"

declare const measuredIn: unique symbol

/**
 * A box as fractions of the picture: `top` and `bottom` down from its top edge, `left` and `right` from its left.
 *
 * `F`: the picture it is measured in. Boxes of different pictures have different types; a literal fits any.
 */
export interface Box<out F extends FrameOfReference = FrameOfReference> {
  readonly top: number
  readonly left: number
  readonly bottom: number
  readonly right: number
  /** There for types alone. */
  readonly [measuredIn]?: F
}

/** A point as fractions of the picture `F`: `x` from the left edge, `y` from the top. */
export interface Point<out F extends FrameOfReference = FrameOfReference> {
  readonly x: number
  readonly y: number
  /** There for types alone. */
  readonly [measuredIn]?: F
}

/** A width and a height in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** The eight ways EXIF says a stored picture may lie (TIFF 6.0, tag 0x0112); 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/** One step from the original's pixels towards the sent ones. */
export type Step =
  | { readonly step: "orient"; readonly orientation: Orientation }
  | { readonly step: "crop"; readonly box: Box }
  | { readonly step: "resize"; readonly size: Size }

/** How the pixels in hand came from the original's: its size where known, and the steps in order. */
export interface Reference {
  readonly original?: Size
  readonly steps: ReadonlyArray<Step>
}

/** Nothing was done: what was sent is the original. */
export const untouched: Reference = { steps: [] }

/** The same history with one more step. */
export const addStep = (reference: Reference | undefined, step: Step, original?: Size): Reference =>
  ({
    ...((reference?.original ?? original) ? { original: reference?.original ?? original } : {}),
    steps: [...(reference?.steps ?? []), step]
  }) as Reference

const turn: Readonly<Record<Orientation, (p: Point) => Point>> = {
  1: (p) => p,
  2: ({ x, y }) => ({ x: 1 - x, y }),
  3: ({ x, y }) => ({ x: 1 - x, y: 1 - y }),
  4: ({ x, y }) => ({ x, y: 1 - y }),
  5: ({ x, y }) => ({ x: y, y: x }),
  6: ({ x, y }) => ({ x: 1 - y, y: x }),
  7: ({ x, y }) => ({ x: 1 - y, y: 1 - x }),
  8: ({ x, y }) => ({ x: y, y: 1 - x })
}
const opposite: Readonly<Record<Orientation, Orientation>> = { 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6 }

const forth = (step: Step, p: Point): Point => {
  if (step.step === "orient") return turn[step.orientation](p)
  if (step.step === "resize") return p
  const { bottom, left, right, top } = step.box
  return { x: (p.x - left) / (right - left), y: (p.y - top) / (bottom - top) }
}
const back = (step: Step, p: Point): Point => {
  if (step.step === "orient") return turn[opposite[step.orientation]](p)
  if (step.step === "resize") return p
  const { bottom, left, right, top } = step.box
  return { x: left + p.x * (right - left), y: top + p.y * (bottom - top) }
}

/** True where the reference says how the picture lies: one that is upright as stored has a step of orientation 1. */
const knowsOrientation = ({ steps }: Reference): boolean => steps.some(({ step }) => step === "orient")

/** How many of the steps are between the original and that frame: `upright` is after the first `orient` step. */
const depth = (reference: Reference, frame: FrameOfReference): number => {
  if (frame === "original") return 0
  if (frame === "sent") return reference.steps.length
  if (!knowsOrientation(reference))
    throw new InvalidOption({
      option: "upright",
      problem:
        "cannot be measured in: the orientation of the picture is not known; add a plugin that reads it, app.use(exif())"
    })
  return reference.steps.findIndex(({ step }) => step === "orient") + 1
}

/**
 * A point measured in one frame, measured in another. Exact but for floating point.
 *
 * @throws `InvalidOption` for `upright` where the reference has no `orient` step
 */
export const mapPoint = <From extends FrameOfReference, To extends FrameOfReference>(
  reference: Reference,
  point: Point<From>,
  from: NoInfer<From>,
  to: To
): Point<To> => {
  let at = depth(reference, from)
  const end = depth(reference, to)
  let p: Point = { x: point.x, y: point.y }
  while (at > end) {
    const step = reference.steps[--at]
    if (step) p = back(step, p)
  }
  while (at < end) {
    const step = reference.steps[at++]
    if (step) p = forth(step, p)
  }
  return { x: p.x, y: p.y }
}

/**
 * A box measured in one frame, measured in another; turned boxes stay axis-aligned and exact.
 *
 * @throws `InvalidOption` for `upright` where the reference has no `orient` step
 */
export const mapBox = <From extends FrameOfReference, To extends FrameOfReference>(
  reference: Reference,
  box: Box<From>,
  from: NoInfer<From>,
  to: To
): Box<To> => {
  const a = mapPoint<From, To>(reference, { x: box.left, y: box.top }, from, to)
  const b = mapPoint<From, To>(reference, { x: box.right, y: box.bottom }, from, to)
  return {
    top: Math.min(a.y, b.y),
    left: Math.min(a.x, b.x),
    bottom: Math.max(a.y, b.y),
    right: Math.max(a.x, b.x)
  }
}

/** The size in pixels of that frame's picture; undefined where it is not known. */
export const sizeIn = (reference: Reference, frame: FrameOfReference): Size | undefined => {
  if (reference.original === undefined || (frame === "upright" && !knowsOrientation(reference))) return undefined
  let { height, width } = reference.original
  for (const step of reference.steps.slice(0, depth(reference, frame))) {
    if (step.step === "orient" && step.orientation >= 5) [width, height] = [height, width]
    else if (step.step === "crop") {
      width = Math.round(width * (step.box.right - step.box.left))
      height = Math.round(height * (step.box.bottom - step.box.top))
    } else if (step.step === "resize") ({ height, width } = step.size)
  }
  return { width, height }
}

/** Edges in whole pixels; `right` and `bottom` are the first that are not inside. */
export interface PixelBox {
  readonly top: number
  readonly left: number
  readonly bottom: number
  readonly right: number
}

/** A box in pixels of a picture of that size, each edge at the nearest pixel. */
export const pixelsOf = (box: Box, { height, width }: Size): PixelBox => ({
  top: Math.round(box.top * height),
  left: Math.round(box.left * width),
  bottom: Math.round(box.bottom * height),
  right: Math.round(box.right * width)
})
