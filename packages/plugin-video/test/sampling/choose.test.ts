// Which decoded pictures are kept.
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { dropSimilar, greatestDifference, sceneStarts } from "../../src/sampling/choose.ts"

describe("choosing pictures", () => {
  const picture = fc.uint8Array({ minLength: 48, maxLength: 48 })
  it("leaves out only pictures within the stated bound of the one kept last", () => {
    fc.assert(
      fc.property(fc.array(picture, { maxLength: 20 }), fc.integer({ min: 0, max: 255 }), (pictures, bound) => {
        const { keep } = dropSimilar(bound)
        let kept: Uint8Array | undefined
        for (const tiny of pictures) {
          const near = kept !== undefined && greatestDifference(kept, tiny) <= bound
          assert.strictEqual(keep(tiny), !near)
          if (!near) kept = tiny
        }
      })
    )
  })
  it("sees a cut, and no cut in steady motion", () => {
    const flat = (level: number) => new Uint8Array(48).fill(level)
    const starts = (levels: ReadonlyArray<number>) => {
      const { keep } = sceneStarts(0.3)
      return levels.map((level) => keep(flat(level)))
    }
    assert.deepStrictEqual(starts([10, 10, 200, 200, 10]), [true, false, true, false, true])
    assert.deepStrictEqual(starts([0, 20, 40, 60, 80, 100]), [true, false, false, false, false, false])
  })
  it("refuses bounds that make no sense", () => {
    assert.throws(() => dropSimilar(-1))
    assert.throws(() => sceneStarts(0))
  })
})
