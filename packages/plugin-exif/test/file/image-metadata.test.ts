import { inspect } from "node:util"
import { deflateSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { concatBytes } from "@sightline/platform/bytes/view"
import sharp from "sharp"
import { readMetadata } from "../../src/file/image-metadata.ts"
import { strip } from "../../src/file/strip-metadata.ts"
import { bytesOf, files, hasExifData } from "../dataset.ts"
import { ascii, chunk, exifBlock, jpegOf, jpegWith, pngWith, segment } from "../support.ts"

const read = (bytes: Uint8Array) => {
  const result = readMetadata(bytes)
  if (!result.ok) throw result.error
  return result.value
}

describe.skipIf(!hasExifData)("metadata of the data set", () => {
  it.each(files)("is what independent tools read: %s", (name, expected) => {
    const found = read(bytesOf(name))
    assert.deepStrictEqual([found.stored.width, found.stored.height], [...expected.stored])
    assert.deepStrictEqual([found.upright.width, found.upright.height], [...expected.oriented])
    assert.strictEqual(found.exif?.orientation ?? null, expected.exifOrientation)
    assert.strictEqual(found.exif?.make, expected.make)
    assert.strictEqual(found.exif?.model, expected.model)
    assert.strictEqual(found.exif !== undefined, expected.hasExif)
    assert.strictEqual(found.hasGps, expected.hasGps)
    assert.strictEqual(found.hasXmp, expected.hasXmp)
    assert.strictEqual(found.icc !== undefined, expected.hasIcc)
    assert.strictEqual(found.xmpOrientation, expected.xmpOrientation)
    const [latitude, longitude] = expected.gps ?? []
    if (typeof latitude !== "number" || typeof longitude !== "number") return
    const position = found.exif?.position?.reveal()
    assert.closeTo(position?.latitude ?? Number.NaN, latitude, 1e-6)
    assert.closeTo(position?.longitude ?? Number.NaN, longitude, 1e-6)
  })
})

const xmp = (orientation: number) =>
  ascii(`<x:xmpmeta><rdf:Description tiff:Orientation="${orientation}" exif:GPSLatitude="1,2N"/></x:xmpmeta>`)

describe("orientation", () => {
  const withOrientation = (value: number, littleEndian: boolean, type?: number) =>
    jpegWith(segment(0xe1, concatBytes([ascii("Exif\0\0"), exifBlock(value, littleEndian, type)])))

  it.each([true, false])("is read from a JPEG's EXIF in either byte order: little endian %s", async (littleEndian) => {
    for (let value = 0; value <= 9; value++) {
      const found = read(await withOrientation(value, littleEndian))
      assert.strictEqual(found.orientation, value >= 1 && value <= 8 ? value : 1)
      assert.strictEqual(found.exif?.orientation, value)
    }
  })
  it.each([1, 2, 3, 4, 6, 7, 8, 9])("is read whatever integer type it has, and as a digit: type %d", async (type) => {
    for (const littleEndian of [true, false]) {
      for (let value = 1; value <= 8; value++)
        assert.strictEqual(read(await withOrientation(value, littleEndian, type)).orientation, value)
    }
  })
  it("is the first of several values", async () => {
    // An array of three, which no longer fits into the entry.
    const block = exifBlock(0, true)
    const view = new DataView(block.buffer)
    view.setUint32(14, 3, true)
    view.setUint32(18, 26, true)
    const exif = concatBytes([ascii("Exif\0\0"), block, Uint8Array.of(6, 0, 1, 0, 1, 0)])
    assert.strictEqual(read(await jpegWith(segment(0xe1, exif))).orientation, 6)
  })
  it("is read from a PNG's eXIf chunk and from legacy text chunks, plain and compressed", async () => {
    const hex = Buffer.from(concatBytes([ascii("Exif\0\0"), exifBlock(6, true)])).toString("hex")
    const raw = ascii(`\nexif\n      32\n${hex}\n`)
    const chunks = [
      chunk("eXIf", exifBlock(6, false)),
      chunk("tEXt", concatBytes([ascii("Raw profile type exif\0"), raw])),
      chunk("zTXt", concatBytes([ascii("Raw profile type APP1\0\0"), deflateSync(raw)]))
    ]
    for (const each of chunks) {
      const source = await pngWith(each)
      assert.deepStrictEqual(read(source).upright, { width: 16, height: 24 })
      const cut = strip(source)
      assert.isTrue(cut.ok && read(cut.value).exif === undefined && read(cut.value).orientation === 1)
    }
  })
  it("that only XMP states is reported and not honoured", async () => {
    const found = read(await jpegWith(segment(0xe1, concatBytes([ascii("http://ns.adobe.com/xap/1.0/\0"), xmp(6)]))))
    assert.deepStrictEqual([found.xmpOrientation, found.orientation, found.orientationFrom], [6, 1, "none"])
    assert.isTrue(found.hasGps)
  })
  it("is read from a TIFF, in either byte order", async () => {
    for (const orientation of [1, 3, 6]) {
      const tiff = await sharp(await jpegOf(24, 16, 3))
        .withMetadata({ orientation })
        .tiff()
        .toBuffer()
      assert.strictEqual(read(tiff).orientation, orientation)
      const cut = strip(tiff)
      assert.isTrue(cut.ok)
      if (cut.ok) assert.isTrue((await sharp(cut.value).raw().toBuffer()).equals(await sharp(tiff).raw().toBuffer()))
    }
  })
})

describe("private values", () => {
  it.skipIf(!hasExifData)("are not shown when metadata is logged", () => {
    const found = read(bytesOf("formats/webp-exif-orientation-6.webp"))
    const position = found.exif?.position?.reveal()
    assert.isDefined(position)
    const shown = `${inspect(found, { depth: 9, showHidden: true })} ${JSON.stringify(found)} ${String(found.exif?.position)}`
    assert.notInclude(shown, String(position?.latitude).slice(0, 6))
    assert.include(shown, "<withheld>")
  })
})

it("an unknown date is left out", async () => {
  const taken = async (date: string) => {
    const picture = sharp(await jpegOf(24, 16, 3)).jpeg()
    return read(await picture.withExif({ IFD2: { DateTimeOriginal: date } }).toBuffer()).exif?.takenAt
  }
  assert.strictEqual(await taken("2024:02:03 04:05:06"), "2024:02:03 04:05:06")
  assert.isUndefined(await taken("    :  :     :  :  "))
  assert.isUndefined(await taken("0000:00:00 00:00:00"))
})
