import { assert, describe, it } from "@effect/vitest"
import { estimateJpegSettings } from "../../src/jpeg/jpeg-quality.ts"
import { jpegOf } from "../support.ts"

describe("the quality that a JPEG was encoded with", () => {
  it.each([10, 35, 50, 75, 83, 90, 97, 100])("is estimated from its tables: %d", async (quality) => {
    const chromaSubsampling = quality % 2 === 0 ? "4:4:4" : "4:2:0"
    const found = estimateJpegSettings(await jpegOf(40, 40, 3, { quality, chromaSubsampling }))
    assert.closeTo(found.quality, quality, 1)
    assert.strictEqual(found.chroma, chromaSubsampling)
  })
  it("is 90 when its headers cannot be read", () => {
    assert.deepStrictEqual(estimateJpegSettings(new Uint8Array(20)), { quality: 90, chroma: "4:2:0" })
  })
})
