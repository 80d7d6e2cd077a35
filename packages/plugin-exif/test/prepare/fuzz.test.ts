import { assert, describe, it } from "@effect/vitest"
import sharp from "sharp"
import { bytesOf, files } from "../dataset.ts"
import { fuzz } from "./fuzz.ts"
import { jpegOf } from "../support.ts"

describe("damaged files", () => {
  it("settle with a typed result: drawn pictures of five formats", async () => {
    const jpeg = await sharp(await jpegOf(48, 32, 3))
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer()
    const made = await Promise.all([
      sharp(jpeg).keepMetadata().png().toBuffer(),
      sharp(jpeg).keepMetadata().webp().toBuffer(),
      sharp(jpeg).keepMetadata().tiff().toBuffer(),
      sharp(jpeg).keepMetadata().avif({ effort: 0 }).toBuffer(),
      sharp(jpeg).keepMetadata().jpeg({ progressive: true }).toBuffer()
    ])
    const report = await fuzz(
      [jpeg, ...made].map((bytes, i) => [`drawing ${i}`, bytes] as const),
      1500,
      1,
      false
    )
    assert.strictEqual(report.runs, 1500)
  })
  it.skipIf(files.length === 0)("settle with a typed result: files of the data set", async () => {
    const small = files.map(([name]) => [name, bytesOf(name)] as const).filter(([, bytes]) => bytes.length < 60_000)
    await fuzz(small, 800, 2, false)
    await fuzz(small, 60, 3, true)
  })
})
