import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import sharp from "sharp"
import { readMetadata } from "../../src/file/image-metadata.ts"
import { bytesOf, files, hasExifData, prepared, sets } from "../dataset.ts"
import { gridDistance, gridOf, jpegOf, pixelsOf } from "../support.ts"

describe.skipIf(!hasExifData)("pictures stored in every orientation", () => {
  it.live.each(sets)("come out upright: %s", ([, set]) =>
    Effect.gen(function* () {
      const reference = yield* Effect.promise(() => gridOf(bytesOf(set.reference)))
      for (const name of set.files) {
        const { bytes, sent } = yield* prepared(bytesOf(name))
        const { height, width } = yield* Effect.promise(() => sharp(bytes).metadata())
        assert.deepStrictEqual([width, height], [...set.uprightSize], name)
        assert.deepStrictEqual([sent.width, sent.height], [...set.uprightSize], name)
        const grid = yield* Effect.promise(() => gridOf(bytes))
        assert.isAtMost(gridDistance(grid ?? [], reference ?? []), set.bound, name)
      }
    })
  )
})

describe.skipIf(!hasExifData)("every file of the data set", () => {
  const decodable = files.filter(([name]) => !name.endsWith(".heic"))
  it.live.each(decodable)("is sent upright: %s", ([name, expected]) =>
    Effect.gen(function* () {
      const { bytes, touch } = yield* prepared(bytesOf(name))
      const { height, width } = yield* Effect.promise(() => sharp(bytes).metadata())
      assert.deepStrictEqual([width, height], [...expected.oriented])
      const read = readMetadata(bytes)
      assert.isTrue(read.ok && read.value.exif === undefined && read.value.orientation === 1)
      const turned = expected.oriented[0] !== expected.stored[0] || expected.exifOrientation !== 1
      if (!turned && name.endsWith(".jpg")) assert.strictEqual(touch, "cut")
      if (expected.uprightGrid) {
        // Tools differ in how they take CMYK and profiles of grey; these are compared with the source itself.
        const same = touch === "cut" ? yield* Effect.promise(() => gridOf(bytesOf(name))) : null
        const grids = yield* Effect.promise(() => Promise.all([gridOf(bytes, true), gridOf(bytes)]))
        const off = grids.map((grid) => gridDistance(grid ?? [], expected.uprightGrid ?? []))
        assert.isAtMost(Math.min(...off, gridDistance(grids[1] ?? [], same ?? expected.uprightGrid)), 3)
      }
    })
  )

  it.live("a HEIC that cannot be decoded here fails with the alternatives", () =>
    Effect.gen(function* () {
      const heic = files.find(([name]) => name.endsWith(".heic"))
      if (heic === undefined) return
      const exit = yield* Effect.exit(prepared(bytesOf(heic[0])))
      const [reason] = Exit.isFailure(exit) ? exit.cause.reasons : []
      assert.isTrue(reason?._tag === "Fail" && reason.error._tag === "ImageUndecodable")
      assert.match(reason?._tag === "Fail" ? reason.error.message : "", /exif\(\{ codec \}\).*URL/)
    })
  )
})

describe("prepare", () => {
  const withOrientation = async (orientation: number, width: number, height: number) =>
    sharp(await jpegOf(width, height, 3))
      .withMetadata({ orientation })
      .jpeg({ quality: 83 })
      .toBuffer()

  it.live("cuts an upright JPEG without decoding it", () =>
    Effect.gen(function* () {
      const source = yield* Effect.promise(() => withOrientation(1, 50, 30))
      const { bytes, touch } = yield* prepared(source)
      assert.strictEqual(touch, "cut")
      const scan = source.subarray(source.lastIndexOf(Buffer.from([0xff, 0xda])))
      assert.isTrue(Buffer.from(bytes).subarray(-scan.length).equals(scan))
    })
  )
  it.live("turns a JPEG of whole blocks without loss", () =>
    Effect.gen(function* () {
      const source = yield* Effect.promise(() => withOrientation(6, 64, 48))
      const { sent, touch } = yield* prepared(source)
      assert.strictEqual(touch, "lossless")
      assert.deepStrictEqual(sent, { width: 48, height: 64 })
    })
  )
  it.live("re-encodes a JPEG with partial blocks near its own quality, and keeps every pixel", () =>
    Effect.gen(function* () {
      const source = yield* Effect.promise(() => withOrientation(6, 70, 50))
      const { bytes, sent, touch } = yield* prepared(source)
      assert.strictEqual(touch, "re-encoded")
      assert.deepStrictEqual(sent, { width: 50, height: 70 })
      const theirs = yield* Effect.promise(() => sharp(source).autoOrient().raw().toBuffer())
      const ours = yield* Effect.promise(() => pixelsOf(bytes))
      const off = theirs.reduce((sum, value, i) => sum + Math.abs(value - (ours.data[i] ?? 0)), 0) / theirs.length
      assert.isBelow(off, 4)
      assert.isBelow(Math.abs(bytes.length - source.length) / source.length, 0.6)
    })
  )
  it.live("turns a PNG exactly", () =>
    Effect.gen(function* () {
      const plain = yield* Effect.promise(async () =>
        sharp(await jpegOf(20, 12, 3))
          .png()
          .toBuffer()
      )
      for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
        const source = yield* Effect.promise(() => sharp(plain).withMetadata({ orientation }).png().toBuffer())
        const { bytes } = yield* prepared(source)
        const theirs = yield* Effect.promise(() => sharp(source).autoOrient().raw().toBuffer())
        const ours = yield* Effect.promise(() => sharp(bytes).raw().toBuffer())
        assert.isTrue(theirs.equals(ours), `orientation ${orientation}`)
      }
    })
  )
  it.live("makes a picture smaller, never larger", () =>
    Effect.gen(function* () {
      const source = yield* Effect.promise(() => withOrientation(8, 120, 80))
      const small = yield* prepared(source, { maxSide: 60 })
      assert.deepStrictEqual(small.sent, { width: 40, height: 60 })
      const same = yield* prepared(source, { maxSide: 500 })
      assert.deepStrictEqual(same.sent, { width: 80, height: 120 })
    })
  )
  it.live("converts a wide-gamut picture to sRGB when its profile must go", () =>
    Effect.gen(function* () {
      const source = yield* Effect.promise(async () =>
        sharp(await jpegOf(32, 32, 3))
          .withIccProfile("p3")
          .jpeg()
          .toBuffer()
      )
      const before = yield* Effect.promise(() => gridOf(source))
      const kept = yield* prepared(source)
      assert.strictEqual(kept.touch, "cut")
      const { bytes, touch } = yield* prepared(source, { keep: [] })
      assert.strictEqual(touch, "re-encoded")
      const { icc } = yield* Effect.promise(() => sharp(bytes).metadata())
      assert.isUndefined(icc)
      const after = yield* Effect.promise(() => gridOf(bytes))
      assert.isBelow(gridDistance(before ?? [], after ?? []), 3)
    })
  )
  it.live("refuses to decode more than maxPixels", () =>
    Effect.gen(function* () {
      const source = yield* Effect.promise(() => withOrientation(6, 70, 50))
      const error = yield* Effect.flip(prepared(source, { maxPixels: 1000 }))
      assert.strictEqual(error._tag, "ImageTooLarge")
    })
  )
})
