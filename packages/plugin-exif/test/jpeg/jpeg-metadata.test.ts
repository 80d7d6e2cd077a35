import { assert, describe, it } from "@effect/vitest"
import { drawing } from "@sightline/fixtures/drawing"
import { concatBytes } from "@sightline/platform/bytes/view"
import { Effect } from "effect"
import sharp, { type JpegOptions } from "sharp"
import { readMetadata } from "../../src/file/image-metadata.ts"
import { strip } from "../../src/file/strip-metadata.ts"
import { turn } from "../../src/file/turn-upright.ts"
import { prepared } from "../dataset.ts"
import { ascii, exifBlock, includesText, jpegOf, jpegWith, segment } from "../support.ts"

const read = (bytes: Uint8Array) => {
  const result = readMetadata(bytes)
  if (!result.ok) throw result.error
  return result.value
}
const cut = (bytes: Uint8Array): Uint8Array => {
  const result = strip(bytes)
  if (!result.ok) throw result.error
  return result.value
}

/** The index of a multi-picture file whose first picture has this many bytes. */
const indexBlock = (size: number): Uint8Array => {
  const block = new DataView(new ArrayBuffer(54))
  block.setUint16(0, 0x4d4d)
  block.setUint16(2, 42)
  block.setUint32(4, 8)
  block.setUint16(8, 1)
  block.setUint16(10, 0xb002)
  block.setUint16(12, 7)
  block.setUint32(14, 16)
  block.setUint32(18, 26)
  block.setUint32(30, size)
  return new Uint8Array(block.buffer)
}

describe("bytes after the end of a JPEG", () => {
  it("are reported and cut: another picture, a film, padding", async () => {
    const plain = new Uint8Array(await jpegOf(24, 16, 3))
    for (const trailer of [plain, ascii("ftypmp42 a film"), Uint8Array.of(0, 0, 0)]) {
      const source = concatBytes([plain, trailer])
      assert.isTrue(read(source).hasTrailer)
      assert.deepStrictEqual(cut(source), plain)
    }
    assert.isFalse(read(plain).hasTrailer)
  })

  it("are cut from files over 1 MB, whatever their size and whether or not the file announces them", async () => {
    const big = new Uint8Array(await jpegOf(1400, 1200, 3, { quality: 100, chromaSubsampling: "4:4:4" }))
    assert.isAbove(big.length, 1 << 20)
    const preview = (bytes: number) =>
      concatBytes([
        Uint8Array.of(0xff, 0xd8),
        segment(0xe1, concatBytes([ascii("Exif\0\0"), exifBlock(1, true), ascii("secret")])),
        new Uint8Array(bytes),
        Uint8Array.of(0xff, 0xd9)
      ])
    for (const size of [0, 100, 31_000, 33_000, 100_000, 2_000_000]) {
      const source = concatBytes([big, preview(size)])
      assert.isTrue(read(source).hasTrailer, `${size} bytes`)
      assert.strictEqual(cut(source).length, big.length, `${size} bytes`)
    }
    const announcements = [
      segment(0xe2, ascii("MPF\0 no index")),
      segment(0xe2, concatBytes([ascii("MPF\0"), indexBlock(big.length + 62)])),
      // An index that lies: it claims that the first picture ends with the file.
      segment(0xe2, concatBytes([ascii("MPF\0"), indexBlock(2 * big.length + 62)])),
      segment(0xe1, ascii('http://ns.adobe.com/xap/1.0/\0<rdf Container:Directory="">'))
    ]
    for (const each of announcements) {
      const source = concatBytes([big.subarray(0, 2), each, big.subarray(2), big])
      assert.strictEqual(cut(source).length, big.length)
    }
  })
})

describe("a stripped JPEG", () => {
  const secret = ascii("secret position")

  it("has no bytes that stand between its segments", async () => {
    const plain = new Uint8Array(await jpegOf(64, 48, 3, { progressive: true }))
    const scans = [...plain.keys()].filter((at) => plain[at] === 0xff && plain[at + 1] === 0xda)
    const second = scans[1] ?? 0
    const afterFirst = 4 + ((plain[4] ?? 0) << 8) + (plain[5] ?? 0)
    for (const at of [afterFirst, second]) {
      const source = concatBytes([plain.subarray(0, at), secret, plain.subarray(at)])
      const out = cut(source)
      assert.isFalse(includesText(out, "secret"))
      assert.isTrue((await sharp(out).raw().toBuffer()).equals(await sharp(plain).raw().toBuffer()))
    }
  })

  it("has no segments of reserved markers", async () => {
    for (const code of [0x02, 0xbf, 0xc8, 0xf0, 0xfd]) {
      const out = cut(await jpegWith(segment(code, secret)))
      assert.isFalse(includesText(out, "secret"), `marker ${code.toString(16)}`)
      assert.strictEqual((await sharp(out).metadata()).width, 24)
    }
  })

  it("keeps of Adobe's and JFIF's segments what decoders read", async () => {
    const cmyk = new Uint8Array(
      await sharp(drawing(32, 32, 3), { raw: { width: 32, height: 32, channels: 3 } })
        .toColourspace("cmyk")
        .jpeg()
        .toBuffer()
    )
    const at = Buffer.from(cmyk).indexOf("Adobe") - 4
    const adobe = segment(0xee, concatBytes([cmyk.subarray(at + 4, at + 16), secret]))
    const out = cut(concatBytes([cmyk.subarray(0, at), adobe, cmyk.subarray(at + 16)]))
    assert.isFalse(includesText(out, "secret"))
    assert.isTrue((await sharp(out).raw().toBuffer()).equals(await sharp(cmyk).raw().toBuffer()))
    const thumbnail = concatBytes([ascii("JFIF\0"), Uint8Array.of(1, 2, 0, 0, 1, 0, 1, 1, 5), secret])
    const plain = await jpegWith(segment(0xe0, thumbnail))
    assert.isTrue(read(plain).hasThumbnail)
    assert.isFalse(includesText(cut(plain), "secret"))
  })
})

it("a JPEG whose data is broken by a marker shows the same after stripping", async () => {
  const plain = new Uint8Array(await jpegOf(64, 48, 3))
  const scan = [...plain.keys()].find((at) => plain[at] === 0xff && plain[at + 1] === 0xda) ?? 0
  for (const [code, length] of [
    [0x91, 0x7fff],
    [0xf0, 40],
    [0x06, 0]
  ] as const) {
    const damaged = plain.slice()
    damaged.set([0xff, code, length >> 8, length & 255], scan + 120)
    const pixels = (bytes: Uint8Array) => sharp(bytes, { failOn: "none" }).raw().toBuffer()
    assert.isTrue((await pixels(cut(damaged))).equals(await pixels(damaged)), `marker ${code.toString(16)}`)
    assert.deepStrictEqual([...cut(damaged).subarray(-2)], [0xff, 0xd9])
  }
})

describe("a JPEG with duplicate component ids", () => {
  /** A four-component picture whose second and fourth component have the same id. */
  const duplicated = async (options: JpegOptions = {}) => {
    const bytes = new Uint8Array(
      await sharp(drawing(64, 48, 3), { raw: { width: 64, height: 48, channels: 3 } })
        .toColourspace("cmyk")
        .jpeg(options)
        .toBuffer()
    )
    const frame = [...bytes.keys()].find((at) => bytes[at] === 0xff && (bytes[at + 1] ?? 0) >> 1 === 0x60) ?? 0
    const scan = [...bytes.keys()].find((at) => bytes[at] === 0xff && bytes[at + 1] === 0xda) ?? 0
    const [second] = bytes.slice(frame + 13)
    bytes[frame + 19] = second ?? 0
    bytes[scan + 11] = second ?? 0
    return bytes
  }

  it.live("is sent as it is", () =>
    Effect.gen(function* () {
      const source = yield* Effect.promise(() => duplicated())
      const { bytes, sent, touch } = yield* prepared(source)
      assert.deepStrictEqual([touch, sent], ["cut", { width: 64, height: 48 }])
      const pixels = yield* Effect.promise(() => sharp(bytes).raw().toBuffer())
      assert.isTrue(pixels.equals(yield* Effect.promise(() => sharp(source).raw().toBuffer())))
    })
  )
  it("is turned without loss", async () => {
    const source = await duplicated()
    const turned = turn(source, { orientation: 3 })
    assert.isTrue(turned.ok)
    if (!turned.ok) return
    const back = turn(turned.value.bytes, { orientation: 3 })
    assert.isTrue(
      back.ok && (await sharp(back.value.bytes).raw().toBuffer()).equals(await sharp(source).raw().toBuffer())
    )
  })
})
