import { describe, it } from "@effect/vitest"
import { models } from "@sightline/core"
import { toMedia } from "@sightline/core/plugin"
import { lawsOf } from "@sightline/core/testing"
import { Effect } from "effect"
import sharp from "sharp"
import { codecFrom, exif, sharpCodec } from "../../src/index.ts"
import { jpegOf } from "../support.ts"

describe("the laws of plugins hold:", async () => {
  let rendered = 0
  const codec = codecFrom("counting", (job) => {
    rendered++
    return Effect.runPromise(sharpCodec.render(job))
  })
  const lying = new Uint8Array(
    await sharp(await jpegOf(33, 21, 3))
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer()
  )
  const laws = lawsOf(exif({ codec }), {
    chains: (app) => ({
      upright: app.input(lying).upright().predict(models.general),
      strip: app
        .input(lying)
        .strip({ keep: ["icc"] })
        .predict(models.general),
      resize: app.input(lying).resize({ maxSide: 320 }).predict(models.general),
      metadata: app.input(lying).metadata()
    }),
    happened: () => rendered,
    media: () => [toMedia("image", lying)]
  })
  for (const law of laws) it(law.name, law.check)
})
