import { assert, describe, it } from "@effect/vitest"
import { seeded } from "@sightline/fixtures/drawing"
import { forwardDct, inverseDct } from "../../src/jpeg/dct.ts"

describe("the cosine transform", () => {
  const random = seeded(5)
  const samples = Float64Array.from({ length: 64 }, () => random() * 255 - 128)

  it("is what its definition says", () => {
    const block = samples.slice()
    forwardDct(block)
    const scale = (u: number) => (u === 0 ? Math.SQRT1_2 : 1) / 2
    for (let v = 0; v < 8; v++) {
      for (let u = 0; u < 8; u++) {
        let sum = 0
        for (let i = 0; i < 64; i++) {
          const [x, y] = [i & 7, i >> 3]
          sum +=
            (samples[i] ?? 0) * Math.cos(((2 * x + 1) * u * Math.PI) / 16) * Math.cos(((2 * y + 1) * v * Math.PI) / 16)
        }
        assert.closeTo(block[v * 8 + u] ?? Number.NaN, sum * scale(u) * scale(v), 1e-9)
      }
    }
  })
  it("is undone by its inverse", () => {
    const block = samples.slice()
    forwardDct(block)
    inverseDct(block)
    block.forEach((value, i) => assert.closeTo(value, samples[i] ?? 0, 1e-9))
  })
})
