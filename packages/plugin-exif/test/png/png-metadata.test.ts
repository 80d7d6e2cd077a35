import { assert, describe, it } from "@effect/vitest"
import { drawing } from "@sightline/fixtures/drawing"
import { concatBytes } from "@sightline/platform/bytes/view"
import sharp from "sharp"
import { strip } from "../../src/file/strip-metadata.ts"
import { crc32 } from "../../src/png/png-writer.ts"
import { ascii, includesText } from "../support.ts"

const rgb = drawing(24, 16, 3)
const secret = ascii("secret")

const chunk = (name: string, body: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(12 + body.length)
  const view = new DataView(whole.buffer)
  view.setUint32(0, body.length)
  whole.set(ascii(name), 4)
  whole.set(body, 8)
  view.setUint32(8 + body.length, crc32(whole.subarray(4, 8 + body.length)))
  return whole
}

const cut = (bytes: Uint8Array): Uint8Array => {
  const result = strip(bytes)
  if (!result.ok) throw result.error
  return result.value
}

describe("stripping a PNG", () => {
  it("leaves nothing behind the fields of chunks that stay, and the pixels alone", async () => {
    const png = await sharp(rgb, { raw: { width: 24, height: 16, channels: 3 } })
      .png()
      .toBuffer()
    // Sizes as the PNG specification (third edition) states them.
    const sizes = { gAMA: 4, cHRM: 32, sRGB: 1, pHYs: 9, sBIT: 3, bKGD: 6, cICP: 4, mDCV: 24, cLLI: 8, tRNS: 256 }
    for (const [name, size] of Object.entries(sizes)) {
      const long = chunk(name, concatBytes([new Uint8Array(size).fill(1), secret]))
      const out = cut(concatBytes([png.subarray(0, 33), long, png.subarray(33)]))
      assert.isFalse(includesText(out, "secret"), name)
      assert.isTrue((await sharp(out).raw().toBuffer()).equals(rgb), name)
    }
    const usual = chunk("pHYs", Uint8Array.of(0, 0, 11, 19, 0, 0, 11, 19, 1))
    const out = cut(concatBytes([png.subarray(0, 33), usual, png.subarray(33)]))
    assert.isTrue(includesText(out, "pHYs"))
  })

  it("leaves nothing in the chunk that ends it", async () => {
    const png = await sharp(rgb, { raw: { width: 24, height: 16, channels: 3 } })
      .png()
      .toBuffer()
    const out = cut(concatBytes([png.subarray(0, -12), chunk("IEND", secret)]))
    assert.isTrue(Buffer.from(out.subarray(-12)).equals(png.subarray(-12)))
    assert.isFalse(includesText(out, "secret"))
    assert.isTrue((await sharp(out).raw().toBuffer()).equals(rgb))
  })
})
