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
import { boxInPixels, regionIn } from "../src/geometry/frames.ts"
import { type GreyMask, mapMask } from "../src/geometry/mask.ts"
import { composed, inverseOrientation, orientationOfTurn, turnOf } from "../src/orientation.ts"

const orientation = fc.constantFrom<Orientation>(1, 2, 3, 4, 5, 6, 7, 8)
const side = fc.integer({ min: 8, max: 4000 })
const fraction = fc.double({ min: 0, max: 1, noNaN: true })
const boxOf = (least: number) =>
  fc.tuple(fraction, fraction, fraction, fraction).map(([a, b, c, d]): Box => {
    const left = Math.min(a, b) * (1 - least)
    const top = Math.min(c, d) * (1 - least)
    return { left, top, right: Math.max(Math.max(a, b), left + least), bottom: Math.max(Math.max(c, d), top + least) }
  })

/** Turned, mirrored, cropped and scaled, in any order. */
const step: fc.Arbitrary<Step> = fc.oneof(
  orientation.map((o): Step => ({ step: "orient", orientation: o })),
  boxOf(0.2).map((box): Step => ({ step: "crop", box })),
  fc.tuple(side, side).map(([width, height]): Step => ({ step: "resize", size: { width, height } }))
)
const history = fc
  .tuple(fc.record({ width: side, height: side }), fc.array(step, { maxLength: 6 }))
  .map(([original, steps]): Reference =>
    steps.reduce<Reference>((so, next) => addStep(so, next), { original, steps: [] })
  )

const apart = (a: Box, b: Box, size: Size): number => {
  const [p, q] = [boxInPixels(a, size), boxInPixels(b, size)]
  return Math.max(
    Math.abs(p.left - q.left),
    Math.abs(p.right - q.right),
    Math.abs(p.top - q.top),
    Math.abs(p.bottom - q.bottom)
  )
}

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
        const { flipsX, flipsY, swaps } = turnOf(o)
        const [sx, sy] = swaps ? [Y, X] : [X, Y]
        const expected = { x: flipsX ? 1 - sx : sx, y: flipsY ? 1 - sy : sy }
        const found = mapPoint(reference, { x: X, y: Y }, "sent", "original")
        assert.closeTo(found.x, expected.x, 1e-12)
        assert.closeTo(found.y, expected.y, 1e-12)
      })
    )
  })

  it("measures every shape of a region in the frame one asks for", () => {
    const reference: Reference = {
      original: { width: 400, height: 200 },
      steps: [{ step: "orient", orientation: 6 }]
    }
    const region = {
      id: "a",
      score: 0.5,
      box: { top: 0.1, left: 0.2, bottom: 0.3, right: 0.4 },
      polygon: [{ x: 0, y: 0 }],
      point: { x: 1, y: 0 }
    }
    const found = regionIn(region, reference, "original")
    assert.strictEqual(found.frame, "original")
    assert.strictEqual(found.score, 0.5)
    assert.closeTo(found.pixelBox?.left ?? 0, 40, 1e-9)
    assert.closeTo(found.pixelBox?.bottom ?? 0, 160, 1e-9)
    assert.deepStrictEqual(found.polygon, [{ x: 0, y: 1, frame: "original" }])
    assert.deepStrictEqual(found.point, { x: 0, y: 0, frame: "original" })
    assert.strictEqual(regionIn(region, reference, "sent").box.top, 0.1)
  })
})

const maskOf = (width: number, height: number): GreyMask => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height }, (_, i) => ((i * 7) % 5 < 2 ? 255 : 0))
})

describe("masks", () => {
  it("are carried exactly through every turn, there and back", () => {
    fc.assert(
      fc.property(orientation, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), (o, width, height) => {
        const mask = maskOf(width, height)
        const there = mapMask(mask, { steps: [{ step: "orient", orientation: o }] }, "original")
        const back = mapMask(there, { steps: [{ step: "orient", orientation: inverseOrientation(o) }] }, "original")
        assert.deepStrictEqual(back, mask)
      })
    )
  })
  it("put each pixel where the turn says", () => {
    const mask = maskOf(3, 2)
    const { data, height, width } = mapMask(mask, { steps: [{ step: "orient", orientation: 6 }] }, "original")
    assert.deepStrictEqual([width, height], [2, 3])
    // Stored (x, y) is upright (height - 1 - y, x), and the stored picture is 2 × 3, so its height is 3.
    for (let y = 0; y < 3; y++)
      for (let x = 0; x < 2; x++) assert.strictEqual(data[y * 2 + x], mask.data[x * 3 + (2 - y)])
  })
  it("over a crop lie in their place in the whole, with nothing around", () => {
    const reference: Reference = {
      original: { width: 8, height: 8 },
      steps: [{ step: "crop", box: { top: 0.5, left: 0, bottom: 1, right: 0.5 } }]
    }
    const whole = mapMask({ width: 1, height: 1, data: Uint8Array.of(255) }, reference, "original", {
      width: 8,
      height: 8
    })
    whole.data.forEach((value, i) => {
      const inside = i % 8 < 4 && Math.floor(i / 8) >= 4
      assert.strictEqual(value, inside ? 255 : 0)
    })
  })
})

describe("orientations", () => {
  it("form a group: turns compose, and each is undone by its inverse", () => {
    fc.assert(
      fc.property(orientation, orientation, (a, b) => {
        assert.strictEqual(composed(a, inverseOrientation(a)), 1)
        assert.strictEqual(orientationOfTurn(turnOf(a)), a)
        const both: Reference = { steps: [a, b].map((o): Step => ({ step: "orient", orientation: o })) }
        const one: Reference = { steps: [{ step: "orient", orientation: composed(a, b) }] }
        const point = { x: 0.2, y: 0.7 }
        const [p, q] = [both, one].map((reference) => mapPoint(reference, point, "original", "sent"))
        assert.closeTo(p?.x ?? 9, q?.x ?? 8, 1e-12)
        assert.closeTo(p?.y ?? 9, q?.y ?? 8, 1e-12)
      })
    )
  })
})
