import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { float32 } from "../../../src/wire/codec/float32.ts"
import { runs } from "../runs.ts"

describe("a 32-bit float as a decimal number", () => {
  it("has the fewest digits that are the same float", () => {
    assert.strictEqual(float32(Math.fround(0.9989112)), 0.9989112)
    assert.strictEqual(float32(0.1), 0.1)
    assert.strictEqual(float32(1 / 3), 0.33333334)
    assert.strictEqual(float32(123_456_789), 123_456_790)
    assert.strictEqual(float32(3e38), 3e38)
    assert.strictEqual(float32(3.402_823_5e38), 3.402_823_5e38)
    assert.strictEqual(float32(1e-45), 1e-45)
    assert.strictEqual(float32(16_777_216), 16_777_216)
    assert.strictEqual(float32(-0), -0)
    assert.strictEqual(float32(1e39), Number.POSITIVE_INFINITY)
    for (let i = 0; i < 2000; i++) {
      const f = Math.fround(Math.random() * 10 ** (Math.floor(Math.random() * 20) - 10))
      assert.strictEqual(Math.fround(float32(f)), f)
    }
  })
  it("has the digits of the shortest text that gives the same float, whatever its size", () => {
    const floats = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.float({ min: -10, max: 10, noNaN: true }),
      fc.float({ min: Math.fround(0.001), max: 1, noNaN: true }),
      fc.integer({ min: -2_000_000, max: 200_000_000 }).map(Math.fround)
    )
    fc.assert(
      fc.property(floats, (float) => {
        const printed = float32(float)
        assert.strictEqual(printed, shortest(float))
        assert.strictEqual(float32(printed), printed)
      }),
      { numRuns: runs(3000) }
    )
  })
  it.each([
    [Math.fround(-0.1), -0.1],
    [Math.fround(-9.999_999), -9.999_999],
    [Math.fround(9.100_000_4), 9.1],
    [10.000_001, 10.000_001],
    [999_999, 999_999],
    [1_000_000, 1_000_000],
    [16_777_217, 16_777_216],
    [33_554_436, 33_554_436],
    [2 ** -126, 1.175_494_4e-38],
    [2 ** -127, 5.877_472e-39],
    [2 ** -149, 1e-45],
    [-Infinity, -Infinity]
  ])("of %f is %f", (float, expected) => assert.strictEqual(float32(float), expected))
  it("is NaN for NaN", () => assert.isNaN(float32(Number.NaN)))
})

/** The first of 1, 2, 3 … digits that gives the same float. */
const shortest = (float: number): number => {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(float.toPrecision(digits))
    if (Math.fround(short) === float) return short
  }
  return Number(float.toPrecision(9))
}
