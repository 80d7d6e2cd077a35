/** TIFF files of six fields of colour, and how sharp shows them. */
import { assert } from "@effect/vitest"
import { buildTiff, type PageOptions, pageOf, type TiffEntry } from "@sightline/fixtures/tiff"
import sharp from "sharp"
import { concatBytes } from "../../src/bytes/view.ts"
import { sharpInput } from "../../src/media/sharp-input.ts"

/** Six fields of colour, 48 × 32. */
export const [width, height] = [48, 32]
export const colours = [
  [220, 30, 30],
  [30, 200, 40],
  [30, 40, 220],
  [240, 240, 60],
  [60, 60, 60],
  [200, 60, 200]
] as const
export const colourAt = (x: number, y: number) => colours[Math.floor(x / 16) + 3 * Math.floor(y / 16)] ?? colours[0]
export const pixels = Array.from({ length: width * height }, (_, i) => colourAt(i % width, Math.floor(i / width)))

type Encode = (value: number) => Uint8Array
export const [float32, float64, half, byte, short, long] = ((): ReadonlyArray<Encode> => {
  const data = new DataView(new ArrayBuffer(8))
  const made = (size: number, set: (value: number) => void) => (value: number) => {
    set(value)
    return new Uint8Array(data.buffer.slice(0, size))
  }
  // Fractions whose exponent and upper bits fit in half precision.
  const asHalf = (value: number) => {
    if (value === 0) return 0
    const exponent = Math.floor(Math.log2(value))
    return ((exponent + 15) << 10) | Math.round((value / 2 ** exponent - 1) * 1024)
  }
  return [
    made(4, (value) => data.setFloat32(0, value, true)),
    made(8, (value) => data.setFloat64(0, value, true)),
    made(2, (value) => data.setUint16(0, asHalf(value), true)),
    made(1, (value) => data.setUint8(0, value)),
    made(2, (value) => data.setUint16(0, value, true)),
    made(4, (value) => data.setUint32(0, value, true))
  ]
})() as [Encode, Encode, Encode, Encode, Encode, Encode] // as many as are named

/** A file whose samples are `samplesOf(colour)`, each written by `encode`. */
export const file = (
  samplesOf: (colour: readonly [number, number, number]) => ReadonlyArray<number>,
  encode: Encode,
  options: Partial<PageOptions> = {}
) => {
  const data = concatBytes(pixels.flatMap((colour) => samplesOf(colour).map(encode)))
  const samples = samplesOf(colours[0]).length
  const bits = Array.from({ length: samples }, () => encode(0).length * 8)
  return buildTiff({ blocks: { pixels: data }, pages: [pageOf({ width, height, bits, ...options }, data.length)] })
}
export const entry = (tag: number, ...values: ReadonlyArray<number>): TiffEntry => ({ tag, type: 3, values })
export const format = (kind: number): TiffEntry => entry(339, kind)

/** The colours that sharp shows in the middle of the fields. */
export const shown = async (bytes: Uint8Array): Promise<ReadonlyArray<ReadonlyArray<number>>> => {
  const { data, info } = await sharp(sharpInput(bytes), { failOn: "error" })
    .flatten({ background: "#fff" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
  return [8, 24, 40].flatMap((x) =>
    [8, 24].map((y) => [...data.subarray((y * info.width + x) * info.channels).subarray(0, 3)])
  )
}
export const expected = [8, 24, 40].flatMap((x) => [8, 24].map((y) => [...colourAt(x, y)]))
export const greys = expected.map(([red = 0]) => [red, red, red])

export const assertShown = async (bytes: Uint8Array, wanted: ReadonlyArray<ReadonlyArray<number>>, tolerance = 1) => {
  const found = await shown(bytes)
  found.forEach((colour, i) =>
    colour.forEach((value, c) => assert.closeTo(value, wanted[i]?.[c] ?? -1, tolerance, `colour ${i}`))
  )
}
