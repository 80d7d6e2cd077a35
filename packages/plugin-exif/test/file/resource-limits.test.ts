import { deflateSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { concatBytes } from "@sightline/platform/bytes/view"
import sharp from "sharp"
import { readMetadata } from "../../src/file/image-metadata.ts"
import { strip } from "../../src/file/strip-metadata.ts"
import { turn } from "../../src/file/turn-upright.ts"
import { jpegOf } from "../support.ts"

const ascii = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))
const chunk = (name: string, body: Uint8Array) => {
  const size = new Uint8Array(4)
  new DataView(size.buffer).setUint32(0, body.length)
  return concatBytes([size, ascii(name), body, new Uint8Array(4)])
}
const mebibyte = 1 << 20

/** Runs, and fails when the process has grown by more than `mebibytes` after it. */
const within = <A>(mebibytes: number, run: () => A): A => {
  const before = process.memoryUsage()
  const result = run()
  const after = process.memoryUsage()
  assert.isBelow((after.arrayBuffers - before.arrayBuffers + after.heapUsed - before.heapUsed) / mebibyte, mebibytes)
  return result
}

describe("files that are built to exhaust", () => {
  it("a PNG of a thousand compressed bombs is read in bounded time, and stripped", async () => {
    const plain = new Uint8Array(
      await sharp(await jpegOf(24, 16, 3))
        .png()
        .toBuffer()
    )
    const bomb = deflateSync(new Uint8Array(8 * mebibyte))
    const one = chunk("zTXt", concatBytes([ascii("Raw profile type exif\0\0"), bomb]))
    const broken = chunk("zTXt", concatBytes([ascii("Raw profile type exif\0\0"), bomb.subarray(0, -20)]))
    const file = concatBytes([
      plain.subarray(0, 33),
      ...Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? one : broken)),
      plain.subarray(33)
    ])
    const read = within(200, () => readMetadata(file))
    assert.isTrue(read.ok)
    const cut = strip(file)
    assert.isTrue(cut.ok && cut.value.length === plain.length)
  }, 20_000)

  it("a PNG of a million empty chunks is refused", async () => {
    const plain = new Uint8Array(
      await sharp(await jpegOf(24, 16, 3))
        .png()
        .toBuffer()
    )
    const empty = chunk("teSt", new Uint8Array(0))
    const file = concatBytes([
      plain.subarray(0, 33),
      ...Array.from({ length: 1_000_000 }, () => empty),
      plain.subarray(33)
    ])
    const read = readMetadata(file)
    assert.isTrue(!read.ok && read.error._tag === "ImageBroken")
  }, 20_000)

  it("a JPEG that states more blocks than its data could hold is refused before memory is taken", async () => {
    const source = Uint8Array.from(await jpegOf(64, 64, 3, { quality: 50 }))
    const frame = source.findIndex((byte, i) => byte === 0xff && source[i + 1] === 0xc0)
    source.set([0xff, 0xff, 0xff, 0xff], frame + 5)
    const turned = within(50, () => turn(source, { orientation: 6, partialBlocks: "trim" }))
    assert.isTrue(!turned.ok && turned.error._tag === "ImageUnsupported")
    const padded = concatBytes([source.subarray(0, -2), new Uint8Array(48 * mebibyte), source.subarray(-2)])
    const huge = within(300, () => turn(padded, { orientation: 6, partialBlocks: "requantise" }))
    assert.isFalse(huge.ok)
  }, 20_000)

  it("a JPEG of a hundred thousand empty segments is refused", async () => {
    const plain = new Uint8Array(await jpegOf(24, 16, 3))
    const comments = Array.from({ length: 100_000 }, () => Uint8Array.of(0xff, 0xfe, 0, 2))
    const read = readMetadata(concatBytes([plain.subarray(0, 2), ...comments, plain.subarray(2)]))
    assert.isTrue(!read.ok && read.error._tag === "ImageBroken")
  })
})
