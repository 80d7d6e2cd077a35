import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { Mask, MaskUnreadable } from "../../src/results/mask.ts"
import { decodePng, type GreyPixels } from "../../src/results/decode-png.ts"
import { base64, png } from "./fixtures.ts"

const pixels = async (bytes: Uint8Array<ArrayBuffer>): Promise<GreyPixels> => {
  const decoded = await decodePng(bytes)
  if ("problem" in decoded) throw new Error(decoded.problem)
  return decoded
}
const rejects = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => assert.fail("it was fulfilled"),
    (error: unknown) => error
  )

const problem = async (bytes: Uint8Array<ArrayBuffer>) => {
  const decoded = await decodePng(bytes)
  return "problem" in decoded ? decoded.problem : "none"
}
const value = (x: number, y: number) => (x * 29 + y * 53) & 255

describe("decoding a PNG", () => {
  it("greys of 8 bits keep their value", async () => {
    const raw = Uint8Array.of(0, 0, 128, 255, 0, 1, 2, 3)
    const { data, height, width } = await pixels(png({ width: 3, height: 2, depth: 8, colour: 0, raw }))
    assert.deepStrictEqual([width, height, ...data], [3, 2, 0, 128, 255, 1, 2, 3])
  })
  it("greys of 1, 2 and 4 bits reach from 0 to 255", async () => {
    const one = await pixels(
      png({ width: 10, height: 1, depth: 1, colour: 0, raw: Uint8Array.of(0, 0b10110000, 0b01000000) })
    )
    assert.deepStrictEqual([...one.data], [255, 0, 255, 255, 0, 0, 0, 0, 0, 255])
    const two = await pixels(png({ width: 4, height: 1, depth: 2, colour: 0, raw: Uint8Array.of(0, 0b00011011) }))
    assert.deepStrictEqual([...two.data], [0, 85, 170, 255])
    const four = await pixels(png({ width: 2, height: 1, depth: 4, colour: 0, raw: Uint8Array.of(0, 0x5f) }))
    assert.deepStrictEqual([...four.data], [85, 255])
  })
  it("16 bits, alpha, colours and palettes become lightness", async () => {
    const deep = png({ width: 2, height: 1, depth: 16, colour: 0, raw: Uint8Array.of(0, 0xff, 0xff, 0x80, 0x01) })
    assert.deepStrictEqual([...(await pixels(deep)).data], [255, 128])
    const alpha = png({ width: 2, height: 1, depth: 8, colour: 4, raw: Uint8Array.of(0, 200, 0, 7, 255) })
    assert.deepStrictEqual([...(await pixels(alpha)).data], [200, 7])
    const rgb = png({ width: 2, height: 1, depth: 8, colour: 2, raw: Uint8Array.of(0, 255, 255, 255, 9, 9, 9) })
    assert.deepStrictEqual([...(await pixels(rgb)).data], [255, 9])
    const rgba16 = png({ width: 1, height: 1, depth: 16, colour: 6, raw: Uint8Array.of(0, 80, 1, 80, 2, 80, 3, 0, 0) })
    assert.deepStrictEqual([...(await pixels(rgba16)).data], [80])
    const palette = Uint8Array.of(0, 0, 0, 255, 255, 255, 60, 60, 60)
    const indexed = png({ width: 4, height: 1, depth: 2, colour: 3, palette, raw: Uint8Array.of(0, 0b01_00_10_11) })
    assert.deepStrictEqual([...(await pixels(indexed)).data], [255, 0, 60, 0])
  })
  it("undoes every row filter", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(1, 3),
        fc.infiniteStream(fc.nat(255)),
        async (width, filters, step, random) => {
          const stride = width * step
          const plain = filters.map(() => Array.from({ length: stride }, () => random.next().value))
          const at = (y: number, x: number) => (y < 0 || x < 0 ? 0 : (plain[y]?.[x] ?? 0))
          const raw = plain.flatMap((row, y) => [
            filters[y] ?? 0,
            ...row.map((value, x) => {
              const [a, b, c] = [at(y, x - step), at(y - 1, x), at(y - 1, x - step)]
              const p = a + b - c
              const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)]
              const guesses = [0, a, b, Math.floor((a + b) / 2), pa <= pb && pa <= pc ? a : pb <= pc ? b : c]
              return value - (guesses[filters[y] ?? 0] ?? 0)
            })
          ])
          const spec = {
            width,
            height: filters.length,
            depth: 8,
            colour: step === 1 ? 0 : 2,
            raw: Uint8Array.from(raw)
          }
          const { data } = await pixels(png(spec))
          const want = plain.flatMap((row) =>
            step === 1
              ? row
              : Array.from({ length: width }, (_, x) =>
                  Math.round(
                    0.2126 * (row[x * 3] ?? 0) + 0.7152 * (row[x * 3 + 1] ?? 0) + 0.0722 * (row[x * 3 + 2] ?? 0)
                  )
                )
          )
          assert.deepStrictEqual([...data], want)
        }
      ),
      { numRuns: 60 }
    )
  })
  it("puts interlaced pixels where they belong, of any size", async () => {
    const passes: ReadonlyArray<readonly [number, number, number, number]> = [
      [0, 0, 8, 8],
      [4, 0, 8, 8],
      [0, 4, 4, 8],
      [2, 0, 4, 4],
      [0, 2, 2, 4],
      [1, 0, 2, 2],
      [0, 1, 1, 2]
    ]
    for (let width = 1; width <= 9; width++)
      for (let height = 1; height <= 9; height++) {
        const raw: Array<number> = []
        for (const [x0, y0, dx, dy] of passes)
          for (let y = y0; y < height; y += dy) {
            if (x0 >= width) break
            raw.push(0)
            for (let x = x0; x < width; x += dx) raw.push(value(x, y))
          }
        const bytes = png({ width, height, depth: 8, colour: 0, interlace: 1, raw: Uint8Array.from(raw) })
        const want = Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width)))
        assert.deepStrictEqual([...(await pixels(bytes)).data], want, `${width} × ${height}`)
      }
  })
  it("says why it cannot", async () => {
    const good = png({ width: 3, height: 2, depth: 8, colour: 0, raw: new Uint8Array(8) })
    assert.strictEqual(await problem(new Uint8Array()), "it is not a PNG")
    assert.strictEqual(
      await problem(png({ width: 0, height: 2, depth: 8, colour: 0, raw: new Uint8Array(8) })),
      "it is empty"
    )
    assert.match(
      await problem(png({ width: 60_000, height: 60_000, depth: 8, colour: 0, raw: new Uint8Array(8) })),
      /the limit is/
    )
    assert.match(
      await problem(png({ width: 3, height: 2, depth: 5, colour: 0, raw: new Uint8Array(8) })),
      /pixel format/
    )
    assert.match(await problem(png({ width: 3, height: 2, depth: 8, colour: 3, raw: new Uint8Array(8) })), /palette/)
    assert.match(await problem(png({ width: 3, height: 2, depth: 8, colour: 0, raw: new Uint8Array(7) })), /decompress/)
    assert.match(
      await problem(png({ width: 1, height: 1, depth: 8, colour: 0, raw: Uint8Array.of(9, 0) })),
      /row filter/
    )
    // Cut anywhere, it is a problem or the whole picture, never a throw.
    for (let end = 0; end < good.length; end++) {
      const decoded = await decodePng(good.slice(0, end))
      if (!("problem" in decoded)) assert.strictEqual(decoded.data.length, 6)
    }
  })
  it("never throws, whatever is changed", async () => {
    const good = png({ width: 5, height: 4, depth: 8, colour: 2, raw: new Uint8Array(64) })
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), async (at, byte) => {
        const bytes = good.slice()
        bytes[at] = byte
        const decoded = await decodePng(bytes)
        assert.isTrue("problem" in decoded || decoded.data.length === decoded.width * decoded.height)
      }),
      { numRuns: 300 }
    )
  })
})

describe("a mask", () => {
  const bytes = png({ width: 2, height: 1, depth: 8, colour: 0, raw: Uint8Array.of(0, 255, 0) })
  it("decodes once, when asked", async () => {
    const mask = new Mask({ base64: base64(bytes), image_info: { width: 2, height: 1 } })
    assert.strictEqual(mask.pixels(), mask.pixels())
    assert.deepStrictEqual([...(await mask.pixels()).data], [255, 0])
    assert.deepStrictEqual([mask.width, mask.height], [2, 1])
    assert.deepStrictEqual(mask.bytes, bytes)
  })
  it("says what is wrong with it", async () => {
    const error = await rejects(new Mask({ base64: "!!" }).pixels())
    assert.instanceOf(error, MaskUnreadable)
    assert.strictEqual(error instanceof Error && error.message, "this mask cannot be read: it is not a PNG")
  })
  it("travels as text and shows no bytes when looked at", async () => {
    const mask = new Mask({ base64: base64(bytes) })
    assert.deepStrictEqual(JSON.parse(JSON.stringify(mask)), { png: base64(bytes) })
    const { inspect } = await import("node:util")
    assert.notInclude(inspect(mask), base64(bytes).slice(0, 12))
  })
})
