import { assert, describe, it } from "@effect/vitest"
import { decodeBitmap, endOfPixels, readBitmapHeader } from "../../src/bitmap/bitmap.ts"
import { FormatError } from "../../src/bytes/format-error.ts"

interface BitmapFile {
  readonly bits: number
  /** Coded rows, the bottom one first unless `height` is negative. */
  readonly pixels: ReadonlyArray<number>
  readonly width?: number
  readonly height?: number
  readonly compression?: number
  /** Bytes of palette or masks between header and pixels. */
  readonly between?: ReadonlyArray<number>
  readonly headerSize?: number
  readonly masks?: ReadonlyArray<number>
}

/** A bitmap file of 3 × 2 pixels, by default, with any kind of header. */
const bitmap = (file: BitmapFile): Uint8Array => {
  const { between = [], bits, compression = 0, headerSize = 40, height = 2, masks = [], pixels, width = 3 } = file
  const pixelsAt = 14 + headerSize + between.length
  const view = new DataView(new ArrayBuffer(pixelsAt + pixels.length))
  const set32 = (at: number, value: number) => {
    if (at + 4 <= 14 + headerSize) view.setUint32(at, value, true)
  }
  view.setUint16(0, 0x4d42, true)
  view.setUint32(10, pixelsAt, true)
  view.setUint32(14, headerSize, true)
  if (headerSize === 12) {
    view.setUint16(18, width, true)
    view.setUint16(20, height, true)
    view.setUint16(22, 1, true)
    view.setUint16(24, bits, true)
  } else {
    view.setInt32(18, width, true)
    view.setInt32(22, height, true)
    view.setUint16(26, 1, true)
    view.setUint16(28, bits, true)
    set32(30, compression)
    set32(46, bits <= 8 ? between.length / 4 : 0)
    masks.forEach((mask, i) => set32(54 + 4 * i, mask))
  }
  const out = new Uint8Array(view.buffer)
  out.set(between, 14 + headerSize)
  out.set(pixels, pixelsAt)
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
const smallPalette = palette.filter((_, i) => i % 4 !== 3)
const little = (...values: ReadonlyArray<number>) =>
  values.flatMap((value) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24])

const bgr = [0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0, 255, 0, 255, 0, 0, 0, 0, 0]
const eight = [0, 0, 1, 0, 1, 2, 3, 0]
const words = [...Array.from({ length: 8 }, () => 0), 0, 0, 255, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0]
const rgb565 = [0, 0, 0, 0, 0, 0xf8, 0, 0, 0, 0xf8, 0xe0, 0x07, 0x1f, 0, 0, 0]
const masks565 = [0xf800, 0x7e0, 0x1f]

describe("a bitmap is decoded", () => {
  const files: Readonly<Record<string, BitmapFile>> = {
    "24 bits": { bits: 24, pixels: bgr },
    "24 bits, top down": { bits: 24, pixels: [...bgr.slice(12), ...bgr.slice(0, 12)], height: -2 },
    "24 bits without the last row's padding": { bits: 24, pixels: bgr.slice(0, -3) },
    "8 bits": { bits: 8, pixels: eight, between: palette },
    "4 bits": { bits: 4, pixels: [0x00, 0x10, 0, 0, 0x12, 0x30, 0, 0], between: palette },
    "2 bits": { bits: 2, pixels: [0b00000100, 0, 0, 0, 0b01101100, 0, 0, 0], between: palette },
    "16 bits": { bits: 16, pixels: [0, 0, 0, 0, 0, 0x7c, 0, 0, 0, 0x7c, 0xe0, 0x03, 0x1f, 0, 0, 0] },
    "16 bits, masks behind the header": { bits: 16, pixels: rgb565, compression: 3, between: little(...masks565) },
    "16 bits, masks in a 52-byte header": { bits: 16, pixels: rgb565, compression: 3, headerSize: 52, masks: masks565 },
    "16 bits, masks in a 124-byte header": {
      bits: 16,
      pixels: rgb565,
      compression: 3,
      headerSize: 124,
      masks: masks565
    },
    "32 bits": { bits: 32, pixels: words },
    "32 bits, masks in another order": {
      bits: 32,
      pixels: words.flatMap((_, i) =>
        i % 4 === 3 ? [words[i - 3] ?? 0, words[i - 2] ?? 0, words[i - 1] ?? 0, 0] : []
      ),
      compression: 3,
      headerSize: 108,
      masks: [0xff0000, 0xff00, 0xff]
    },
    "OS/2 version 1, 24 bits": { bits: 24, pixels: bgr, headerSize: 12 },
    "OS/2 version 1, 8 bits": { bits: 8, pixels: eight, headerSize: 12, between: smallPalette },
    "OS/2 version 2, 8 bits": { bits: 8, pixels: eight, headerSize: 64, between: palette },
    "OS/2 version 2 of 16 bytes": { bits: 8, pixels: eight, headerSize: 16, between: palette },
    "OS/2 version 2, RLE24": {
      bits: 24,
      pixels: [2, 0, 0, 0, 1, 0, 0, 255, 0, 0, 0, 3, 0, 0, 255, 0, 255, 0, 255, 0, 0, 0, 0, 1],
      headerSize: 64,
      compression: 4
    },
    "RLE8: runs, listed pixels, ends of rows": {
      bits: 8,
      pixels: [2, 0, 1, 1, 0, 0, 0, 3, 1, 2, 3, 0, 0, 1],
      compression: 1,
      between: palette
    },
    "RLE8 that moves on and leaves pixels out": {
      bits: 8,
      pixels: [0, 2, 2, 0, 1, 1, 0, 0, 0, 3, 1, 2, 3, 0, 0, 1],
      compression: 1,
      between: palette
    },
    "RLE8 with runs beyond the row and no end mark": {
      bits: 8,
      pixels: [2, 0, 9, 1, 0, 0, 0, 3, 1, 2, 3, 0, 0, 0],
      compression: 1,
      between: palette
    },
    "RLE8, top down": {
      bits: 8,
      pixels: [0, 3, 1, 2, 3, 0, 0, 0, 2, 0, 1, 1, 0, 1],
      compression: 1,
      between: palette,
      height: -2
    },
    "RLE4: alternating runs and listed pixels": {
      bits: 4,
      pixels: [2, 0x00, 1, 0x10, 0, 0, 0, 3, 0x12, 0x30, 0, 1],
      compression: 2,
      between: palette
    }
  }
  for (const [name, file] of Object.entries(files)) {
    it(name, () => {
      const bytes = bitmap(file)
      const { channels, data, height, width } = decodeBitmap(bytes)
      assert.deepStrictEqual([width, height, channels], [3, 2, 3])
      assert.deepStrictEqual([...data], expected)
      assert.isAtMost(endOfPixels(bytes, readBitmapHeader(bytes)), bytes.length)
    })
  }

  it("1 bit", () => {
    const pixels = [0b01000000, 0, 0, 0, 0b10100000, 0, 0, 0]
    assert.deepStrictEqual(
      [...decodeBitmap(bitmap({ bits: 1, pixels, between: palette.slice(0, 8) })).data],
      [...red, ...black, ...red, ...black, ...red, ...black]
    )
  })

  it("RLE4 with two colours in a run", () => {
    const bytes = bitmap({ bits: 4, pixels: [3, 0x12, 0, 0, 3, 0x21, 0, 1], compression: 2, between: palette })
    assert.deepStrictEqual([...decodeBitmap(bytes).data], [...green, ...red, ...green, ...red, ...green, ...red])
  })

  it("with alpha, which counts as opaque where it is 0 everywhere", () => {
    const masks = [0xff0000, 0xff00, 0xff, 0xff000000]
    const file = { bits: 32, compression: 3, headerSize: 124, masks, width: 1, height: 2 }
    const half = decodeBitmap(bitmap({ ...file, pixels: [1, 2, 3, 128, 4, 5, 6, 0] }))
    assert.deepStrictEqual([half.channels, ...half.data], [4, 6, 5, 4, 0, 3, 2, 1, 128])
    const unused = decodeBitmap(bitmap({ ...file, pixels: [1, 2, 3, 0, 4, 5, 6, 0] }))
    assert.deepStrictEqual([...unused.data], [6, 5, 4, 255, 3, 2, 1, 255])
  })

  it("masks of more than 8 bits as levels", () => {
    const masks = [0x3ff00000, 0xffc00, 0x3ff]
    const pixels = little(0x3ff00000, (512 << 10) | 1023)
    const file = { bits: 32, compression: 3, between: little(...masks), width: 2, height: 1, pixels }
    assert.deepStrictEqual([...decodeBitmap(bitmap(file)).data], [255, 0, 0, 0, 128, 255])
  })

  it("a palette index that the palette does not have, as black", () => {
    const bytes = bitmap({ bits: 8, pixels: [200, 1, 1, 0, 1, 1, 1, 0], between: palette })
    assert.deepStrictEqual([...decodeBitmap(bytes).data.subarray(9, 15)], [...black, ...red])
  })
})

describe("a bitmap is refused", () => {
  const failure = (bytes: Uint8Array) => {
    try {
      decodeBitmap(bytes)
    } catch (cause) {
      if (cause instanceof FormatError) return cause.kind
      throw cause
    }
    return "none"
  }
  const wholes = [
    bitmap({ bits: 8, pixels: eight.slice(0, -1), between: palette }),
    bitmap({ bits: 8, pixels: eight.slice(0, -1), between: smallPalette, headerSize: 12 }),
    bitmap({ bits: 16, pixels: rgb565.slice(0, -2), compression: 3, between: little(...masks565) }),
    bitmap({ bits: 8, pixels: [2, 0, 1, 1, 0, 0, 0, 3, 1, 2, 3, 0, 0, 1], compression: 1, between: palette }),
    bitmap({ bits: 16, pixels: rgb565.slice(0, -2), compression: 3, headerSize: 124, masks: masks565 })
  ]
  it("when it is cut short, at every length", () => {
    for (const whole of wholes) {
      assert.strictEqual(failure(whole), "none")
      for (let length = 0; length < whole.length; length++)
        assert.strictEqual(failure(whole.slice(0, length)), "corrupt", `${length} of ${whole.length} bytes`)
    }
  })
  it("when its header contradicts itself", () => {
    const files: ReadonlyArray<BitmapFile> = [
      { bits: 8, pixels: [], between: palette, height: 0 },
      { bits: 8, pixels: [], between: palette, width: 0 },
      { bits: 8, pixels: eight, between: palette, width: -3 },
      { bits: 7, pixels: eight, between: palette },
      { bits: 24, pixels: bgr, compression: 1 },
      { bits: 8, pixels: eight, between: palette, compression: 3 },
      { bits: 8, pixels: eight, between: palette, compression: 99 },
      { bits: 16, pixels: rgb565, compression: 3, between: little(0, 0, 0) },
      { bits: 8, pixels: eight, between: palette, headerSize: 13 },
      { bits: 16, pixels: rgb565, compression: 3, headerSize: 44, masks: masks565 }
    ]
    for (const file of files) assert.strictEqual(failure(bitmap(file)), "corrupt", JSON.stringify(file))
  })
  it("when its pixels are fax codes or an embedded file", () => {
    const files: ReadonlyArray<BitmapFile> = [
      { bits: 1, pixels: [0, 0, 0, 0], between: palette.slice(0, 8), headerSize: 64, compression: 3 },
      { bits: 0, pixels: [0xff, 0xd8], compression: 4 },
      { bits: 0, pixels: [0x89, 0x50], compression: 5 }
    ]
    for (const file of files) assert.strictEqual(failure(bitmap(file)), "unsupported", JSON.stringify(file))
  })
})
