import { assert, describe, it } from "@effect/vitest"
import {
  addStep,
  type Box,
  mapBox,
  mapPoint,
  type Orientation,
  type Reference,
  type Size,
  sizeIn,
  type Step
} from "@sightline/core/plugin"
import * as fc from "fast-check"
import { compose, orientationWith, transformOf } from "../../src/image/orientation.ts"

const orientation = fc.constantFrom<Orientation>(1, 2, 3, 4, 5, 6, 7, 8)
const side = fc.integer({ min: 8, max: 4000 })
const fraction = fc.double({ min: 0, max: 1, noNaN: true })
const boxOf = (least: number) =>
  fc.tuple(fraction, fraction, fraction, fraction).map(([a, b, c, d]): Box => {
    const left = Math.min(a, b) * (1 - least)
    const top = Math.min(c, d) * (1 - least)
    return { left, top, right: Math.max(Math.max(a, b), left + least), bottom: Math.max(Math.max(c, d), top + least) }
  })

/** Turned, mirrored, cropped and scaled, in any order; the first turn makes the orientation a known one. */
const step: fc.Arbitrary<Step> = fc.oneof(
  orientation.map((o): Step => ({ step: "orient", orientation: o })),
  boxOf(0.2).map((box): Step => ({ step: "crop", box })),
  fc.tuple(side, side).map(([width, height]): Step => ({ step: "resize", size: { width, height } }))
)
const history = fc
  .tuple(fc.record({ width: side, height: side }), orientation, fc.array(step, { maxLength: 6 }))
  .map(([original, first, steps]): Reference =>
    [{ step: "orient", orientation: first } as const, ...steps].reduce<Reference>(
      (reference, next) => addStep(reference, next),
      { original, steps: [] }
    )
  )

const apart = (a: Box, b: Box, { height, width }: Size): number =>
  Math.max(
    Math.abs(a.left - b.left) * width,
    Math.abs(a.right - b.right) * width,
    Math.abs(a.top - b.top) * height,
    Math.abs(a.bottom - b.bottom) * height
  )

describe("frames of reference", () => {
  it("boxes and points come back to within a pixel, through any turns, mirrors, crops and sizes", () => {
    fc.assert(
      fc.property(history, boxOf(0), fc.constantFrom("original", "upright", "sent"), (reference, box, frame) => {
        const size = sizeIn(reference, "sent")
        if (size === undefined) throw new Error("the size is known here")
        const back = mapBox(reference, mapBox(reference, box, "sent", frame), frame, "sent")
        assert.isBelow(apart(box, back, size), 1)
        const point = { x: box.left, y: box.bottom }
        const returned = mapPoint(reference, mapPoint(reference, point, "sent", frame), frame, "sent")
        assert.isBelow(Math.abs(point.x - returned.x) * size.width, 1)
        assert.isBelow(Math.abs(point.y - returned.y) * size.height, 1)
      }),
      { numRuns: 2000 }
    )
  })

  it("pixels of a turned picture are those that the turn says, for each orientation", () => {
    fc.assert(
      fc.property(orientation, fc.record({ width: side, height: side }), fraction, fraction, (o, original, u, v) => {
        const [X, Y] = [u, v]
        const reference: Reference = { original, steps: [{ step: "orient", orientation: o }] }
        const { flipsX, flipsY, swaps } = transformOf(o)
        const [sx, sy] = swaps ? [Y, X] : [X, Y]
        const expected = { x: flipsX ? 1 - sx : sx, y: flipsY ? 1 - sy : sy }
        const found = mapPoint(reference, { x: X, y: Y }, "sent", "original")
        assert.closeTo(found.x, expected.x, 1e-12)
        assert.closeTo(found.y, expected.y, 1e-12)
      })
    )
  })
})

describe("orientations", () => {
  it("form a group: turns compose, and each is undone by its inverse", () => {
    fc.assert(
      fc.property(orientation, orientation, (a, b) => {
        assert.strictEqual(compose(a, a === 6 ? 8 : a === 8 ? 6 : a), 1)
        assert.strictEqual(orientationWith(transformOf(a)), a)
        const both: Reference = { steps: [a, b].map((o): Step => ({ step: "orient", orientation: o })) }
        const one: Reference = { steps: [{ step: "orient", orientation: compose(a, b) }] }
        const point = { x: 0.2, y: 0.7 }
        const [p, q] = [both, one].map((reference) => mapPoint(reference, point, "original", "sent"))
        assert.closeTo(p?.x ?? 9, q?.x ?? 8, 1e-12)
        assert.closeTo(p?.y ?? 9, q?.y ?? 8, 1e-12)
      })
    )
  })
})
