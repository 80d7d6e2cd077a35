import { assert, describe, it } from "@effect/vitest"
import { concatBytes } from "@sightline/platform/bytes/view"
import sharp from "sharp"
import { readMetadata } from "../../src/file/image-metadata.ts"
import { strip } from "../../src/file/strip-metadata.ts"
import { estimateWebpSettings } from "../../src/webp/webp-metadata.ts"
import { ascii, includesText, jpegOf } from "../support.ts"

const cut = (bytes: Uint8Array): Uint8Array => {
  const result = strip(bytes)
  if (!result.ok) throw result.error
  return result.value
}
const pixels = (bytes: Uint8Array) => sharp(bytes, { animated: true }).raw().toBuffer()
const little = (value: number) => Uint8Array.of(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24)
const chunk = (name: string, body: Uint8Array) =>
  concatBytes([ascii(name), little(body.length), body, new Uint8Array(body.length & 1)])
const riff = (...chunks: ReadonlyArray<Uint8Array>) => {
  const body = concatBytes([ascii("WEBP"), ...chunks])
  return concatBytes([ascii("RIFF"), little(body.length), body])
}
const secret = ascii("secret")

describe("a stripped WebP", () => {
  it("has no EXIF, XMP or unknown chunks, and no bytes behind its end", async () => {
    const plain = new Uint8Array(
      await sharp(await jpegOf(24, 16, 3))
        .withExif({ IFD0: { Make: "secret" } })
        .withXmp("<x:xmpmeta>secret</x:xmpmeta>")
        .webp()
        .toBuffer()
    )
    const source = concatBytes([
      plain.subarray(0, 4),
      little(plain.length + 6),
      plain.subarray(8),
      chunk("TEST", secret),
      secret
    ])
    const read = readMetadata(source)
    assert.isTrue(read.ok && read.value.hasXmp && read.value.exif !== undefined && read.value.hasTrailer)
    const out = cut(source)
    assert.isFalse(includesText(out, "secret"))
    assert.isTrue((await pixels(out)).equals(await pixels(plain)))
  })

  it("has nothing but pixels in the frames of an animation, and in headers nothing behind their fields", async () => {
    const frames = await Promise.all(
      [1, 2].map(async (seed) => {
        const still = await sharp(await jpegOf(24, 16, 3, { quality: 50 + seed }))
          .webp()
          .toBuffer()
        const header = new Uint8Array(16)
        header.set([23, 0, 0, 15, 0, 0, 100], 6)
        return { header, pixels: new Uint8Array(still.subarray(12)) }
      })
    )
    const animation = (extra: Uint8Array) => {
      const vp8x = new Uint8Array(10)
      vp8x.set([2, 0, 0, 0, 23, 0, 0, 15])
      return riff(
        chunk("VP8X", concatBytes([vp8x, extra])),
        chunk("ANIM", concatBytes([new Uint8Array(6), extra])),
        ...frames.map(({ header, pixels: image }) =>
          chunk("ANMF", concatBytes([header, image, ...(extra.length === 0 ? [] : [chunk("EXIF", extra)])]))
        )
      )
    }
    const plain = animation(new Uint8Array(0))
    assert.strictEqual((await sharp(plain, { animated: true }).metadata()).pages, 2)
    assert.deepStrictEqual(cut(plain), plain)
    assert.deepStrictEqual(cut(animation(secret)), plain)
  })
})

describe("the quality that a WebP was encoded with", () => {
  it.each([20, 50, 75, 90])("is estimated from its first frame: %d", async (quality) => {
    const found = estimateWebpSettings(
      await sharp(await jpegOf(96, 96, 3))
        .webp({ quality })
        .toBuffer()
    )
    assert.isFalse(found.lossless)
    assert.closeTo(found.quality, quality, 12)
  })
  it("is without loss for a lossless one", async () => {
    const bytes = await sharp(await jpegOf(20, 20, 3))
      .webp({ lossless: true })
      .toBuffer()
    assert.isTrue(estimateWebpSettings(bytes).lossless)
  })
})
