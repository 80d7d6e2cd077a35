import { assert, describe, it } from "@effect/vitest"
import { drawing } from "@sightline/fixtures/drawing"
import sharp from "sharp"
import { writePng } from "../../src/png/png-writer.ts"

describe("a PNG written without compression", () => {
  it("is read by other decoders, with its profile", async () => {
    const [width, height] = [301, 97]
    const rgb = drawing(width, height, 3)
    const rgba = Uint8Array.from({ length: width * height * 4 }, (_, i) =>
      i % 4 === 3 ? 255 : (rgb[Math.floor(i / 4) * 3 + (i % 4)] ?? 0)
    )
    const { icc } = await sharp(
      await sharp(rgb, { raw: { width, height, channels: 3 } })
        .withIccProfile("p3")
        .png()
        .toBuffer()
    ).metadata()
    const png = writePng(rgba, width, height, icc)
    assert.deepStrictEqual((await sharp(png).metadata()).icc, icc)
    assert.isTrue((await sharp(png, { ignoreIcc: true }).raw().toBuffer()).equals(rgba))
  })
})
