/** What an answer found, measured in whichever pixels one asks for. */
import {
  type Box,
  type FrameOfReference,
  mapBox,
  mapPoint,
  type Point,
  type Reference,
  referenceOf,
  type Size,
  sizeIn
} from "@sightline/core/plugin"
import { type GreyMask, mapMask } from "./mask.ts"

/** A box as fractions of one frame of reference; boxes of different frames have different types. */
export interface BoxIn<out F extends FrameOfReference> extends Box {
  readonly frame: F
}

/** A point as fractions of one frame of reference. */
export interface PointIn<out F extends FrameOfReference> extends Point {
  readonly frame: F
}

/** Edges in pixels of a frame, not rounded: `right` and `bottom` are the first not inside. */
export interface PixelBox {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** A mask as an answer carries it: pixels that are decoded when asked for. */
export interface MaskSource {
  readonly pixels: () => Promise<GreyMask>
}

/** The shapes a region may have, in fractions of the picture that was sent. */
export interface Shapes {
  readonly box: Box
  readonly point?: Point
  readonly polygon?: ReadonlyArray<Point>
  readonly keypoints?: ReadonlyArray<Point>
  readonly mask?: MaskSource
}

/** A region with all its shapes measured in frame `F`; its other fields are those of the region. */
export type RegionIn<R extends Shapes, F extends FrameOfReference> = Omit<R, keyof Shapes> & {
  readonly frame: F
  readonly box: BoxIn<F>
  /** The box in pixels of the frame, where its size is known. */
  readonly pixelBox?: PixelBox
  readonly point?: PointIn<F>
  readonly polygon?: ReadonlyArray<PointIn<F>>
  readonly keypoints?: ReadonlyArray<PointIn<F>>
  /** The mask over the whole frame: in its pixels where its size is known, else at the mask's own resolution. */
  readonly mask?: MaskSource
}

/** A box in pixels of a picture of that size. */
export const boxInPixels = (box: Box, { height, width }: Size): PixelBox => ({
  left: box.left * width,
  top: box.top * height,
  right: box.right * width,
  bottom: box.bottom * height
})

const pointIn = <F extends FrameOfReference>(reference: Reference, point: Point, frame: F): PointIn<F> => ({
  ...mapPoint(reference, point, "sent", frame),
  frame
})

/** One region of what was sent, measured in `frame`. Exact but for floating point; masks are sampled, not blended. */
export const regionIn = <R extends Shapes, F extends FrameOfReference>(
  region: R,
  reference: Reference,
  frame: F
): RegionIn<R, F> => {
  const { box: sentBox, keypoints, mask, point, polygon, ...rest } = region
  const size = sizeIn(reference, frame)
  const box: BoxIn<F> = { ...mapBox(reference, sentBox, "sent", frame), frame }
  const points = (from: ReadonlyArray<Point>) => from.map((each) => pointIn(reference, each, frame))
  return {
    ...rest,
    frame,
    box,
    ...(size === undefined ? {} : { pixelBox: boxInPixels(box, size) }),
    ...(point === undefined ? {} : { point: pointIn(reference, point, frame) }),
    ...(polygon === undefined ? {} : { polygon: points(polygon) }),
    ...(keypoints === undefined ? {} : { keypoints: points(keypoints) }),
    ...(mask === undefined
      ? {}
      : { mask: { pixels: async () => mapMask(await mask.pixels(), reference, frame, size) } })
  }
}

/**
 * The regions of an answer in the pixels one asks for: `original` as stored in the file, `upright`, or `sent`.
 *
 * Fails: `TypeError` for a value that no prediction gave (a copy of an answer, say), since how its picture was turned is
 * not known.
 *
 * @example regionsIn(await app.input("photo.jpg").predict(models.faces).run(), "original")
 */
export const regionsIn = <R extends Shapes, F extends FrameOfReference>(
  answer: { readonly regions: ReadonlyArray<R> },
  frame: F
): ReadonlyArray<RegionIn<R, F>> => {
  const reference = referenceOf(answer)
  if (reference === undefined) {
    throw new TypeError("regionsIn needs an answer as a prediction gave it; copies do not know their picture's turn")
  }
  return answer.regions.map((region) => regionIn(region, reference, frame))
}
