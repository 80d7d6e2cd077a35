import { assert, describe, it } from "@effect/vitest"
import sharp from "sharp"
import { estimateJpegSettings } from "../../src/jpeg/jpeg-quality.ts"
import { estimateWebpSettings } from "../../src/webp/webp-metadata.ts"
import { jpegOf } from "../support.ts"

describe("the quality a picture was encoded with", () => {
  it.each([10, 35, 50, 75, 83, 90, 97, 100])("is told from a JPEG's tables: %d", async (quality) => {
    const chromaSubsampling = quality % 2 === 0 ? "4:4:4" : "4:2:0"
    const found = estimateJpegSettings(await jpegOf(40, 40, 3, { quality, chromaSubsampling }))
    assert.closeTo(found.quality, quality, 1)
    assert.strictEqual(found.chroma, chromaSubsampling)
  })
  it.each([20, 50, 75, 90])("is told from a WebP's first frame: %d", async (quality) => {
    const found = estimateWebpSettings(
      await sharp(await jpegOf(96, 96, 3))
        .webp({ quality })
        .toBuffer()
    )
    assert.isFalse(found.lossless)
    assert.closeTo(found.quality, quality, 12)
  })
  it("is none for a WebP without loss", async () => {
    assert.isTrue(
      estimateWebpSettings(
        await sharp(await jpegOf(20, 20, 3))
          .webp({ lossless: true })
          .toBuffer()
      ).lossless
    )
  })
  it("falls back on a good one where headers do not tell", () => {
    assert.deepStrictEqual(estimateJpegSettings(new Uint8Array(20)), { quality: 90, chroma: "4:2:0" })
  })
})
