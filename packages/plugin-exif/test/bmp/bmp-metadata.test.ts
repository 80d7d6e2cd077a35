import { assert, describe, it } from "@effect/vitest"
import { drawing } from "@sightline/fixtures/drawing"
import { decodeBitmap } from "@sightline/platform/bitmap"
import { concatBytes } from "@sightline/platform/bytes/view"
import { Effect } from "effect"
import sharp from "sharp"
import { sharpImageCodec } from "../../src/codec/sharp-image-codec.ts"
import { readMetadata } from "../../src/file/image-metadata.ts"
import { strip } from "../../src/file/strip-metadata.ts"
import { prepared } from "../dataset.ts"
import { ascii, includesText } from "../support.ts"

const [width, height] = [24, 16]
const rgb = drawing(width, height, 3)

/** The rows of a 24-bit bitmap. */
const rows = (() => {
  const out = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [from, to] = [(y * width + x) * 3, ((height - 1 - y) * width + x) * 3]
      out.set([rgb[from + 2] ?? 0, rgb[from + 1] ?? 0, rgb[from] ?? 0], to)
    }
  }
  return out
})()

/** A 24-bit bitmap with a header of version 5, whose profile fields are given, and bytes between and behind. */
const bitmap = (options: {
  readonly between?: Uint8Array
  readonly behind?: Uint8Array
  readonly profile?: { readonly kind: "MBED" | "LINK"; readonly bytes: Uint8Array }
}): Uint8Array => {
  const { behind = new Uint8Array(0), between = new Uint8Array(0), profile } = options
  const head = new Uint8Array(138)
  const view = new DataView(head.buffer)
  view.setUint16(0, 0x4d42, true)
  view.setUint32(6, 0x12345678, true)
  view.setUint32(10, 138 + between.length, true)
  view.setUint32(14, 124, true)
  view.setInt32(18, width, true)
  view.setInt32(22, height, true)
  view.setUint16(26, 1, true)
  view.setUint16(28, 24, true)
  if (profile !== undefined) {
    view.setUint32(70, Buffer.from(profile.kind).readUInt32BE(), true)
    view.setUint32(126, 138 + between.length + rows.length - 14, true)
    view.setUint32(130, profile.bytes.length, true)
  }
  return concatBytes([head, between, rows, profile?.bytes ?? new Uint8Array(0), behind])
}

const cut = (bytes: Uint8Array, keep?: ReadonlyArray<"icc">): Uint8Array => {
  const result = strip(bytes, keep === undefined ? {} : { keep })
  if (!result.ok) throw result.error
  return result.value
}
const secret = ascii("secret")

describe("a stripped BMP", () => {
  it("has no bytes between its header and its pixels, none behind them, and no reserved ones", () => {
    const source = bitmap({ between: secret, behind: secret })
    const read = readMetadata(source)
    assert.isTrue(read.ok && read.value.hasTrailer)
    const out = cut(source)
    assert.isFalse(includesText(out, "secret"))
    assert.strictEqual(new DataView(out.buffer).getUint32(6), 0)
    assert.strictEqual(new DataView(out.buffer).getUint32(2, true), out.length)
    assert.deepStrictEqual(decodeBitmap(out).data, rgb)
  })
  it("has no path of a linked profile", () => {
    const out = cut(bitmap({ profile: { kind: "LINK", bytes: ascii("C:\\Users\\secret\\p3.icc") } }))
    assert.isFalse(includesText(out, "secret"))
    assert.deepStrictEqual(decodeBitmap(out).data, rgb)
  })
  it("keeps an embedded profile unless it is asked to drop it", async () => {
    const { icc = Buffer.alloc(0) } = await sharp(rgb, { raw: { width, height, channels: 3 } })
      .withIccProfile("srgb")
      .png()
      .toBuffer()
      .then((png) => sharp(png).metadata())
    const source = bitmap({ profile: { kind: "MBED", bytes: new Uint8Array(icc) } })
    const read = readMetadata(source)
    assert.isTrue(read.ok && read.value.icc?.colorSpace === "RGB" && !read.value.hasTrailer)
    const kept = readMetadata(cut(source))
    assert.isTrue(kept.ok && kept.value.icc?.sizeBytes === icc.length)
    const dropped = cut(source, [])
    const after = readMetadata(dropped)
    assert.isTrue(after.ok && after.value.icc === undefined && !after.value.hasTrailer)
    assert.deepStrictEqual(decodeBitmap(dropped).data, rgb)
  })
  it("with run lengths ends where they do", () => {
    const palette = Array.from({ length: 8 }, (_, i) => i * 30)
    const head = new Uint8Array(54)
    const view = new DataView(head.buffer)
    view.setUint16(0, 0x4d42, true)
    view.setUint32(10, 62, true)
    view.setUint32(14, 40, true)
    view.setInt32(18, 2, true)
    view.setInt32(22, 1, true)
    view.setUint16(26, 1, true)
    view.setUint16(28, 8, true)
    view.setUint32(30, 1, true)
    view.setUint32(46, 2, true)
    const whole = concatBytes([head, Uint8Array.from(palette), Uint8Array.of(2, 1, 0, 1)])
    view.setUint32(2, whole.length, true)
    whole.set(head)
    assert.deepStrictEqual(cut(concatBytes([whole, secret])), whole)
  })
})

describe("a BMP is decoded in Node", () => {
  it.live("to be made smaller or converted", () =>
    Effect.gen(function* () {
      const { bytes, format, sent } = yield* prepared(bitmap({}), { accepts: ["png"] })
      assert.deepStrictEqual([format, sent], ["png", { width, height }])
      const pixels = yield* Effect.promise(() => sharp(bytes).raw().toBuffer())
      assert.isTrue(pixels.equals(rgb))
      const small = yield* prepared(bitmap({}), { maxSide: 12 })
      assert.deepStrictEqual([small.format, small.sent], ["png", { width: 12, height: 8 }])
    })
  )
  it.live("to be cut", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const picture = yield* sharpImageCodec(1e6).open(bitmap({}))
        const part = yield* picture.cut({ left: 3, top: 2, right: 13, bottom: 9 })
        const found = yield* Effect.promise(() => sharp(part.bytes).raw().toBuffer())
        const wanted = yield* Effect.promise(() =>
          sharp(rgb, { raw: { width, height, channels: 3 } })
            .extract({ left: 3, top: 2, width: 10, height: 7 })
            .raw()
            .toBuffer()
        )
        assert.isTrue(found.equals(wanted))
      })
    )
  )
  it.live("unless its run lengths state more pixels than are decoded here", () =>
    Effect.gen(function* () {
      const bytes = bitmap({})
      const view = new DataView(bytes.buffer)
      view.setInt32(18, 30_000, true)
      view.setInt32(22, 8000, true)
      view.setUint16(28, 8, true)
      view.setUint32(30, 1, true)
      bytes.set([0, 1], 138)
      const error = yield* Effect.flip(prepared(bytes, { accepts: ["png"] }))
      assert.strictEqual(error._tag, "ImageUndecodable")
    })
  )
})
