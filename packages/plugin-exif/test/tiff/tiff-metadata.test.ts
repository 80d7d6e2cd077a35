import { deflateSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { drawing } from "@sightline/fixtures/drawing"
import { buildTiff, type PageOptions, pageOf, type TiffEntry } from "@sightline/fixtures/tiff"
import { concatBytes } from "@sightline/platform/bytes/view"
import sharp, { type TiffOptions } from "sharp"
import { readMetadata } from "../../src/file/image-metadata.ts"
import { strip } from "../../src/file/strip-metadata.ts"
import { ascii, exifBlock, includesText, jpegWith, segment } from "../support.ts"

const [width, height] = [24, 16]
const rgb = drawing(width, height, 3)
const size = { width, height }

const cut = (bytes: Uint8Array, keep?: ReadonlyArray<"icc">): Uint8Array => {
  const result = strip(bytes, keep === undefined ? {} : { keep })
  if (!result.ok) throw result.error
  return result.value
}
const pixels = (bytes: Uint8Array, page = 0) => sharp(bytes, { page, failOn: "error" }).raw().toBuffer()
const assertPixels = async (bytes: Uint8Array, expected: Uint8Array, page = 0) =>
  assert.isTrue((await pixels(bytes, page)).equals(expected), "the pixels differ")

const secret = ascii("exif:GPSLatitude secret 8BIM")
const oneStrip = (extra: ReadonlyArray<TiffEntry>, options: Partial<PageOptions> = {}) =>
  pageOf({ ...size, ...options, extra }, rgb.length)

describe("stripping a TIFF leaves the pixels alone", () => {
  const pointers: Readonly<Record<string, (offsetOf: (block: string) => number) => number>> = {
    "the header": () => 8,
    "the pixels": (offsetOf) => offsetOf("pixels") + 100,
    "the end of the file": () => 0xfffffff0
  }
  const directoryTags = { SubIFDs: 330, Exif: 34_665, GPS: 34_853, Interoperability: 40_965 }
  for (const [name, tag] of Object.entries(directoryTags)) {
    it.each(Object.entries(pointers))(`when its ${name} pointer points at %s`, async (_, target) => {
      const pointer: TiffEntry = { tag, type: 4, values: (offsetOf) => [target(offsetOf)] }
      const out = cut(buildTiff({ blocks: { pixels: rgb, secret }, pages: [oneStrip([pointer])] }))
      await assertPixels(out, rgb)
      assert.isFalse(includesText(out, "secret"))
    })
  }

  it("when a private tag claims the pixels and the directories as its value", async () => {
    for (const tag of [32_932, 33_723, 34_377, 37_724, 50_341]) {
      const claim: TiffEntry = { tag, type: 7, values: new Uint8Array(5) }
      const file = buildTiff({ blocks: { pixels: rgb }, pages: [oneStrip([claim])] })
      const view = new DataView(file.buffer)
      const directory = view.getUint32(4, true)
      for (let i = 0; i < view.getUint16(directory, true); i++) {
        const at = directory + 2 + 12 * i
        if (view.getUint16(at, true) !== tag) continue
        view.setUint32(at + 4, file.length - 8, true)
        view.setUint32(at + 8, 8, true)
      }
      await assertPixels(cut(file), rgb)
    }
  })

  it("when a reduced page shares its strip with the full page", async () => {
    const reduced = pageOf({ width, height: 8, extra: [{ tag: 254, type: 4, values: [1] }] }, rgb.length / 2)
    const out = cut(buildTiff({ blocks: { pixels: rgb }, pages: [oneStrip([]), reduced] }))
    await assertPixels(out, rgb)
    assert.strictEqual((await sharp(out).metadata()).pages ?? 1, 1)
  })

  it("on every page of a file of 200, and private tags are gone from the last one too", async () => {
    const described = [...oneStrip([{ tag: 270, type: 2, values: ascii("secret\0") }])]
    const out = cut(buildTiff({ blocks: { pixels: rgb }, pages: Array.from({ length: 200 }, () => described) }))
    assert.strictEqual((await sharp(out).metadata()).pages, 200)
    await assertPixels(out, rgb, 199)
    assert.isFalse(includesText(out, "secret"))
  })

  it.each([true, false])("in either byte order, with unsorted entries: little endian %s", async (littleEndian) => {
    const page = oneStrip([{ tag: 305, type: 2, values: ascii("secret\0") }]).toReversed()
    const out = cut(buildTiff({ blocks: { pixels: rgb }, pages: [page], littleEndian }))
    await assertPixels(out, rgb)
    assert.isFalse(includesText(out, "secret"))
  })

  it("in BigTIFF, which comes out as a classic TIFF", async () => {
    for (const littleEndian of [true, false]) {
      const page = oneStrip([
        { tag: 273, type: 16, values: (offsetOf) => [offsetOf("pixels")] },
        { tag: 270, type: 2, values: ascii("secret description\0") }
      ])
      const file = buildTiff({ blocks: { pixels: rgb }, pages: [page], littleEndian, big: true })
      const read = readMetadata(file)
      assert.isTrue(read.ok && read.value.format === "tiff" && read.value.hasComment)
      const out = cut(file)
      assert.strictEqual(new DataView(out.buffer).getUint16(2, littleEndian), 42)
      await assertPixels(out, rgb)
      assert.isFalse(includesText(out, "secret"))
    }
  })

  it("in tiles, planes and compressed strips", async () => {
    const sources = await Promise.all(
      [
        { tile: true, tileWidth: 16, tileHeight: 16 },
        { compression: "lzw", predictor: "horizontal" },
        { compression: "deflate" },
        { compression: "packbits" },
        { compression: "jpeg", quality: 90 }
      ].map((options) =>
        sharp(drawing(100, 70, 3), { raw: { width: 100, height: 70, channels: 3 } })
          .withXmp("<x:xmpmeta>secret</x:xmpmeta>")
          .tiff(options as TiffOptions)
          .toBuffer()
      )
    )
    for (const source of sources) {
      assert.isTrue(includesText(source, "secret"))
      const out = cut(source)
      assert.isTrue((await pixels(out)).equals(await pixels(source)))
      assert.isFalse(includesText(out, "secret"))
    }
  })

  it("in many strips that lie in reverse order", async () => {
    const rows = Array.from({ length: height }, (_, y) => rgb.subarray(y * width * 3, (y + 1) * width * 3))
    const blocks = Object.fromEntries(rows.map((row, y) => [`row${y}`, row] as const).toReversed())
    const page = pageOf(
      {
        ...size,
        extra: [
          { tag: 273, type: 4, values: (offsetOf) => rows.map((_, y) => offsetOf(`row${y}`)) },
          { tag: 278, type: 3, values: [1] },
          { tag: 279, type: 3, values: rows.map((row) => row.length) }
        ]
      },
      0
    )
    await assertPixels(cut(buildTiff({ blocks, pages: [page] })), rgb)
  })

  it("without byte counts, where the size follows from the layout", async () => {
    const page = oneStrip([], { without: [279] })
    await assertPixels(cut(buildTiff({ blocks: { pixels: rgb, secret }, pages: [page] })), rgb)
  })

  it("or fails where the pixels are said to start with the file", () => {
    const page = oneStrip([{ tag: 273, type: 4, values: [0] }])
    const result = strip(buildTiff({ blocks: { pixels: rgb }, pages: [page] }))
    assert.isTrue(!result.ok && result.error._tag === "ImageBroken")
  })

  it("or fails where the size of compressed strips is not stated", () => {
    const packed = deflateSync(rgb)
    const page = pageOf({ ...size, compression: 8, without: [279] }, packed.length)
    const result = strip(buildTiff({ blocks: { pixels: packed }, pages: [page] }))
    assert.isTrue(!result.ok && result.error._tag === "ImageUnsupported")
  })
})

describe("stripping a TIFF leaves nothing private", () => {
  it("in bytes that no entry refers to", async () => {
    const thumbnail = new Uint8Array(
      await sharp(rgb, { raw: { ...size, channels: 3 } })
        .jpeg()
        .toBuffer()
    )
    const blocks = { before: concatBytes([secret, thumbnail]), pixels: rgb, after: secret }
    const out = cut(buildTiff({ blocks, pages: [oneStrip([])] }))
    await assertPixels(out, rgb)
    assert.isFalse(includesText(out, "secret"))
    assert.isFalse(includesText(out, "\xff\xd8\xff"))
  })

  it("behind the pixels of a strip that claims more bytes than it needs", async () => {
    const blocks = { pixels: concatBytes([rgb, secret]) }
    const page = oneStrip([{ tag: 279, type: 4, values: [rgb.length + secret.length] }])
    const out = cut(buildTiff({ blocks, pages: [page] }))
    await assertPixels(out, rgb)
    assert.isFalse(includesText(out, "secret"))
  })

  it("in tags that no reader needs: ink names, free space, geographic and vendor tags", async () => {
    const tags = [270, 271, 272, 285, 305, 306, 315, 316, 333, 700, 33_432, 33_550, 33_922, 34_735, 34_737, 42_112]
    const private_ = tags.map((tag): TiffEntry => ({ tag, type: 2, values: ascii("secret\0") }))
    const out = cut(buildTiff({ blocks: { pixels: rgb }, pages: [oneStrip(private_)] }))
    await assertPixels(out, rgb)
    assert.isFalse(includesText(out, "secret"))
  })

  it("in the EXIF and comments of JPEG strips and their tables", async () => {
    const exif = concatBytes([ascii("Exif\0\0"), exifBlock(1, true), secret])
    const jpeg = concatBytes([await jpegWith(segment(0xe1, exif), segment(0xfe, secret)), secret])
    const { data } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true })
    const tables = concatBytes([Uint8Array.of(0xff, 0xd8), segment(0xfe, secret), Uint8Array.of(0xff, 0xd9)])
    const page = pageOf(
      {
        ...size,
        compression: 7,
        photometric: 6,
        extra: [
          { tag: 530, type: 3, values: [2, 2] },
          { tag: 347, type: 7, values: tables }
        ]
      },
      jpeg.length
    )
    const out = cut(buildTiff({ blocks: { pixels: jpeg }, pages: [page] }))
    assert.isFalse(includesText(out, "secret"))
    const decoded = await pixels(out)
    const off = decoded.reduce((sum, value, i) => sum + Math.abs(value - (data[i] ?? 0)), 0) / decoded.length
    assert.isBelow(off, 2)
  })

  it("in the stream that old-style JPEG compression refers to", () => {
    const stream = concatBytes([
      Uint8Array.of(0xff, 0xd8),
      segment(0xe1, concatBytes([ascii("Exif\0\0"), secret])),
      segment(0xda, new Uint8Array(10)),
      Uint8Array.of(1, 2, 3, 0xff, 0xd9)
    ])
    const page = pageOf(
      {
        ...size,
        compression: 6,
        photometric: 6,
        extra: [
          { tag: 273, type: 4, values: (offsetOf) => [offsetOf("pixels") + stream.length - 5] },
          { tag: 279, type: 4, values: [5] },
          { tag: 513, type: 4, values: (offsetOf) => [offsetOf("pixels")] },
          { tag: 514, type: 4, values: [stream.length] }
        ]
      },
      0
    )
    const out = cut(buildTiff({ blocks: { pixels: stream }, pages: [page] }))
    assert.isFalse(includesText(out, "secret"))
    assert.isTrue(includesText(out, "\xff\xd8\xff\xe1"))
    assert.isTrue(includesText(out, "\x01\x02\x03\xff\xd9"))
  })

  it("in a whole JPEG that is the strip of an old-style compressed page, as in camera raw files", async () => {
    const exif = concatBytes([ascii("Exif\0\0"), exifBlock(1, true), secret])
    const jpeg = await jpegWith(segment(0xe1, exif))
    const page = pageOf({ ...size, compression: 6, photometric: 6 }, jpeg.length)
    const out = cut(buildTiff({ blocks: { pixels: jpeg }, pages: [page] }))
    assert.isFalse(includesText(out, "secret"))
  })

  it("in strips whose compression can contain metadata: these files are refused", () => {
    for (const compression of [33_003, 34_712, 50_001, 50_002]) {
      const page = pageOf({ ...size, compression }, rgb.length)
      const result = strip(buildTiff({ blocks: { pixels: rgb }, pages: [page] }))
      assert.isTrue(!result.ok && result.error._tag === "ImageUnsupported", String(compression))
    }
  })

  it("and keeps the colour profile unless it is asked to drop it", async () => {
    const source = await sharp(rgb, { raw: { ...size, channels: 3 } })
      .withIccProfile("srgb")
      .tiff({ compression: "none" })
      .toBuffer()
    assert.isDefined((await sharp(cut(source)).metadata()).icc)
    assert.isUndefined((await sharp(cut(source, [])).metadata()).icc)
  })
})

describe("a TIFF built to exhaust", () => {
  /** 500 pages, each with a TransferFunction of 512 KiB at an offset that depends on the page. */
  const overlapping = (step: number) => {
    const blocks = { pixels: rgb, profile: new Uint8Array(1 << 20) }
    const page = oneStrip([{ tag: 301, type: 3, values: [0] }])
    const file = buildTiff({ blocks, pages: Array.from({ length: 500 }, () => page) })
    const view = new DataView(file.buffer)
    let valueAt = 2000
    for (let directory = view.getUint32(4, true); directory !== 0;) {
      const count = view.getUint16(directory, true)
      for (let i = 0; i < count; i++) {
        const at = directory + 2 + 12 * i
        if (view.getUint16(at, true) !== 301) continue
        view.setUint32(at + 4, 1 << 18, true)
        view.setUint32(at + 8, valueAt, true)
        valueAt += step
      }
      directory = view.getUint32(directory + 2 + 12 * count, true)
    }
    return file
  }

  it("does not grow when all pages share a value", () => {
    const file = overlapping(0)
    assert.isBelow(cut(file).length, file.length)
  })
  it("is refused when its values overlap", () => {
    const result = strip(overlapping(2))
    assert.isTrue(!result.ok && result.error._tag === "ImageBroken")
  })
  it("is refused when it states more strips than a picture has", () => {
    const page = oneStrip([{ tag: 273, type: 4, values: [0] }])
    const file = buildTiff({ blocks: { pixels: new Uint8Array(5 << 20) }, pages: [page] })
    const view = new DataView(file.buffer)
    const directory = view.getUint32(4, true)
    for (let i = 0; i < view.getUint16(directory, true); i++) {
      const at = directory + 2 + 12 * i
      if (view.getUint16(at, true) !== 273) continue
      view.setUint32(at + 4, (1 << 20) + 1, true)
      view.setUint32(at + 8, 8, true)
    }
    const result = strip(file)
    assert.isTrue(!result.ok && result.error._tag === "ImageUnsupported")
  })
})
