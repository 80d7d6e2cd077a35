import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { Collected } from "../../src/connection/body-buffer.ts"

const copyOf = (body: Uint8Array): ReadonlyArray<number> => [...body]
const pieces = fc.array(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  { maxLength: 6 }
)

describe("a body that is collected", () => {
  it("is its pieces in order, whether its length is told or not", () => {
    fc.assert(
      fc.property(pieces, fc.constantFrom("told", "untold", "too short", "too long"), (all, told) => {
        const whole = Buffer.concat(all)
        const lengths = { told: whole.length, untold: Number.NaN, "too short": 1, "too long": whole.length + 9 }
        const body = new Collected(lengths[told])
        for (const piece of all) body.add(piece)
        assert.strictEqual(body.length, whole.length)
        assert.deepStrictEqual(body.read(copyOf), copyOf(whole))
      })
    )
  })

  it("is not disturbed by others that are on their way at the same time", () => {
    const sizes = [10, 70_000, 1_500_000, 300_000, 2_500_000]
    for (let round = 0; round < 3; round++) {
      const bodies = sizes.map((size) => ({ size, body: new Collected(size % 20 === 0 ? size : Number.NaN), at: 0 }))
      for (let left = true; left;) {
        left = false
        for (const [i, one] of bodies.entries()) {
          const length = Math.min(65_536, one.size - one.at)
          if (length === 0) continue
          one.body.add(Buffer.alloc(length, i + round))
          one.at += length
          left = true
        }
      }
      for (const [i, { body, size }] of bodies.entries())
        assert.isTrue(body.read((read) => read.length === size && read.every((byte) => byte === i + round)))
    }
  })

  it("takes no new memory where that of one before fits", () => {
    const memoryOf = () => {
      const body = new Collected(4)
      for (const piece of ["ab", "cd"]) body.add(Buffer.from(piece))
      return body.read((read) => read.buffer)
    }
    assert.strictEqual(memoryOf(), memoryOf())
  })
})
