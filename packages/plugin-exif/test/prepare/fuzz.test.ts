import { assert, describe, it } from "@effect/vitest"
import { drawing } from "@sightline/fixtures/drawing"
import { buildTiff, pageOf } from "@sightline/fixtures/tiff"
import { concatBytes } from "@sightline/platform/bytes/view"
import sharp from "sharp"
import { bytesOf, files } from "../dataset.ts"
import { jpegOf } from "../support.ts"
import { fuzz } from "./fuzz.ts"

/** A bitmap of 24 bits a pixel, or of 8 bits with run lengths. */
const bitmap = (runs: boolean): Uint8Array => {
  const palette = runs ? drawing(256, 1, 1) : new Uint8Array(0)
  const rows = Array.from({ length: 16 }, (_, y) => Uint8Array.of(20, y, 0, 4, 1, 2, 3, 4, 0, 0))
  const pixels = runs ? concatBytes([...rows, Uint8Array.of(0, 1)]) : drawing(24, 16, 3)
  const head = new Uint8Array(54)
  const view = new DataView(head.buffer)
  view.setUint16(0, 0x4d42, true)
  view.setUint32(10, head.length + palette.length, true)
  view.setUint32(14, 40, true)
  view.setInt32(18, 24, true)
  view.setInt32(22, 16, true)
  view.setUint16(26, 1, true)
  view.setUint16(28, runs ? 8 : 24, true)
  view.setUint32(30, runs ? 1 : 0, true)
  if (runs) view.setUint32(46, 64, true)
  return concatBytes([head, palette, pixels])
}

/** TIFFs that this package decodes: other channels, and floats. */
const unusualTiffs = (): ReadonlyArray<Uint8Array> => {
  const size = { width: 24, height: 16 }
  const channels = drawing(24 * 5, 16, 1)
  const floats = new Uint8Array(Float32Array.from(drawing(24, 16, 1), (value) => value / 255).buffer)
  return [
    buildTiff({
      blocks: { channels },
      pages: [pageOf({ ...size, bits: [8, 8, 8, 8, 8] }, channels.length, "channels")]
    }),
    buildTiff({
      blocks: { floats },
      pages: [
        pageOf(
          { ...size, bits: [32], photometric: 1, extra: [{ tag: 339, type: 3, values: [3] }] },
          floats.length,
          "floats"
        )
      ],
      big: true
    })
  ]
}

const drawings = async (): Promise<ReadonlyArray<readonly [string, Uint8Array]>> => {
  const jpeg = await sharp(await jpegOf(48, 32, 3))
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
  const encoded = await Promise.all([
    sharp(jpeg).keepMetadata().png().toBuffer(),
    sharp(jpeg).keepMetadata().webp().toBuffer(),
    sharp(jpeg).keepMetadata().tiff().toBuffer(),
    sharp(jpeg).keepMetadata().tiff({ compression: "lzw", tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
    sharp(jpeg).keepMetadata().avif({ effort: 0 }).toBuffer(),
    sharp(jpeg).keepMetadata().gif().toBuffer(),
    sharp(jpeg).keepMetadata().jpeg({ progressive: true }).toBuffer()
  ])
  const all = [jpeg, ...encoded, bitmap(false), bitmap(true), ...unusualTiffs()]
  return all.map((bytes, i) => [`drawing ${i}`, bytes] as const)
}

describe("damaged files", () => {
  it("end in a typed result: drawn pictures of all formats", async () => {
    const sources = await drawings()
    const report = await fuzz(sources, 1500, 1, false)
    assert.strictEqual(report.runs, 1500)
    await fuzz(sources, 200, 4, true)
  })
  it.skipIf(files.length === 0)("end in a typed result: files of the data set", async () => {
    const small = files.map(([name]) => [name, bytesOf(name)] as const).filter(([, bytes]) => bytes.length < 60_000)
    await fuzz(small, 800, 2, false)
    await fuzz(small, 60, 3, true)
  })
})
