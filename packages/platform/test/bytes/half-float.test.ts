import { assert, describe, it } from "@effect/vitest"
import { halfFloat } from "../../src/bytes/half-float.ts"

describe("halfFloat", () => {
  it("reads zeros, numbers, the smallest and the largest", () => {
    const cases: ReadonlyArray<readonly [bits: number, value: number]> = [
      [0x0000, 0],
      [0x8000, -0],
      [0x3c00, 1],
      [0xc000, -2],
      [0x3555, 0.333251953125],
      [0x0001, 2 ** -24],
      [0x03ff, 1023 * 2 ** -24],
      [0x0400, 2 ** -14],
      [0x7bff, 65_504],
      [0xfbff, -65_504]
    ]
    for (const [bits, value] of cases) assert.strictEqual(halfFloat(bits), value, bits.toString(16))
  })

  it("reads what is no finite number", () => {
    assert.strictEqual(halfFloat(0x7c00), Infinity)
    assert.strictEqual(halfFloat(0xfc00), -Infinity)
    assert.isNaN(halfFloat(0x7e00))
    assert.isNaN(halfFloat(0xfc01))
  })
})
