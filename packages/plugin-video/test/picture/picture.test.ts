// Turning pictures upright.
import { assert, it } from "@effect/vitest"
import * as fc from "fast-check"
import { turn } from "../../src/picture/picture.ts"

it("turning four quarters, or mirroring twice, gives the same picture", () => {
  const turns = fc.constantFrom<90 | 180 | 270>(90, 180, 270)
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      turns,
      fc.boolean(),
      (w, h, by, flip) => {
        const cells = Uint8Array.from({ length: w * h * 3 }, (_, i) => i)
        const across = by % 180 !== 0
        const [w2, h2] = across ? [h, w] : [w, h]
        const turned = turn(cells, w, h, 3, by, flip)
        const unflipped = flip ? turn(turned, w2, h2, 3, 0, true) : turned
        const back = turn(unflipped, w2, h2, 3, by === 90 ? 270 : by === 270 ? 90 : 180, false)
        assert.deepStrictEqual(back, cells)
      }
    )
  )
})
