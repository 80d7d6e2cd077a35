import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import { crc32, deflateSync } from "node:zlib"
import {
  areaOf,
  type Box,
  inFrame,
  mapBox,
  type Orientation,
  pixelsOf,
  type Point,
  type Reference,
  type Region,
  type RegionsAnswer,
  sizeOf
} from "../../src/index.ts"
import { Mask } from "../../src/results/mask.ts"
import { fromBytes, type Raw, toBytes, upright } from "../verbs/raw-picture.ts"

const chunk = (type: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** A grey PNG of one byte a pixel. */
const png = ({ at, height, width }: Raw): string => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  const rows = Array.from({ length: height }, (_, y) => [0, ...Array.from({ length: width }, (_, x) => at(x, y))])
  const magic = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10)
  const data = deflateSync(Uint8Array.from(rows.flat()))
  return Buffer.concat([magic, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", new Uint8Array())]).toString(
    "base64"
  )
}

const stored: Raw = { width: 5, height: 3, at: (x, y) => ((x * 7 + y * 3) % 5 > 2 ? 255 : 0) }
const rowsOf = (raw: Raw) =>
  Array.from({ length: raw.height }, (_, y) => Array.from({ length: raw.width }, (_, x) => raw.at(x, y)))
const answerWith = (reference: Reference | undefined, region: Partial<Region<"cat">>): RegionsAnswer<"cat"> => ({
  model: { id: "m" },
  inputId: "i",
  ...(reference === undefined ? {} : { reference }),
  regions: [{ id: "r", box: { top: 0, left: 0, bottom: 1, right: 1 }, concepts: [], score: 1, ...region }]
})

describe("an answer in another picture's pixels", () => {
  it("has its masks turned pixel by pixel, and bytes as they came", async () => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8] as const satisfies ReadonlyArray<Orientation>) {
      const sent = upright(stored, orientation)
      const reference: Reference = { original: { width: 5, height: 3 }, steps: [{ step: "orient", orientation }] }
      const mask = new Mask({ base64: png(sent) })
      const answer = answerWith(reference, { mask })
      const moved = inFrame(answer, "original").regions[0]?.mask
      const pixels = await moved?.pixels()
      assert.deepStrictEqual([pixels?.width, pixels?.height, moved?.width, moved?.height], [5, 3, 5, 3])
      assert.deepStrictEqual([...(pixels?.data ?? [])], rowsOf(stored).flat(), `orientation ${orientation}`)
      assert.deepStrictEqual(moved?.bytes, mask.bytes)
      const unsized = inFrame(answerWith({ steps: reference.steps }, { mask }), "original").regions[0]?.mask
      assert.deepStrictEqual([...((await unsized?.pixels())?.data ?? [])], rowsOf(stored).flat())
      const there = inFrame(inFrame(answer, "original"), "sent").regions[0]?.mask
      assert.deepStrictEqual([...((await there?.pixels())?.data ?? [])], rowsOf(sent).flat())
    }
  })

  it("has the mask of a crop where the crop was cut, and nothing around it", async () => {
    const reference: Reference = {
      original: { width: 4, height: 2 },
      steps: [{ step: "crop", box: { top: 0, left: 0.5, bottom: 0.5, right: 1 } }]
    }
    const mask = new Mask({ base64: png({ width: 2, height: 1, at: () => 255 }) })
    const pixels = await inFrame(answerWith(reference, { mask }), "original").regions[0]?.mask?.pixels()
    assert.deepStrictEqual([...(pixels?.data ?? [])], [0, 0, 255, 255, 0, 0, 0, 0])
  })

  it("has its points, polygons and keypoints there too, and says which picture that is", () => {
    const reference: Reference = { original: { width: 4, height: 2 }, steps: [{ step: "orient", orientation: 6 }] }
    const point = { x: 0.25, y: 0.5 }
    const answer = answerWith(reference, { point, polygon: [point], keypoints: [point] })
    const moved = inFrame(answer, "original")
    const expected = { x: 0.5, y: 0.75 }
    const [region] = moved.regions
    assert.deepStrictEqual([region?.point, region?.polygon, region?.keypoints], [expected, [expected], [expected]])
    assert.strictEqual(moved.frameOfReference, "original")
    assert.deepStrictEqual<unknown>(inFrame(answer, "upright").regions, answer.regions)
    assert.deepStrictEqual(
      [sizeOf(answer, "original"), sizeOf(answer, "sent")],
      [
        { width: 4, height: 2 },
        { width: 2, height: 4 }
      ]
    )
    assert.deepStrictEqual(areaOf(answer, "original"), { top: 0, left: 0, bottom: 1, right: 1 })
  })

  it("is the answer itself where nothing was done to the picture, and survives JSON and copies", () => {
    const plain = answerWith(undefined, { box: { top: 0.1, left: 0.2, bottom: 0.3, right: 0.4 } })
    assert.deepStrictEqual<unknown>(inFrame(plain, "original").regions, plain.regions)
    const turned = answerWith(
      { steps: [{ step: "orient", orientation: 3 }] },
      { box: { top: 0, left: 0, bottom: 0.25, right: 0.5 } }
    )
    const copy = JSON.parse(JSON.stringify({ ...turned, mine: 1 })) as typeof turned // JSON of an answer is one again
    assert.deepStrictEqual(inFrame(copy, "original").regions[0]?.box, { top: 0.75, left: 0.5, bottom: 1, right: 1 })
  })

  it("has types of its own: boxes of different pictures do not mix", () => {
    const answer = answerWith(undefined, {})
    const moved = inFrame(answer, "original")
    expectTypeOf(moved.regions[0]).toEqualTypeOf<Region<"cat", "original"> | undefined>()
    expectTypeOf(moved.inputId).toEqualTypeOf<string>()
    const box: Box<"sent"> = { top: 0, left: 0, bottom: 1, right: 1 }
    // @ts-expect-error measured in what was sent
    const wrong: Box<"original"> = box
    const there: Point<"sent"> = { x: 0, y: 0 }
    // @ts-expect-error points neither
    const point: Point<"upright"> = there
    const right: Box<"original"> = mapBox({ steps: [] }, box, "sent", "original")
    // @ts-expect-error a box of what was sent is not one of the original
    mapBox({ steps: [] }, box, "original", "sent")
    assert.deepStrictEqual([pixelsOf(wrong, { width: 3, height: 5 }).bottom, point.x, right.top], [5, 0, 0])
  })
})

describe("pictures of these tests", () => {
  it("round-trip", () => {
    assert.deepStrictEqual(rowsOf(fromBytes(toBytes(stored))), rowsOf(stored))
  })
})
