/** Measures an answer in another picture: the stored one, the upright one, or the one that was sent. */
import {
  type Box,
  type FrameOfReference,
  mapBox,
  mapPoint,
  type Point,
  type Reference,
  type Size,
  sizeIn,
  untouched
} from "../media/frame-of-reference.ts"
import { InvalidOption } from "../errors/errors.ts"
import { referenceOf } from "./answer-medium.ts"
import type { Mask } from "./mask.ts"
import type { GreyPixels } from "./decode-png.ts"
import type { Frame, MaskedRegion, Region } from "./region.ts"

/** What {@link inFrame} takes: an answer with regions, or with frames that have regions. */
export interface Located {
  readonly reference?: Reference
  /** The picture that its regions are measured in; the one that was sent where it says none. */
  readonly frameOfReference?: FrameOfReference
  readonly regions?: ReadonlyArray<Region<string, FrameOfReference>>
  readonly frames?: ReadonlyArray<Frame<string, FrameOfReference>>
}

/** Regions measured in `F`. */
export type RegionsIn<R, F extends FrameOfReference> =
  R extends ReadonlyArray<MaskedRegion<infer N, FrameOfReference>>
    ? ReadonlyArray<MaskedRegion<N, F>>
    : R extends ReadonlyArray<Region<infer N, FrameOfReference>>
      ? ReadonlyArray<Region<N, F>>
      : R

/** The answer `A` with its regions measured in `F`; their boxes and points have other types. */
export type InFrame<A, F extends FrameOfReference> = {
  readonly [K in keyof A as K extends "frameOfReference" ? never : K]: K extends "regions"
    ? RegionsIn<A[K], F>
    : K extends "frames"
      ? A[K] extends ReadonlyArray<Frame<infer N, FrameOfReference>>
        ? ReadonlyArray<Frame<N, F>>
        : A[K]
      : A[K]
} & { readonly frameOfReference: F }

/** From one picture to another, for the shapes of one answer. */
interface Way<F extends FrameOfReference> {
  readonly reference: Reference
  readonly from: FrameOfReference
  readonly to: F
}

/** Most pixels that a mask over another picture may have; one of a larger picture is smaller, and of its shape. */
const mostMaskPixels = 2 ** 26

const bounded = ({ height, width }: Size): Size => {
  const scale = Math.min(1, Math.sqrt(mostMaskPixels / (width * height)))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** How much of the picture's width or height lies between two corners. */
const length = (a: Point | undefined, b: Point | undefined) =>
  Math.max(Math.abs((a?.x ?? 0) - (b?.x ?? 0)), Math.abs((a?.y ?? 0) - (b?.y ?? 0))) || 1

/** The size at which a mask keeps its resolution over the other picture, of which it may cover a part. */
const naturalSize = (mask: GreyPixels, { from, reference, to }: Way<FrameOfReference>): Size => {
  const [origin, right, down] = [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 0, y: 1 }
  ].map((corner) => mapPoint(reference, corner, from, to))
  const swapped = Math.abs((right?.x ?? 0) - (origin?.x ?? 0)) < Math.abs((right?.y ?? 0) - (origin?.y ?? 0))
  const width = mask.width / length(origin, right)
  const height = mask.height / length(origin, down)
  return swapped ? { width: height, height: width } : { width, height }
}

/** Each pixel takes the value under its centre, so a turn is exact; what lies outside of what was sent is 0. */
const turnMask = (mask: GreyPixels, way: Way<FrameOfReference>, known: Size | undefined): GreyPixels => {
  const { height, width } = bounded(known ?? naturalSize(mask, way))
  const data = new Uint8Array(width * height)
  const back = (x: number, y: number) => mapPoint(way.reference, { x, y }, way.to, way.from)
  // all steps are affine: three points determine the map of all others
  const origin = back(0, 0)
  const right = back(1, 0)
  const down = back(0, 1)
  for (let row = 0; row < height; row++) {
    const v = (row + 0.5) / height
    for (let column = 0; column < width; column++) {
      const u = (column + 0.5) / width
      const x = Math.floor((origin.x + u * (right.x - origin.x) + v * (down.x - origin.x)) * mask.width)
      const y = Math.floor((origin.y + u * (right.y - origin.y) + v * (down.y - origin.y)) * mask.height)
      if (x >= 0 && y >= 0 && x < mask.width && y < mask.height)
        data[row * width + column] = mask.data[y * mask.width + x] ?? 0
    }
  }
  return { width, height, data }
}

const maskIn = (mask: Mask, way: Way<FrameOfReference>): Mask => {
  const size = sizeIn(way.reference, way.to)
  return mask.over(size === undefined ? undefined : bounded(size), (pixels) => turnMask(pixels, way, size))
}

const regionIn = <F extends FrameOfReference>(
  { box, keypoints, mask, point, polygon, ...rest }: Region<string, FrameOfReference>,
  way: Way<F>
): Region<string, F> => {
  const { from, reference, to } = way
  const points = (all: ReadonlyArray<Point>) => all.map((each) => mapPoint(reference, each, from, to))
  return {
    ...rest,
    box: mapBox(reference, box, from, to),
    ...(point === undefined ? {} : { point: mapPoint(reference, point, from, to) }),
    ...(polygon === undefined ? {} : { polygon: points(polygon) }),
    ...(keypoints === undefined ? {} : { keypoints: points(keypoints) }),
    ...(mask === undefined ? {} : { mask: maskIn(mask, way) })
  }
}

/** True for an answer as a prediction returned it, or a copy: without a reference, its picture was sent unchanged. */
const isWhole = (answer: object): boolean => "inputId" in answer

/** How the picture of the answer was changed before it was sent. */
const knownReference = (answer: object, from: FrameOfReference, to: FrameOfReference): Reference => {
  const reference = referenceOf(answer)
  if (reference !== undefined) return reference
  if (isWhole(answer) || from === to) return untouched
  throw new InvalidOption({
    option: "inFrame",
    problem:
      "needs an answer as its prediction returned it, or a copy with its `reference`: this one does not say how its picture was changed before it was sent"
  })
}

/**
 * The answer with every box, point, polygon and mask measured in another picture: `original` as the file stores it,
 * `upright`, or `sent`. For regions in a crop these are the pictures that the crop was cut from.
 *
 * Exact but for floating point; masks are sampled at the pixels of that picture. All other fields stay as they are.
 *
 * @throws `InvalidOption` for `upright` where the orientation of the picture is not known, as it is with `exif()`; and
 * for an object that is no longer an answer, such as `{ regions }` made in a `map`
 * @example inFrame(await app.input(url).predict(models.faces).run(), "original").regions[0]?.box
 */
export const inFrame = <A extends Located, F extends FrameOfReference>(answer: A, frame: F): InFrame<A, F> => {
  const from = answer.frameOfReference ?? "sent"
  if (from === frame) return { ...answer, frameOfReference: frame } as unknown as InFrame<A, F> // measured in it already
  const way = { reference: knownReference(answer, from, frame), from, to: frame }
  const moved = {
    ...answer,
    ...(answer.regions === undefined ? {} : { regions: answer.regions.map((region) => regionIn(region, way)) }),
    ...(answer.frames === undefined
      ? {}
      : {
          frames: answer.frames.map((each) => ({
            ...each,
            regions: each.regions.map((region) => regionIn(region, way))
          }))
        }),
    frameOfReference: frame
  }
  return moved as unknown as InFrame<A, F> // the members of `A`, with regions and frames as the type says
}

/**
 * The part of that picture which an answer is about: all of it, or where its crop was cut.
 *
 * @throws `InvalidOption` where {@link inFrame} does
 */
export const areaOf = <F extends FrameOfReference>(answer: Located, frame: F): Box<F> =>
  mapBox(knownReference(answer, "sent", frame), { top: 0, left: 0, bottom: 1, right: 1 }, "sent", frame)

/** The size of that picture in pixels; undefined where it is not known. */
export const sizeOf = (answer: Located, frame: FrameOfReference): Size | undefined =>
  sizeIn(referenceOf(answer) ?? untouched, frame)
