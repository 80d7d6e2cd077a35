/** Kinds of samples that libvips refuses or misreads. */
import { assert, describe, it } from "@effect/vitest"
import { buildTiff, type PageOptions, pageOf, type TiffEntry } from "@sightline/fixtures/tiff"
import sharp from "sharp"
import { concatBytes } from "../../src/bytes/view.ts"
import { sharpInput } from "../../src/media/sharp-input.ts"
import { plainTiff } from "../../src/tiff/plain-tiff.ts"
import {
  assertShown,
  byte,
  colours,
  entry,
  expected,
  file,
  float32,
  format,
  greys,
  height,
  pixels,
  short,
  shown,
  width
} from "./six-fields.ts"

type Colour = readonly [number, number, number]
const grey = { photometric: 1 }

/** The same file with the bits of each byte of its pixels in reverse. */
const reversed = (options: Partial<PageOptions>, data: Uint8Array, bits: ReadonlyArray<number>) => {
  const turned = data.map((value) =>
    Number.parseInt(value.toString(2).padStart(8, "0").split("").toReversed().join(""), 2)
  )
  const extra = [...(options.extra ?? []), entry(266, 2)]
  return buildTiff({
    blocks: { pixels: turned },
    pages: [pageOf({ width, height, ...options, bits, extra }, data.length)]
  })
}

/** Samples of any number of bits, packed row by row. */
const packed = (samplesOf: (colour: Colour) => ReadonlyArray<number>, bits: number, photometric: number) => {
  const rows = Array.from({ length: height }, (_, y) => {
    const digits = pixels
      .slice(y * width, (y + 1) * width)
      .flatMap((colour) => samplesOf(colour).map((value) => Math.round((value / 255) * (2 ** bits - 1))))
      .map((value) => value.toString(2).padStart(bits, "0"))
      .join("")
    return Uint8Array.from(digits.match(/.{1,8}/g) ?? [], (eight) => Number.parseInt(eight.padEnd(8, "0"), 2))
  })
  const data = concatBytes(rows)
  const samples = samplesOf(colours[0]).length
  const options = { width, height, bits: Array.from({ length: samples }, () => bits), photometric }
  // The bytes of samples of whole bytes are in the file's order, and these are big-endian.
  return buildTiff({ blocks: { pixels: data }, pages: [pageOf(options, data.length)], littleEndian: false })
}

describe("a TIFF whose bytes are stored lowest bit first", () => {
  it("is decoded as it looks, also where its samples are rewritten", async () => {
    const samples = concatBytes(pixels.map((colour) => Uint8Array.of(...colour, 77, 78)))
    await assertShown(reversed({ extra: [entry(338, 0, 0)] }, samples, [8, 8, 8, 8, 8]), expected)
    const floats = concatBytes(pixels.map(([red]) => float32(red / 255)))
    await assertShown(reversed({ ...grey, extra: [format(3)] }, floats, [32]), greys)
  })
})

describe("a TIFF of floats", () => {
  const floats = (samplesOf: (colour: Colour) => ReadonlyArray<number>, photometric: number) =>
    file(samplesOf, float32, { photometric, extra: [format(3)] })

  it("some of which are a little over 1 is not shown black", async () => {
    const bright = (value: number) => (value === 240 ? 1.2 : value / 255)
    const wanted = greys.map((colour) => colour.map((value) => (value === 240 ? 255 : value)))
    await assertShown(
      floats(([red]) => [bright(red)], 1),
      wanted
    )
  })
  it("up to 10 is shown from black to its brightest", async () => {
    const found = (await shown(floats(([red]) => [red / 24], 1))).map(([value]) => value)
    assert.deepStrictEqual([Math.max(...found.map(Number)), found[0]], [255, 234])
  })
  it("in colour from 0 to 255 or 65,535 is not shown white", async () => {
    await assertShown(
      floats((colour) => colour, 2),
      expected
    )
    await assertShown(
      floats((colour) => colour.map((value) => value * 257), 2),
      expected
    )
  })
  it("in colour, a few of which are brighter than white, is left to libvips", () => {
    assert.isUndefined(plainTiff(floats((colour) => colour.map((value) => (value === 240 ? 3 : value / 255)), 2)))
  })
  it("that says so by SGI's tag is read as floats", () =>
    assertShown(
      file(([red]) => [red / 255], float32, { ...grey, extra: [entry(32_996, 3)] }),
      greys
    ))
})

describe("a TIFF with a palette", () => {
  const index = (colour: Colour) => colours.findIndex((each) => each === colour)
  const map = (bits: number, scale = 257): TiffEntry => ({
    tag: 320,
    type: 3,
    values: [0, 1, 2].flatMap((c) => Array.from({ length: 2 ** bits }, (_, i) => (colours[i]?.[c] ?? 0) * scale))
  })
  it("and a channel of unstated meaning is shown in its colours", async () => {
    const options = (scale: number) => ({ photometric: 3, extra: [map(8, scale), entry(338, 0)] })
    for (const scale of [257, 1])
      await assertShown(
        file((c) => [index(c), 77], byte, options(scale)),
        expected
      )
  })
  it("of 16 bits is shown in its colours", () =>
    assertShown(
      file((c) => [index(c)], short, { photometric: 3, extra: [map(16)] }),
      expected
    ))
  it("and alpha and another channel stays transparent", async () => {
    const extra = [map(8), entry(338, 2, 0)]
    const bytes = file((c) => [index(c), 128, 77], byte, { photometric: 3, extra })
    const [red, green, blue, opacity] = await sharp(sharpInput(bytes)).raw().toBuffer()
    assert.deepStrictEqual([red, green, blue, opacity], [...colours[0], 128])
  })
})

describe("a TIFF in CIELAB", () => {
  // Computed from the colours with the white of D50; negative values are stored as two's complement.
  const labs = [
    [48.2, 69.2, 52.3],
    [70.7, -63.3, 61.1],
    [29.8, 49.7, -91.8],
    [92.6, -14.2, 79.5],
    [25.3, 0, 0],
    [51.4, 66.9, -44.2]
  ] as const
  const labOf = (colour: Colour) => labs[colours.findIndex((each) => each === colour)] ?? labs[0]
  const cie8 = (colour: Colour) => {
    const [light, a, b] = labOf(colour)
    return [Math.round(light * 2.55), Math.round(a) & 255, Math.round(b) & 255]
  }
  const icc8 = (colour: Colour) => cie8(colour).map((value, i) => (i === 0 ? value : value ^ 128))
  const cie16 = (colour: Colour) => {
    const [light, a, b] = labOf(colour)
    return [Math.round(light * 655.35), Math.round(a * 256) & 65_535, Math.round(b * 256) & 65_535]
  }
  it("of 8 bits, in ICC's form, or with another channel is shown in its colours", async () => {
    const files = [
      file(cie8, byte, { photometric: 8 }),
      file((c) => [...cie8(c), 77], byte, { photometric: 8, extra: [entry(338, 0)] }),
      file(icc8, byte, { photometric: 9 }),
      file((c) => [...cie16(c), 77], short, { photometric: 8, extra: [entry(338, 0)] })
    ]
    const wanted = await shown(file(cie16, short, { photometric: 8 })) // what libvips shows by itself
    wanted.forEach((colour, i) =>
      colour.forEach((value, c) => assert.closeTo(value, expected[i]?.[c] ?? -1, 35, "white of D65 instead of D50"))
    )
    for (const bytes of files) await assertShown(bytes, wanted, 6)
  })
})

describe("a TIFF in YCbCr without subsampling", () => {
  const yCbCr = ([red, green, blue]: Colour) => {
    const y = 0.299 * red + 0.587 * green + 0.114 * blue
    return [y, 128 + (blue - y) / 1.772, 128 + (red - y) / 1.402].map((value) => Math.round(value))
  }
  it("is not shown as RGB, with or without another channel", async () => {
    const whole: TiffEntry = entry(530, 1, 1)
    await assertShown(file(yCbCr, byte, { photometric: 6, extra: [whole] }), expected, 3)
    const other = { photometric: 6, extra: [whole, entry(338, 0)] }
    await assertShown(
      file((c) => [...yCbCr(c), 77], byte, other),
      expected,
      3
    )
  })
  it("is left to libvips where it has subsampling", () => {
    assert.isUndefined(plainTiff(file(yCbCr, byte, { photometric: 6 })))
  })
})

describe("a TIFF of samples that do not fill their bytes", () => {
  it.each([5, 10, 12, 14, 24])("of %d bits is shown in its colours", async (bits) => {
    const tolerance = bits === 5 ? 5 : 1
    await assertShown(
      packed((colour) => colour, bits, 2),
      expected,
      tolerance
    )
    await assertShown(
      packed(([red]) => [red], bits, 1),
      greys,
      tolerance
    )
  })
  it("of 4 bits in colour is shown in its colours", () =>
    assertShown(
      packed((colour) => colour, 4, 2),
      expected,
      9
    ))
})

describe("a TIFF that does not say what its colours are", () => {
  it("is shown as RGB, or as grey where it has one sample", async () => {
    await assertShown(
      file((colour) => colour, byte, { without: [262] }),
      expected
    )
    await assertShown(
      file(([red]) => [red], byte, { without: [262] }),
      greys
    )
  })
})
