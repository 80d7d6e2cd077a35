import { assert, it } from "@effect/vitest"
import * as fc from "fast-check"
import { eraseExcept, mergeRanges } from "../../src/bytes/ranges.ts"

const range = fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 12 })).map(([start, size]) => ({ start, end: start + size }))

it("merged ranges are in order, apart from each other, and hold the same bytes", () => {
  fc.assert(
    fc.property(fc.array(range), (ranges) => {
      const merged = mergeRanges(ranges)
      for (let i = 1; i < merged.length; i++) assert.isBelow(merged[i - 1]?.end ?? 0, merged[i]?.start ?? 0)
      const bytesOf = (all: typeof ranges) =>
        new Set(all.flatMap(({ end, start }) => Array.from({ length: end - start }, (_, i) => start + i)))
      assert.deepStrictEqual(bytesOf([...merged]), bytesOf(ranges))
    })
  )
})

it("erasing leaves kept bytes and those outside, and no others", () => {
  fc.assert(
    fc.property(fc.array(range), range, (ranges, within) => {
      const bytes = new Uint8Array(60).fill(1)
      const kept = mergeRanges(ranges)
      eraseExcept(bytes, within, kept)
      bytes.forEach((value, at) => {
        const isKept = at < within.start || at >= within.end || kept.some(({ end, start }) => at >= start && at < end)
        assert.strictEqual(value, isKept ? 1 : 0)
      })
    })
  )
})
