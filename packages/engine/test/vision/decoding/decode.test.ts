import { assert, describe, it } from "@effect/vitest"
import { buildTiff, pageOf } from "@sightline/fixtures/tiff"
import { decode, readHeader } from "../../../src/vision/decoding/decode.ts"
import { defaultVisionLimits } from "../../../src/vision/decoding/decode-limits.ts"

/** A bitmap of 4 × 2 pixels with a header of any size: the upper row is red, the lower one blue. */
const bitmap = (headerSize: number, compression: number, pixels: ReadonlyArray<number>): Uint8Array => {
  const palette = headerSize === 12 ? [0, 0, 255, 255, 0, 0] : [0, 0, 255, 0, 255, 0, 0, 0]
  const pixelsAt = 14 + headerSize + palette.length
  const view = new DataView(new ArrayBuffer(pixelsAt + pixels.length))
  view.setUint16(0, 0x4d42, true)
  view.setUint32(10, pixelsAt, true)
  view.setUint32(14, headerSize, true)
  const [width, height, bits] = headerSize === 12 ? [18, 20, 24] : [18, 22, 28]
  view.setUint16(width, 4, true)
  view.setUint16(height, 2, true)
  view.setUint16(bits, 8, true)
  if (headerSize !== 12) {
    view.setUint32(30, compression, true)
    view.setUint32(46, 2, true)
  }
  const out = new Uint8Array(view.buffer)
  out.set(palette, 14 + headerSize)
  out.set(pixels, pixelsAt)
  return out
}

describe("bitmaps", () => {
  const files = {
    "without compression": bitmap(40, 0, [1, 1, 1, 1, 0, 0, 0, 0]),
    "with an OS/2 header": bitmap(12, 0, [1, 1, 1, 1, 0, 0, 0, 0]),
    "with run lengths": bitmap(40, 1, [4, 1, 0, 0, 4, 0, 0, 1])
  }
  for (const [name, bytes] of Object.entries(files)) {
    it(`are read ${name}`, async () => {
      const header = await readHeader(bytes, defaultVisionLimits)
      assert.deepStrictEqual([header.width, header.height, header.format], [4, 2, "bmp"])
      const frame = { width: 4, height: 2, fit: "fill" } as const
      const { data } = await decode(bytes, header, frame, defaultVisionLimits)
      assert.deepStrictEqual([...data.subarray(0, 3), ...data.subarray(12, 15)], [255, 0, 0, 0, 0, 255])
    })
  }
})

describe("TIFFs", () => {
  const [width, height] = [4, 2]
  const frame = { width, height, fit: "fill" } as const
  const firstPixel = async (bytes: Uint8Array) => {
    const header = await readHeader(bytes, defaultVisionLimits)
    assert.deepStrictEqual([header.width, header.height, header.format], [width, height, "tiff"])
    const { data } = await decode(bytes, header, frame, defaultVisionLimits)
    return [...data.subarray(0, 3)]
  }

  it.each([1, 2, 3, 9])("are read with %d channels beside their colours", async (others) => {
    const samples = 3 + others
    const pixels = Uint8Array.from({ length: width * height * samples }, (_, i) => [250, 10, 20][i % samples] ?? 77)
    const page = pageOf({ width, height, bits: Array.from({ length: samples }, () => 8) }, pixels.length)
    assert.deepStrictEqual(await firstPixel(buildTiff({ blocks: { pixels }, pages: [page] })), [250, 10, 20])
  })

  it("are read when their samples are grey floats", async () => {
    const pixels = new Uint8Array(Float32Array.from({ length: width * height }, () => 0.5).buffer)
    const extra = [{ tag: 339, type: 3, values: [3] }]
    const page = pageOf({ width, height, bits: [32], photometric: 1, extra }, pixels.length)
    assert.deepStrictEqual(await firstPixel(buildTiff({ blocks: { pixels }, pages: [page] })), [128, 128, 128])
  })
})
