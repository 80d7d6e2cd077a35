import { assert, describe, it } from "@effect/vitest"
import { bytesOf, files, hasExifData } from "../dataset.ts"
import { fuzz } from "./fuzz.ts"

/** How long each goes on at most: a busy machine tries fewer files. */
const withinMs = 240_000

describe.skipIf(!hasExifData)("damaged files, many", () => {
  const sources = files.map(([name]) => [name, bytesOf(name)] as const).filter(([, bytes]) => bytes.length < 400_000)
  it("end in a typed result without pixels", async () => {
    const report = await fuzz(sources, 60_000, 11, false, withinMs)
    console.info(report)
    assert.isAbove(report.runs, 1000)
  })
  it("end in a typed result with pixels", async () => {
    const report = await fuzz(sources, 3000, 12, true, withinMs)
    console.info(report)
    assert.isAbove(report.runs, 100)
  })
})
