import { deflateSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { drawing } from "@sightline/fixtures/drawing"
import { buildTiff, pageOf, type TiffEntry } from "@sightline/fixtures/tiff"
import sharp, { type TiffOptions } from "sharp"
import { FormatError } from "../../src/bytes/format-error.ts"
import { concatBytes } from "../../src/bytes/view.ts"
import { sharpInput } from "../../src/media/sharp-input.ts"
import { layoutOf, readPages } from "../../src/tiff/pages.ts"
import { plainTiff } from "../../src/tiff/plain-tiff.ts"
import { readerOf, readSamples } from "../../src/tiff/samples.ts"
import {
  assertShown,
  byte,
  colourAt,
  colours,
  entry,
  expected,
  file,
  float32,
  float64,
  format,
  greys,
  half,
  height,
  long,
  short,
  shown,
  width
} from "./six-fields.ts"

const cmyk = (colour: readonly [number, number, number]) => [...colour.map((value) => 255 - value), 0]
const extra = (...kinds: ReadonlyArray<number>) => ({ extra: [entry(338, ...kinds)] })
const unstated = 0
const premultiplied = 1
const alpha = 2

describe("a TIFF with channels beside its colours is decoded as its colours", () => {
  const files: Readonly<Record<string, Uint8Array>> = {
    "one of unstated meaning": file((c) => [...c, 77], byte, extra(unstated)),
    "alpha and another": file((c) => [...c, 255, 77], byte, extra(alpha, unstated)),
    "another and alpha": file((c) => [...c, 77, 255], byte, extra(unstated, alpha)),
    "three others": file((c) => [...c, 1, 2, 3], byte, extra(unstated, unstated, unstated)),
    "twenty others": file((c) => [...c, ...Array.from({ length: 20 }, (_, i) => i)], byte),
    "two others in 16 bits": file((c) => [...c.map((v) => v * 257), 1, 2], short, extra(unstated, unstated)),
    "premultiplied alpha": file((c) => [...c, 255], byte, extra(premultiplied))
  }
  for (const [name, bytes] of Object.entries(files)) {
    it(name, () => assertShown(bytes, expected))
  }

  it("grey with one of unstated meaning", () =>
    assertShown(
      file(([red]) => [red, 77], byte, { photometric: 1, ...extra(unstated) }),
      greys
    ))
  it("CMYK with alpha or others, as CMYK without them", async () => {
    const wanted = await shown(file(cmyk, byte, { photometric: 5 }))
    const others = [
      file((c) => [...cmyk(c), 255], byte, { photometric: 5, ...extra(alpha) }),
      file((c) => [...cmyk(c), 77], byte, { photometric: 5, ...extra(unstated) }),
      file((c) => [...cmyk(c), 77, 99], byte, { photometric: 5, ...extra(unstated, unstated) })
    ]
    for (const bytes of others) await assertShown(bytes, wanted)
  })
  it("half transparent, which stays so", async () => {
    for (const bytes of [
      file((c) => [...c, 128, 77], byte, extra(alpha, unstated)),
      file((c) => [...c.map((v) => Math.round((v * 128) / 255)), 128, 77], byte, extra(premultiplied, unstated))
    ]) {
      const [red = 0, green = 0, blue = 0, opacity] = await sharp(sharpInput(bytes)).raw().toBuffer()
      assert.strictEqual(opacity, 128)
      ;[red, green, blue].forEach((value, c) => assert.closeTo(value, colours[0][c] ?? 0, 2))
    }
  })
  it("while one that libvips reads correctly is left as it is", () => {
    for (const bytes of [
      file((c) => c, byte),
      file((c) => [...c, 255], byte, extra(alpha)),
      file((c) => c.map((v) => v * 257), short),
      file((c) => c.map((v) => v / 255), float32, { extra: [format(3)] })
    ])
      assert.isUndefined(plainTiff(bytes))
  })
})

describe("a TIFF with samples of other types is not shown black", () => {
  const grey = { photometric: 1 }
  const files: Readonly<Record<string, Uint8Array>> = {
    "floats from 0 to 1": file(([red]) => [red / 255], float32, { ...grey, extra: [format(3)] }),
    "64-bit floats": file(([red]) => [red / 255], float64, { ...grey, extra: [format(3)] }),
    "16-bit floats": file(([red]) => [red / 255], half, { ...grey, extra: [format(3)] }),
    "floats from 0 to 255": file(([red]) => [red], float32, { ...grey, extra: [format(3)] }),
    "floats from 0 to 65,535": file(([red]) => [red * 257], float32, { ...grey, extra: [format(3)] }),
    "32-bit integers": file(([red]) => [red * 16_843_009], long, grey),
    "32-bit integers up to 255": file(([red]) => [red], long, grey),
    "32-bit integers up to 65,535": file(([red]) => [red * 257], long, grey),
    "floats and alpha": file(([red]) => [red / 255, 1], float32, { ...grey, extra: [format(3), entry(338, alpha)] })
  }
  for (const [name, bytes] of Object.entries(files)) it(name, () => assertShown(bytes, greys, 1))

  it("floats that say that white is 0", () =>
    assertShown(
      file(([red]) => [1 - red / 255], float32, { photometric: 0, extra: [format(3)] }),
      greys
    ))
  it("NaN, infinity and negative floats, as black, white and black", async () => {
    const values = [Number.NaN, Infinity, -5, 1]
    const valueOf = (red: number) => values[colours.findIndex(([r]) => r === red) % 4] ?? 0
    const found = await shown(file(([red]) => [valueOf(red)], float32, { ...grey, extra: [format(3)] }))
    assert.deepStrictEqual(new Set(found.map(([value]) => value)), new Set([0, 255]))
  })
  it("32-bit integers in colour", () =>
    assertShown(
      file((c) => c.map((v) => v * 16_843_009), long),
      expected
    ))
  it("floats in colour, of 64 bits or with another channel, as libvips shows 32-bit ones", async () => {
    const wanted = await shown(file((c) => c.map((v) => v / 255), float32, { extra: [format(3)] }))
    const others = [
      file((c) => c.map((v) => v / 255), float64, { extra: [format(3)] }),
      file((c) => [...c.map((v) => v / 255), 0.3], float32, { extra: [format(3), entry(338, unstated)] })
    ]
    for (const bytes of others) await assertShown(bytes, wanted)
  })
})

describe("samples", () => {
  const samplesOf = (bytes: Uint8Array) => {
    const { pages, view } = readPages(bytes)
    const [page] = pages
    if (page === undefined) throw new Error("a page")
    const layout = layoutOf(view, page)
    const read = readerOf(1, layout.bits[0] ?? 8, view.littleEndian)
    if (read === undefined) throw new Error("a known type")
    const out = new Float64Array(layout.width * layout.height * layout.samples)
    readSamples(view, page, layout, read, ({ channel, count, valueAt, x, y }) => {
      for (let i = 0; i < count; i++) out[(y * layout.width + x + i) * layout.samples + channel] = valueAt(i)
    })
    return out
  }
  const compressions = ["none", "lzw", "deflate", "packbits"] as const
  const options = compressions.flatMap((compression) =>
    (["none", "horizontal"] as const).flatMap((predictor) =>
      [false, true].map((tile): TiffOptions => ({
        compression,
        predictor,
        ...(tile ? { tile, tileWidth: 32, tileHeight: 16 } : {})
      }))
    )
  )
  it.each(options)("are those that libtiff wrote: %j", async (option) => {
    const raw = { width: 101, height: 67, channels: 3 } as const
    const smooth = Uint8Array.from({ length: 101 * 67 * 3 }, (_, i) => (i / 40) & 255)
    for (const source of [drawing(101, 67, 3), smooth]) {
      const eight = await sharp(source, { raw }).tiff(option).toBuffer()
      assert.deepStrictEqual(samplesOf(eight), Float64Array.from(source))
      const sixteen = await sharp(
        Uint16Array.from(source, (value) => value * 201),
        { raw }
      )
        .toColourspace("rgb16")
        .tiff(option)
        .toBuffer()
      assert.deepStrictEqual(
        samplesOf(sixteen),
        Float64Array.from(source, (value) => value * 201)
      )
    }
  })

  it("of floats with the floating-point predictor are put together again", async () => {
    for (const littleEndian of [true, false]) {
      const rows = Array.from({ length: height }, (_, y) => {
        const row = new DataView(new ArrayBuffer(width * 4))
        for (let x = 0; x < width; x++) row.setFloat32(4 * x, colourAt(x, y)[0] / 255)
        const apart = new Uint8Array(width * 4)
        for (let i = 0; i < apart.length; i++) apart[(i % 4) * width + Math.floor(i / 4)] = row.getUint8(i)
        return apart.map((value, i) => value - (apart[i - 1] ?? 0))
      })
      const packed = deflateSync(concatBytes(rows))
      const options = { width, height, bits: [32], photometric: 1, compression: 8, extra: [format(3), entry(317, 3)] }
      const pages = [pageOf(options, packed.length)]
      await assertShown(buildTiff({ blocks: { pixels: packed }, pages, littleEndian }), greys)
    }
  })

  it("that are damaged end in a typed error, at every length", () => {
    for (const compression of [1, 5, 8, 32_773]) {
      const data = compression === 8 ? deflateSync(new Uint8Array(width * height * 4)) : new Uint8Array(500).fill(3)
      for (let length = 1; length < data.length; length += 7) {
        const blocks = { pixels: data.subarray(0, length) }
        const options = { width, height, bits: [32], photometric: 1, compression, extra: [format(3)] }
        assert.throws(() => plainTiff(buildTiff({ blocks, pages: [pageOf(options, length)] })))
      }
    }
  })

  it("of a page that would take too much memory are refused before memory is taken", () => {
    const blocks = { pixels: new Uint8Array(100) }
    const options = { width: 65_535, height: 65_535, bits: [32], photometric: 1, extra: [format(3)] }
    assert.throws(() => plainTiff(buildTiff({ blocks, pages: [pageOf(options, 100)] })), /bytes of unusual samples/)
    const tiles = {
      width: 100,
      height: 100,
      bits: [32],
      photometric: 1,
      compression: 5,
      extra: [format(3), { tag: 322, type: 4, values: [0xfffffff0] }, { tag: 323, type: 4, values: [0xfffffff0] }]
    }
    assert.throws(() => plainTiff(buildTiff({ blocks, pages: [pageOf(tiles, 100)] })), /strips or tiles of over/)
  })

  it("of a page whose layout cannot be are refused", () => {
    const blocks = { pixels: new Uint8Array(width * height * 4) }
    const impossible: ReadonlyArray<ReadonlyArray<TiffEntry>> = [
      [entry(322, 0), entry(323, 16)],
      [entry(322, 16), entry(323, 0)],
      [{ tag: 256, type: 8, values: [-3] }],
      [{ tag: 277, type: 11, values: [1.5] }]
    ]
    for (const extra of impossible) {
      const options = { width, height, bits: [32], photometric: 1, extra: [format(3), ...extra] }
      assert.throws(() => plainTiff(buildTiff({ blocks, pages: [pageOf(options, 100)] })), FormatError)
    }
  })
})
