import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import sharp from "sharp"
import { readMetadata } from "../../src/file/image-metadata.ts"
import { transformOf } from "../../src/image/orientation.ts"
import { bytesOf, files, prepared } from "../dataset.ts"
import { jpegOf, pixelsOf } from "../support.ts"

const read = (bytes: Uint8Array) => {
  const result = readMetadata(bytes)
  if (!result.ok) throw result.error
  return result.value
}

/** The file with its turning properties renamed, so that decoders show what is coded. */
const unturned = (bytes: Uint8Array): Uint8Array => {
  const copy = Buffer.from(bytes)
  for (const name of ["irot", "imir"]) {
    for (let at = copy.indexOf(name); at >= 0; at = copy.indexOf(name, at + 4)) copy.write("skip", at, "latin1")
  }
  return copy
}

describe("irot and imir", () => {
  const turned = files.filter(([name]) => name.includes("irot") && name.endsWith(".avif"))
  it.skipIf(turned.length === 0).each(turned)("give the orientation that decoders apply: %s", async (name) => {
    const bytes = bytesOf(name)
    const { orientation, orientationFrom } = read(bytes)
    const { flipsX, flipsY, swaps } = transformOf(orientation)
    const stored = await pixelsOf(unturned(bytes))
    const upright = await pixelsOf(bytes)
    const wanted = Buffer.alloc(upright.data.length)
    for (let y = 0; y < upright.height; y++) {
      for (let x = 0; x < upright.width; x++) {
        const [sx, sy] = swaps ? [y, x] : [x, y]
        const from = ((flipsY ? stored.height - 1 - sy : sy) * stored.width + (flipsX ? stored.width - 1 - sx : sx)) * 3
        stored.data.copy(wanted, (y * upright.width + x) * 3, from, from + 3)
      }
    }
    // Chroma is scaled up after the turn by one decoder and before it by another: compare on average.
    const off = wanted.reduce((sum, value, i) => sum + Math.abs(value - (upright.data[i] ?? 0)), 0) / wanted.length
    assert.isBelow(off, 1)
    assert.strictEqual(orientationFrom, "container")
  })

  it("are needed for a turn: an EXIF orientation alone is reported and not honoured, as in decoders", async () => {
    const source = new Uint8Array(
      await sharp(await jpegOf(64, 48, 3))
        .withMetadata({ orientation: 6 })
        .avif({ effort: 0 })
        .toBuffer()
    )
    assert.deepStrictEqual([read(source).orientation, read(source).orientationFrom], [6, "container"])
    const without = unturned(source)
    const found = read(without)
    assert.deepStrictEqual([found.exif?.orientation, found.orientation, found.orientationFrom], [6, 1, "none"])
    assert.deepStrictEqual(found.upright, { width: 64, height: 48 })
    const { height, width } = await sharp(await sharp(without).autoOrient().png().toBuffer()).metadata()
    assert.deepStrictEqual([width, height], [64, 48])
    const { sent } = await Effect.runPromise(prepared(without))
    assert.deepStrictEqual(sent, { width: 64, height: 48 })
  })

  it("have precedence over an EXIF orientation: the picture is turned once", async () => {
    const heic = files.find(([name]) => name.endsWith(".heic"))
    if (heic === undefined) return
    const found = read(bytesOf(heic[0]))
    assert.deepStrictEqual([found.exif?.orientation, found.orientation, found.orientationFrom], [6, 6, "container"])
    assert.deepStrictEqual(found.upright, { width: 3024, height: 4032 })
  })
})
