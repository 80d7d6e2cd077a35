import { assert, describe, it } from "@effect/vitest"
import sharp from "sharp"
import { maskRuns } from "../src/pictures/mask-runs.ts"
import { defaultMaxPixels, type Level, makeThumbnails } from "../src/pictures/thumbnail.ts"
import { drawPicture, piecesOf, planted } from "./support.ts"

const options = { maxPixels: defaultMaxPixels }
const all: ReadonlyArray<Level> = [0, 1, 2]

const made = async (bytes: Uint8Array, wanted: ReadonlyArray<Level> = all) => {
  const thumbnails = await makeThumbnails(bytes, wanted, options)
  if ("problem" in thumbnails) throw new Error(thumbnails.problem)
  return thumbnails
}

/** Colour of one pixel, given in fractions. */
const colorAt = async (bytes: Uint8Array, x: number, y: number) => {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const at = 3 * (Math.floor(y * info.height) * info.width + Math.floor(x * info.width))
  return [...data.subarray(at, at + 3)]
}

describe("thumbnails", () => {
  it.each([1, 3, 6, 8])("are upright whatever the stored orientation (%i)", async (orientation) => {
    const thumbnails = await made(await drawPicture({ width: 1600, height: 1200, orientation }))
    assert.deepStrictEqual([thumbnails.upright, thumbnails.orientation], [{ width: 1600, height: 1200 }, orientation])
    assert.deepStrictEqual(
      all.map((level) => [thumbnails.byLevel.get(level)?.width, thumbnails.byLevel.get(level)?.height]),
      [
        [128, 96],
        [320, 240],
        [720, 540]
      ]
    )
    const [red = 0, green = 0, blue = 0] = await colorAt(
      thumbnails.byLevel.get(2)?.bytes ?? new Uint8Array(),
      0.5,
      0.006
    )
    assert.isAbove(red, 150)
    assert.isBelow(Math.max(green, blue), 110)
  })

  it("hold no metadata and no bytes of the original", async () => {
    const original = await drawPicture({ width: 1600, height: 1200, orientation: 6 })
    assert.include(Buffer.from(original).toString("latin1"), planted.serial)
    const { byLevel } = await made(original)
    for (const { bytes } of byLevel.values()) {
      const { exif, icc, iptc, xmp } = await sharp(bytes).metadata()
      assert.deepStrictEqual([exif, icc, iptc, xmp], [undefined, undefined, undefined, undefined])
      const text = Buffer.from(bytes).toString("latin1")
      for (const piece of piecesOf(original)) assert.notInclude(text, piece)
    }
  })

  it("have the same bytes each time, whichever other levels are made", async () => {
    const picture = await drawPicture({ width: 900, height: 700 })
    const [together, alone] = [await made(picture), await made(picture, [0])]
    assert.deepStrictEqual(alone.byLevel.get(0)?.bytes, together.byLevel.get(0)?.bytes)
  })

  it("never enlarge", async () => {
    const { byLevel } = await made(await drawPicture({ width: 90, height: 60 }))
    assert.deepStrictEqual(
      [...byLevel.values()].map(({ height, width }) => [width, height]),
      [
        [90, 60],
        [90, 60],
        [90, 60]
      ]
    )
  })

  it.each([
    ["text", new TextEncoder().encode("no picture"), /not a readable picture/],
    ["nothing", new Uint8Array(), /not a readable picture/],
    ["a JPEG without its end", undefined, /broken/]
  ])("of %s say why there is none, in the same words each time", async (_, given, problem) => {
    const bytes = given ?? (await drawPicture()).subarray(0, 2400)
    const first = await makeThumbnails(bytes, all, options)
    assert.match("problem" in first ? first.problem : "", problem)
    assert.deepStrictEqual(await makeThumbnails(bytes, all, options), first)
  })

  it("of more pixels than allowed are not decoded", async () => {
    const thumbnails = await makeThumbnails(await drawPicture(), all, { maxPixels: 100 })
    assert.deepStrictEqual(thumbnails, { problem: "it has more than 100 pixels" })
  })
})

describe("masks", () => {
  /** A mask that is inside in its top left quarter. */
  const quarter = (width: number, height: number) => {
    const data = new Uint8Array(width * height)
    for (let y = 0; y < height / 2; y++) data.fill(255, y * width, y * width + width / 2)
    return { width, height, data }
  }
  /** The pixels of runs, `#` inside and `.` outside. */
  const drawn = ({ height, runs, width }: ReturnType<typeof maskRuns>) => {
    const all = runs.map((length, i) => (i % 2 === 1 ? "#" : ".").repeat(length)).join("")
    return Array.from({ length: height }, (_, row) => all.slice(row * width, (row + 1) * width))
  }

  it.each([
    [1, ["##..", "...."]],
    [2, ["..##", "...."]],
    [3, ["....", "..##"]],
    [4, ["....", "##.."]],
    [5, ["#.", "#.", "..", ".."]],
    [6, [".#", ".#", "..", ".."]],
    [7, ["..", "..", ".#", ".#"]],
    [8, ["..", "..", "#.", "#."]]
  ] as const)("are turned upright (orientation %i)", (orientation, expected) => {
    assert.deepStrictEqual(drawn(maskRuns(quarter(4, 2), orientation)), [...expected])
  })
  it("are made smaller and keep their shape", () => {
    const { height, runs, width } = maskRuns(quarter(1600, 800), 1)
    assert.deepStrictEqual([width, height], [160, 80])
    assert.strictEqual(
      runs.reduce((sum, length) => sum + length, 0),
      160 * 80
    )
    assert.strictEqual(
      runs.filter((_, i) => i % 2 === 1).reduce((sum, length) => sum + length, 0),
      (160 * 80) / 4
    )
  })
})
