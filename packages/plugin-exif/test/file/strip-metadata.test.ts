import { assert, describe, it } from "@effect/vitest"
import { seeded } from "@sightline/fixtures/drawing"
import sharp from "sharp"
import { strip } from "../../src/file/strip-metadata.ts"
import { damaged } from "../prepare/fuzz.ts"
import { jpegOf } from "../support.ts"

/** What sharp shows: the size and the pixels, or undefined when it refuses the file. */
const shown = async (bytes: Uint8Array): Promise<string | undefined> => {
  try {
    const image = sharp(bytes, { failOn: "error", limitInputPixels: 4_000_000 })
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
    return `${info.width} ${info.height} ${data.toString("base64")}`
  } catch {
    return undefined
  }
}

describe("stripping", () => {
  it("never changes what is shown of a file, however damaged: it shows the same, or ends in a typed error", async () => {
    const image = sharp(await jpegOf(48, 32, 3)).withExif({ IFD0: { Make: "maker" } })
    const sources = await Promise.all([
      image.clone().jpeg().toBuffer(),
      image.clone().jpeg({ progressive: true }).toBuffer(),
      image.clone().png().toBuffer(),
      image.clone().webp().toBuffer(),
      image.clone().tiff({ compression: "none" }).toBuffer(),
      image.clone().tiff({ compression: "lzw", tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
      image.clone().tiff({ compression: "jpeg" }).toBuffer(),
      image.clone().gif().toBuffer(),
      image.clone().avif({ effort: 0 }).toBuffer()
    ])
    const random = seeded(23)
    let compared = 0
    for (let run = 0; run < 600; run++) {
      const bytes = damaged(sources[run % sources.length] ?? new Uint8Array(0), random)
      const result = strip(bytes)
      const before = result.ok ? await shown(bytes) : undefined
      if (!result.ok || before === undefined) continue
      compared++
      assert.strictEqual(await shown(result.value), before, `run ${run}`)
    }
    assert.isAbove(compared, 50)
  })
})
