import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { drawing } from "@sightline/fixtures/drawing"
import { FormatError } from "@sightline/platform/bytes/format-error"
import sharp from "sharp"
import { type Orientation, transformOf } from "../../src/image/orientation.ts"
import { blockOf, type Coefficients } from "../../src/jpeg/coefficients.ts"
import { decodeCoefficients } from "../../src/jpeg/decode-coefficients.ts"
import { turnJpeg } from "../../src/jpeg/lossless-turn.ts"
import { naturalOf } from "../../src/jpeg/zigzag.ts"
import { hasTool, jpegOf, pixelsOf } from "../support.ts"

const orientations: ReadonlyArray<Orientation> = [1, 2, 3, 4, 5, 6, 7, 8]
const folder = mkdtempSync(join(tmpdir(), "turn-"))
afterAll(() => rmSync(folder, { recursive: true }))

/** The basis of the inverse transform: at `8 * u + x`, the wave of frequency `u` at sample `x`. */
const basis = Float64Array.from({ length: 64 }, (_, at) => {
  const [u, x] = [at >> 3, at & 7]
  return (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * u * Math.PI) / 16)
})

/** The samples that a component's blocks stand for, by the definition of the inverse transform, unrounded. */
const samplesOf = (from: Coefficients, component: number) => {
  const c = from.frame.components[component]
  const quant = from.quant[component]
  if (c === undefined || quant === undefined) throw new Error("no such component")
  const width = c.blocksX * 8
  const out = new Float64Array(width * c.blocksY * 8)
  for (let row = 0; row < c.blocksY; row++) {
    for (let column = 0; column < c.blocksX; column++) {
      const block = blockOf(from, component, column, row)
      block.forEach((value, k) => {
        if (value === 0) return
        const [v, u] = [(naturalOf[k] ?? 0) >> 3, (naturalOf[k] ?? 0) & 7]
        for (let y = 0; y < 8; y++) {
          for (let x = 0; x < 8; x++) {
            const at = (row * 8 + y) * width + column * 8 + x
            out[at] = (out[at] ?? 0) + value * (quant[k] ?? 0) * (basis[8 * u + x] ?? 0) * (basis[8 * v + y] ?? 0)
          }
        }
      })
    }
  }
  return { out, width, height: c.blocksY * 8 }
}

/** The largest difference between `turned` and `stored` turned sample by sample. */
const differenceAfter = (stored: Coefficients, turned: Coefficients, component: number, orientation: Orientation) => {
  const a = samplesOf(stored, component)
  const b = samplesOf(turned, component)
  const { flipsX, flipsY, swaps } = transformOf(orientation)
  let worst = 0
  for (let y = 0; y < b.height; y++) {
    for (let x = 0; x < b.width; x++) {
      const [sx, sy] = swaps ? [y, x] : [x, y]
      const at = (flipsY ? a.height - 1 - sy : sy) * a.width + (flipsX ? a.width - 1 - sx : sx)
      worst = Math.max(worst, Math.abs((b.out[y * b.width + x] ?? 0) - (a.out[at] ?? Infinity)))
    }
  }
  return worst
}

describe("a lossless turn", () => {
  const kinds = {
    "4:2:0": () => jpegOf(64, 48, 3, { chromaSubsampling: "4:2:0", optimiseCoding: false }),
    "4:4:4, optimised tables": () => jpegOf(64, 48, 3, { chromaSubsampling: "4:4:4" }),
    grey: () => jpegOf(64, 48, 1),
    progressive: () => jpegOf(64, 48, 3, { progressive: true }),
    "progressive grey at high quality": () => jpegOf(40, 56, 1, { progressive: true, quality: 98 })
  }
  it.each(Object.entries(kinds))("moves the samples of a %s picture exactly", async (_, make) => {
    const stored = decodeCoefficients(await make())
    for (const orientation of orientations) {
      const turned = decodeCoefficients(turnJpeg(await make(), orientation).bytes)
      for (let i = 0; i < stored.frame.components.length; i++) {
        assert.isBelow(differenceAfter(stored, turned, i, orientation), 1e-6)
      }
    }
  })

  it("is undone by its inverse, coefficient for coefficient", async () => {
    const source = await jpegOf(96, 64, 3)
    const before = decodeCoefficients(source)
    for (const [there, back] of [
      [6, 8],
      [5, 5],
      [7, 7],
      [3, 3]
    ] as const) {
      const after = decodeCoefficients(turnJpeg(turnJpeg(source, there).bytes, back).bytes)
      for (let i = 0; i < 3; i++) {
        const { blocksX = 0, blocksY = 0 } = before.frame.components[i] ?? {}
        for (let at = 0; at < blocksX * blocksY; at++) {
          const where = [i, at % blocksX, Math.floor(at / blocksX)] as const
          assert.deepStrictEqual(blockOf(after, ...where), blockOf(before, ...where))
        }
      }
    }
  })

  it("refuses to bring a partial block to the front, or trims it when asked", async () => {
    const source = await jpegOf(70, 50, 3, { chromaSubsampling: "4:2:0" })
    for (const orientation of [2, 3, 4, 6, 7, 8] as const) {
      assert.throws(() => turnJpeg(source, orientation), FormatError)
    }
    const trimmed = turnJpeg(source, 6, { partial: "trim" })
    assert.deepStrictEqual(trimmed.covered, { width: 70, height: 48 })
    const { height, width } = await sharp(trimmed.bytes).metadata()
    assert.deepStrictEqual([width, height], [48, 70])
    const transposed = await sharp(turnJpeg(source, 5).bytes).metadata()
    assert.deepStrictEqual([transposed.width, transposed.height], [50, 70])
  })

  it("moves luma exactly and chroma nearly, where only chroma has partial blocks", async () => {
    const [width, height] = [104, 88]
    const source = await jpegOf(width, height, 3, { chromaSubsampling: "4:2:0", quality: 92 })
    const straight = await pixelsOf(source)
    for (const orientation of [2, 3, 4, 6, 7, 8] as const) {
      const { bytes, covered, exact } = turnJpeg(source, orientation, { partial: "requantise" })
      assert.deepStrictEqual([covered, exact], [{ width, height }, false])
      const turned = await pixelsOf(bytes)
      const { flipsX, flipsY, swaps } = transformOf(orientation)
      let [luma, colour] = [0, 0]
      for (let y = 0; y < turned.height; y++) {
        for (let x = 0; x < turned.width; x++) {
          const [sx, sy] = swaps ? [y, x] : [x, y]
          const from = ((flipsY ? height - 1 - sy : sy) * width + (flipsX ? width - 1 - sx : sx)) * 3
          const to = (y * turned.width + x) * 3
          const off = [0, 1, 2].map((c) => (turned.data[to + c] ?? 0) - (straight.data[from + c] ?? 0))
          luma = Math.max(luma, Math.abs(0.299 * (off[0] ?? 0) + 0.587 * (off[1] ?? 0) + 0.114 * (off[2] ?? 0)))
          colour += off.reduce((sum, value) => sum + Math.abs(value), 0)
        }
      }
      // Rounding of three channels, and of a transform that is not symmetrical to the last bit.
      assert.isBelow(luma, 4)
      assert.isBelow(colour / straight.data.length, 3)
    }
    assert.throws(() => turnJpeg(source, 6), FormatError)
  })

  it("refuses to quantise luma again", async () => {
    const source = await jpegOf(100, 90, 3, { chromaSubsampling: "4:2:0" })
    assert.throws(() => turnJpeg(source, 6, { partial: "requantise" }), FormatError)
    assert.throws(() => turnJpeg(source, 8, { partial: "requantise" }), FormatError)
  })

  it("keeps a four-component picture and its Adobe marker", async () => {
    const source = await sharp(drawing(32, 32, 3), { raw: { width: 32, height: 32, channels: 3 } })
      .toColourspace("cmyk")
      .jpeg()
      .toBuffer()
    const turned = turnJpeg(source, 6).bytes
    assert.strictEqual((await sharp(turned).metadata()).space, "cmyk")
    const stored = decodeCoefficients(source)
    for (let i = 0; i < 4; i++) assert.isBelow(differenceAfter(stored, decodeCoefficients(turned), i, 6), 1e-6)
  })

  it("fails when data ends early", async () => {
    const source = await jpegOf(64, 64, 3)
    assert.throws(() => turnJpeg(source.subarray(0, source.length - 400), 6), /ends early|lacks|never coded/)
  })
})

describe.skipIf(!hasTool("jpegtran", "-version") || !hasTool("cjpeg", "-version"))("against jpegtran", () => {
  const samplings = ["1x1", "2x1", "1x2", "2x2", "4x1", "1x4", "4x2", "2x2,1x2,2x1"]
  const switches = [[], ["-optimize"], ["-progressive"], ["-restart", "1"], ["-restart", "3B"]]
  const operations: Readonly<Record<number, ReadonlyArray<string>>> = {
    2: ["-flip", "horizontal"],
    3: ["-rotate", "180"],
    4: ["-flip", "vertical"],
    5: ["-transpose"],
    6: ["-rotate", "90"],
    7: ["-transverse"],
    8: ["-rotate", "270"]
  }
  const rows = samplings.flatMap((sampling) => switches.map((flags) => [sampling, flags] as const))

  it.each(rows)("decodes to the same pixels: sampling %s, switches %j", async (sampling, flags) => {
    const [width, height] = [96, 64]
    const image = join(folder, "in.ppm")
    const source = join(folder, "in.jpg")
    writeFileSync(image, `P6 ${width} ${height} 255\n`)
    writeFileSync(image, drawing(width, height, 3), { flag: "a" })
    spawnSync("cjpeg", ["-quality", "85", "-sample", sampling, ...flags, "-outfile", source, image])
    const bytes = new Uint8Array(readFileSync(source))
    for (const orientation of orientations.slice(1)) {
      const target = join(folder, "out.jpg")
      const tool = spawnSync("jpegtran", [
        "-copy",
        "none",
        "-trim",
        ...(operations[orientation] ?? []),
        "-outfile",
        target,
        source
      ])
      assert.strictEqual(tool.status, 0, String(tool.stderr))
      const theirs = await pixelsOf(readFileSync(target))
      const ours = await pixelsOf(turnJpeg(bytes, orientation, { partial: "trim" }).bytes)
      assert.deepStrictEqual([ours.width, ours.height], [theirs.width, theirs.height])
      assert.isTrue(ours.data.equals(theirs.data), `orientation ${orientation}`)
    }
  })
})
