import { assert, describe, it } from "@effect/vitest"
import { readBitmap, readBitmapHeader } from "../../src/vision/bmp.ts"

/** A bitmap file of 3 × 2 pixels from its rows (bottom first, padded), palette and header fields. */
const bitmap = (
  bits: number,
  rows: ReadonlyArray<number>,
  extra: ReadonlyArray<number> = [],
  height = 2,
  compression = 0
) => {
  const view = new DataView(new ArrayBuffer(54 + extra.length + rows.length))
  const out = new Uint8Array(view.buffer)
  out.set([0x42, 0x4d])
  view.setUint32(10, 54 + extra.length, true)
  view.setUint32(14, 40, true)
  view.setInt32(18, 3, true)
  view.setInt32(22, height, true)
  view.setUint16(28, bits, true)
  view.setUint32(30, compression, true)
  if (bits <= 8) view.setUint32(46, extra.length / 4, true)
  out.set(extra, 54)
  out.set(rows, 54 + extra.length)
  return out
}

const [red, green, blue, black] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [0, 0, 0]
] as const
const expected = [...red, ...green, ...blue, ...black, ...black, ...red]
const palette = [0, 0, 0, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0] // black, red, green, blue

const pixelsOf = (bytes: Uint8Array) => {
  const header = readBitmapHeader(bytes)
  if (typeof header === "string") return header
  const read = readBitmap(bytes, header)
  return typeof read === "string" ? read : [...read.data]
}

describe("bitmaps", () => {
  const bgr = [0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0, 255, 0, 255, 0, 0, 0, 0, 0]
  const cases: ReadonlyArray<readonly [string, Uint8Array]> = [
    ["24 bits", bitmap(24, bgr)],
    ["24 bits, top down", bitmap(24, [...bgr.slice(12), ...bgr.slice(0, 12)], [], -2)],
    ["8 bits", bitmap(8, [0, 0, 1, 0, 1, 2, 3, 0], palette)],
    ["4 bits", bitmap(4, [0x00, 0x10, 0, 0, 0x12, 0x30, 0, 0], palette)],
    ["16 bits", bitmap(16, [0, 0, 0, 0, 0, 0x7c, 0, 0, 0, 0x7c, 0xe0, 0x03, 0x1f, 0, 0, 0])],
    [
      "16 bits with masks",
      bitmap(
        16,
        [0, 0, 0, 0, 0, 0xf8, 0, 0, 0, 0xf8, 0xe0, 0x07, 0x1f, 0, 0, 0],
        [0, 0xf8, 0, 0, 0xe0, 7, 0, 0, 0x1f, 0, 0, 0],
        2,
        3
      )
    ],
    [
      "32 bits",
      bitmap(32, [...Array.from({ length: 8 }, () => 0), 0, 0, 255, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0])
    ]
  ]
  for (const [name, bytes] of cases) {
    it(`reads ${name}`, () => {
      assert.deepStrictEqual(pixelsOf(bytes), expected)
    })
  }

  it("reads one bit a pixel", () => {
    const found = pixelsOf(bitmap(1, [0b01000000, 0, 0, 0, 0b10100000, 0, 0, 0], palette.slice(0, 8)))
    assert.deepStrictEqual(found, [...red, ...black, ...red, ...black, ...red, ...black])
  })

  it("says what is wrong with a cut, compressed or empty one, at every length", () => {
    const whole = bitmap(8, [0, 0, 1, 0, 1, 2, 3, 0], palette)
    for (let length = 0; length < whole.length; length++) assert.isString(pixelsOf(whole.slice(0, length)))
    assert.isString(pixelsOf(bitmap(8, [0, 0, 1, 0, 1, 2, 3, 0], palette, 2, 1)))
    assert.isString(pixelsOf(bitmap(8, [], palette, 0)))
    assert.isString(pixelsOf(bitmap(7, [0, 0, 1, 0, 1, 2, 3, 0], palette)))
  })
})
