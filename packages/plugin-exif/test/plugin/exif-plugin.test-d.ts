import { file, inFrame, models, sightline } from "@sightline/core"
import type { Box } from "@sightline/core/plugin"
import { fakeConnection } from "@sightline/core/testing"
import { describe, expectTypeOf, it } from "vitest"
import { exif, type ImageMetadata } from "../../src/index.ts"

const app = sightline(fakeConnection(() => ({}))).use(exif())

describe("the plugin's types", () => {
  it("verbs exist on images only", () => {
    expectTypeOf(app.input(file("a.jpg"))).toHaveProperty("upright")
    expectTypeOf(app.input(file("a.jpg")).strip({ keep: ["icc"] })).toHaveProperty("resize")
    expectTypeOf(app.audio(file("a.wav"))).not.toHaveProperty("upright")
    expectTypeOf(app.input(file("a.jpg")).predict(models.faces)).not.toHaveProperty("upright")
  })
  it("verbs keep what was selected before them", () => {
    const chain = app.input(file("a.jpg")).concepts("train", "railway").upright().predict(models.general)
    expectTypeOf<Awaited<ReturnType<typeof chain.run>>["concepts"][number]["name"]>().toEqualTypeOf<
      "train" | "railway"
    >()
  })
  it("metadata replaces the image", () => {
    const chain = app.input(file("a.jpg")).metadata()
    expectTypeOf<Awaited<ReturnType<typeof chain.run>>>().toEqualTypeOf<ImageMetadata>()
  })
  it("boxes of different frames of reference do not mix", async () => {
    const answer = await app.input(file("a.jpg")).predict(models.faces).run()
    const [original] = inFrame(answer, "original").regions
    expectTypeOf(original?.box).toEqualTypeOf<Box<"original"> | undefined>()
    expectTypeOf<Box<"original">>().not.toExtend<Box<"upright">>()
  })
  it("options are checked", () => {
    // @ts-expect-error nothing but the profile can be kept
    exif({ keep: ["gps"] })
  })
})
