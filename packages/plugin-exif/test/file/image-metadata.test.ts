import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect } from "node:util"
import { deflateSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import sharp from "sharp"
import { readMetadata } from "../../src/file/image-metadata.ts"
import { strip } from "../../src/file/strip-metadata.ts"
import { joined } from "../../src/bytes/view.ts"
import { bytesOf, files, hasExifData, prepared } from "../dataset.ts"
import { hasTool, jpegOf } from "../support.ts"

const read = (bytes: Uint8Array) => {
  const result = readMetadata(bytes)
  if (!result.ok) throw result.error
  return result.value
}

describe.skipIf(!hasExifData)("metadata of the data set", () => {
  it.each(files)("is read as independent tools read it: %s", (name, expected) => {
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

/** Tag groups that are the picture itself, or facts about the file that the tool adds. */
const plainGroups = /^(SourceFile|ExifTool|System|File|Composite|JFIF|Adobe|APP14|PNG|RIFF|ICC|QuickTime|Meta|GIF)/

describe.skipIf(!hasExifData || !hasTool("exiftool", "-ver"))("as exiftool sees it", () => {
  const look = (pictures: ReadonlyArray<readonly [string, Uint8Array]>): ReadonlyArray<string> => {
    const folder = mkdtempSync(join(tmpdir(), "exif-"))
    try {
      for (const [name, bytes] of pictures) writeFileSync(join(folder, name.replaceAll("/", "_")), bytes)
      const tool = spawnSync("exiftool", ["-json", "-a", "-u", "-ee", "-G1", folder], { maxBuffer: 1 << 26 })
      // exiftool's JSON is a list of flat objects.
      const found = JSON.parse(String(tool.stdout)) as ReadonlyArray<Readonly<Record<string, unknown>>>
      assert.strictEqual(found.length, pictures.length)
      return found.flatMap((tags) =>
        Object.keys(tags)
          .filter(
            (tag) => !plainGroups.test(tag) || /comment|gps|serial|xmp|exif:/i.test(tag.replace(/^ExifTool:/, ""))
          )
          .map((tag) => `${String(tags["SourceFile"])} ${tag}`)
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  it("nothing private is left in what was cut", () => {
    const cut = files.map(([name]) => {
      const result = strip(bytesOf(name))
      if (!result.ok) throw result.error
      return [name, result.value] as const
    })
    assert.deepStrictEqual(look(cut), [])
  })

  it.live("nothing private is left in what is sent", () =>
    Effect.gen(function* () {
      const decodable = files.filter(([name]) => !name.endsWith(".heic"))
      const sent = yield* Effect.forEach(decodable, ([name]) =>
        Effect.map(prepared(bytesOf(name)), ({ bytes, format }) => [`${name}.${format}`, bytes] as const)
      )
      assert.deepStrictEqual(look(sent), [])
    })
  )
})

/** An EXIF block with one orientation, in either byte order. */
const exifBlock = (orientation: number, littleEndian: boolean): Uint8Array => {
  const block = new DataView(new ArrayBuffer(26))
  block.setUint16(0, littleEndian ? 0x4949 : 0x4d4d)
  block.setUint16(2, 42, littleEndian)
  block.setUint32(4, 8, littleEndian)
  block.setUint16(8, 1, littleEndian)
  block.setUint16(10, 0x0112, littleEndian)
  block.setUint16(12, 3, littleEndian)
  block.setUint32(14, 1, littleEndian)
  block.setUint16(18, orientation, littleEndian)
  return new Uint8Array(block.buffer)
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
const ascii = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))
const segment = (code: number, body: Uint8Array) =>
  joined([Uint8Array.of(0xff, code, (body.length + 2) >> 8, (body.length + 2) & 255), body])
const chunk = (name: string, body: Uint8Array) => {
  const size = new Uint8Array(4)
  new DataView(size.buffer).setUint32(0, body.length)
  return joined([size, ascii(name), body, new Uint8Array(4)])
}
const jpegWith = async (...segments: ReadonlyArray<Uint8Array>) => {
  const plain = new Uint8Array(await jpegOf(24, 16, 3))
  return joined([plain.subarray(0, 2), ...segments, plain.subarray(2)])
}
const pngWith = async (...chunks: ReadonlyArray<Uint8Array>) => {
  const plain = new Uint8Array(
    await sharp(await jpegOf(24, 16, 3))
      .png()
      .toBuffer()
  )
  return joined([plain.subarray(0, 33), ...chunks, plain.subarray(33)])
}
const xmp = (orientation: number) =>
  ascii(`<x:xmpmeta><rdf:Description tiff:Orientation="${orientation}" exif:GPSLatitude="1,2N"/></x:xmpmeta>`)

describe("orientation", () => {
  it.each([true, false])("is read from a JPEG's EXIF in either byte order: little endian %s", async (littleEndian) => {
    for (let value = 0; value <= 9; value++) {
      const exif = joined([ascii("Exif\0\0"), exifBlock(value, littleEndian)])
      const found = read(await jpegWith(segment(0xe1, exif)))
      assert.strictEqual(found.orientation, value >= 1 && value <= 8 ? value : 1)
      assert.strictEqual(found.exif?.orientation, value)
    }
  })
  it("is read from a PNG's eXIf chunk and from legacy text chunks, plain and compressed", async () => {
    const hex = Buffer.from(joined([ascii("Exif\0\0"), exifBlock(6, true)])).toString("hex")
    const raw = ascii(`\nexif\n      32\n${hex}\n`)
    const chunks = [
      chunk("eXIf", exifBlock(6, false)),
      chunk("tEXt", joined([ascii("Raw profile type exif\0"), raw])),
      chunk("zTXt", joined([ascii("Raw profile type APP1\0\0"), deflateSync(raw)]))
    ]
    for (const each of chunks) {
      const source = await pngWith(each)
      assert.deepStrictEqual(read(source).upright, { width: 16, height: 24 })
      const cut = strip(source)
      assert.isTrue(cut.ok && read(cut.value).exif === undefined && read(cut.value).orientation === 1)
    }
  })
  it("that only XMP states is told and not honoured", async () => {
    const found = read(await jpegWith(segment(0xe1, joined([ascii("http://ns.adobe.com/xap/1.0/\0"), xmp(6)]))))
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

describe("what follows the end of a picture", () => {
  it("goes: another picture, a film, a note", async () => {
    const plain = new Uint8Array(await jpegOf(24, 16, 3))
    for (const trailer of [plain, ascii("ftypmp42 a film"), Uint8Array.of(0, 0, 0)]) {
      const source = joined([plain, trailer])
      assert.isTrue(read(source).hasTrailer)
      const cut = strip(source)
      assert.isTrue(cut.ok && cut.value.length === plain.length)
    }
    assert.isFalse(read(plain).hasTrailer)
  })
  it("goes from big files too, when they announce it or end in it", async () => {
    const big = new Uint8Array(await jpegOf(1400, 1200, 3, { quality: 100, chromaSubsampling: "4:4:4" }))
    assert.isAbove(big.length, 1 << 20)
    const small = new Uint8Array(await jpegOf(200, 150, 3))
    const cut = strip(joined([big, small]))
    assert.isTrue(cut.ok && cut.value.length === big.length)
    const followers = [
      segment(0xe2, ascii("MPF\0 no index")),
      segment(0xe2, joined([ascii("MPF\0"), indexBlock(big.length + 62)])),
      segment(0xe1, ascii('http://ns.adobe.com/xap/1.0/\0<rdf Container:Directory="">'))
    ]
    for (const each of followers) {
      const announced = joined([big.subarray(0, 2), each, big.subarray(2), big])
      const alone = strip(announced)
      assert.isTrue(alone.ok && alone.value.length === big.length)
    }
  })
})

describe("private values", () => {
  it.skipIf(!hasExifData)("do not show when metadata is printed", () => {
    const found = read(bytesOf("formats/webp-exif-orientation-6.webp"))
    const position = found.exif?.position?.reveal()
    assert.isDefined(position)
    const shown = `${inspect(found, { depth: 9, showHidden: true })} ${JSON.stringify(found)} ${String(found.exif?.position)}`
    assert.notInclude(shown, String(position?.latitude).slice(0, 6))
    assert.include(shown, "<withheld>")
  })
})

it("a date that is written as unknown is none", async () => {
  const taken = async (date: string) => {
    const picture = sharp(await jpegOf(24, 16, 3)).jpeg()
    return read(await picture.withExif({ IFD2: { DateTimeOriginal: date } }).toBuffer()).exif?.takenAt
  }
  assert.strictEqual(await taken("2024:02:03 04:05:06"), "2024:02:03 04:05:06")
  assert.isUndefined(await taken("    :  :     :  :  "))
  assert.isUndefined(await taken("0000:00:00 00:00:00"))
})
