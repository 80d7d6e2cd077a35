import { describe, it } from "@effect/vitest"
import { bytesOf, files, hasExifData } from "./dataset.ts"
import { fuzz } from "./fuzz.ts"

describe.skipIf(!hasExifData)("damaged files, many", () => {
  const sources = files.map(([name]) => [name, bytesOf(name)] as const).filter(([, bytes]) => bytes.length < 400_000)
  it("settle with a typed result at byte level", async () => {
    console.info(await fuzz(sources, 60_000, 11, false))
  })
  it("settle with a typed result when pixels are wanted too", async () => {
    console.info(await fuzz(sources, 3000, 12, true))
  })
})
