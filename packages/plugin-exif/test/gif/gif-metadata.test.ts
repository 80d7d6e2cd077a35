import { assert, describe, it } from "@effect/vitest"
import { concatBytes } from "@sightline/platform/bytes/view"
import { Effect } from "effect"
import sharp from "sharp"
import { readMetadata } from "../../src/file/image-metadata.ts"
import { strip } from "../../src/file/strip-metadata.ts"
import { prepared } from "../dataset.ts"
import { ascii, includesText } from "../support.ts"

interface GifFrame {
  readonly left?: number
  readonly top?: number
  readonly width: number
  readonly height: number
}

const little = (...values: ReadonlyArray<number>) => Uint8Array.from(values.flatMap((v) => [v & 255, v >> 8]))

/** Pixels of one colour as LZW codes of four bits; the table is cleared before codes grow. */
const lzw = (count: number): Uint8Array => {
  const codes = [8]
  for (let i = 0; i < count; i++) codes.push(...(i % 5 === 4 ? [8, 1] : [1]))
  codes.push(9)
  const bytes = Uint8Array.from({ length: Math.ceil(codes.length / 2) }, (_, i) => {
    return (codes[2 * i] ?? 0) | ((codes[2 * i + 1] ?? 0) << 4)
  })
  const blocks = Array.from({ length: Math.ceil(bytes.length / 255) }, (_, i) => bytes.subarray(i * 255, i * 255 + 255))
  return concatBytes([
    Uint8Array.of(3),
    ...blocks.flatMap((block) => [Uint8Array.of(block.length), block]),
    Uint8Array.of(0)
  ])
}

/** A GIF with a logical screen of this size and frames of one colour. */
const gif = (screen: readonly [number, number], ...frames: ReadonlyArray<GifFrame>): Uint8Array =>
  concatBytes([
    ascii("GIF89a"),
    little(...screen),
    Uint8Array.of(0x82, 0, 0),
    Uint8Array.from({ length: 24 }, (_, i) => i * 10),
    ...frames.flatMap(({ height, left = 0, top = 0, width }) => [
      Uint8Array.of(0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c),
      little(left, top, width, height),
      Uint8Array.of(0),
      lzw(width * height)
    ]),
    Uint8Array.of(0x3b)
  ])

describe("the size of a GIF", () => {
  const whole = { width: 48, height: 32 }
  const files: Readonly<Record<string, readonly [Uint8Array, number, number]>> = {
    "is that of its screen": [gif([48, 32], whole), 48, 32],
    "is that of its screen when the frame is smaller": [gif([48, 32], { width: 10, height: 8 }), 48, 32],
    "is that of its first frame when the screen is smaller": [gif([24, 16], whole), 48, 32],
    "holds a first frame that reaches over the right edge": [gif([24, 16], { left: 10, width: 20, height: 4 }), 30, 16],
    "holds a first frame that lies outside of the screen": [
      gif([24, 16], { left: 30, top: 20, width: 10, height: 10 }),
      40,
      30
    ],
    "is that of its first frame when there is no screen": [gif([0, 0], { width: 24, height: 16 }), 24, 16],
    "is that of screen and frame in one direction each": [gif([24, 16], { width: 10, height: 3000 }), 24, 3000],
    "does not grow for later frames": [gif([24, 16], { width: 24, height: 16 }, whole), 24, 16]
  }
  for (const [name, [bytes, width, height]] of Object.entries(files)) {
    it.live(`${name}, as decoders see it`, () =>
      Effect.gen(function* () {
        const read = readMetadata(bytes)
        assert.isTrue(read.ok)
        if (read.ok) assert.deepStrictEqual(read.value.stored, { width, height })
        const { bytes: sent, sent: size } = yield* prepared(bytes)
        assert.deepStrictEqual(size, { width, height })
        for (const each of [bytes, sent]) {
          const metadata = yield* Effect.promise(() => sharp(each, { animated: true }).metadata())
          assert.deepStrictEqual([metadata.width, metadata.pageHeight ?? metadata.height], [width, height])
        }
      })
    )
  }
  it("is that of the screen that is sent, when the first frame is larger in both directions", () => {
    const out = strip(gif([24, 16], whole))
    assert.isTrue(out.ok)
    if (!out.ok) return
    const screen = new DataView(out.value.buffer)
    assert.deepStrictEqual([screen.getUint16(6, true), screen.getUint16(8, true)], [48, 32])
  })
  it("is refused when it cannot be", () => {
    for (const bytes of [gif([0, 0], { width: 0, height: 0 }), gif([9, 9], { left: 65_000, width: 1000, height: 1 })]) {
      const read = readMetadata(bytes)
      assert.isTrue(!read.ok && read.error._tag === "ImageBroken")
    }
  })
})

it("a stripped GIF has no comments, XMP, unknown applications, plain text, or bytes behind its end", async () => {
  const bytes = gif([24, 16], { width: 24, height: 16 }, { width: 24, height: 16 })
  const blockOf = (label: number, body: Uint8Array) =>
    concatBytes([Uint8Array.of(0x21, label, body.length), body, Uint8Array.of(6), ascii("secret"), Uint8Array.of(0)])
  const loop = concatBytes([
    Uint8Array.of(0x21, 0xff, 11),
    ascii("NETSCAPE2.0"),
    Uint8Array.of(3, 1, 0, 0, 6),
    ascii("secret"),
    Uint8Array.of(0)
  ])
  const control = concatBytes([Uint8Array.of(0x21, 0xf9, 4, 0, 10, 0, 0, 6), ascii("secret"), Uint8Array.of(0)])
  const source = concatBytes([
    bytes.subarray(0, 37),
    loop,
    concatBytes([Uint8Array.of(0x21, 0xfe, 6), ascii("secret"), Uint8Array.of(0)]),
    blockOf(0xff, ascii("XMP DataXMP")),
    blockOf(0xff, ascii("ImageMagick")),
    blockOf(0x01, new Uint8Array(12)),
    control,
    bytes.subarray(37 + 8),
    ascii("secret")
  ])
  const read = readMetadata(source)
  assert.isTrue(read.ok && read.value.hasComment && read.value.hasXmp && read.value.hasTrailer && read.value.animated)
  const out = strip(source)
  assert.isTrue(out.ok)
  if (!out.ok) return
  assert.isFalse(includesText(out.value, "secret"))
  assert.isTrue(includesText(out.value, "NETSCAPE2.0"))
  const pixels = (from: Uint8Array) => sharp(from, { animated: true }).raw().toBuffer()
  assert.isTrue((await pixels(out.value)).equals(await pixels(source)))
})
