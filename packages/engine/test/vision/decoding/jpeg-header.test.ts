import { assert, describe, it } from "@effect/vitest"
import { dataBytes, dataJson, hasData } from "@sightline/fixtures"
import * as fc from "fast-check"
import sharp from "sharp"
import { readJpegHeader } from "../../../src/vision/decoding/jpeg-header.ts"

const draw = (width: number, height: number, channels: 3 | 4 = 3) =>
  sharp({ create: { width, height, channels, background: "#336699" } })

describe("a JPEG's header", () => {
  it("says the size and the components, whatever comes before it", async () => {
    for (const [file, components] of [
      [await draw(31, 17).jpeg().toBuffer(), 3],
      [await draw(31, 17).jpeg({ progressive: true }).withMetadata({ orientation: 6 }).toBuffer(), 3],
      [await draw(31, 17).toColourspace("b-w").jpeg().toBuffer(), 1],
      [await draw(31, 17).toColourspace("cmyk").jpeg().toBuffer(), 4]
    ] as const)
      assert.deepStrictEqual(readJpegHeader(file), { width: 31, height: 17, components })
  })

  it("that is cut short or not plain is left to the decoder", async () => {
    const file = await draw(31, 17).jpeg().toBuffer()
    const frame = file.indexOf(Buffer.from([0xff, 0xc0]))
    for (let end = 0; end < frame + 10; end++) assert.isUndefined(readJpegHeader(file.subarray(0, end)))
    const arithmetic = file.map((byte, at) => (at === frame + 1 ? 0xc9 : byte))
    assert.isUndefined(readJpegHeader(arithmetic))
    assert.isUndefined(readJpegHeader(file.map((byte, at) => (at > frame + 4 && at < frame + 9 ? 0 : byte))))
  })

  it("never fails on rubbish", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        readJpegHeader(Uint8Array.from([0xff, 0xd8, 0xff, ...bytes]))
      })
    )
  })
})

describe.skipIf(!hasData("exif"))("the headers of cameras", () => {
  it("are those that sharp reads", async () => {
    const files = dataJson("exif", "manifest.json") as ReadonlyArray<{ readonly file: string }>
    let read = 0
    for (const { file } of files.filter((entry) => /\.jpe?g$/i.test(entry.file))) {
      const bytes = dataBytes("exif", ...file.split("/"))
      const header = readJpegHeader(bytes)
      if (header === undefined) continue
      const { height, width } = await sharp(bytes).metadata()
      assert.deepStrictEqual([header.width, header.height], [width, height], file)
      read++
    }
    assert.isAbove(read, 20)
  })
})
