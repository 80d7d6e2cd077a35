// What a chain over a video is, and what does not compile.
import type { FramesAnswer } from "@sightline/core"
import { file, clarifai, models, sightline } from "@sightline/core"
import { describe, expectTypeOf, it } from "vitest"
import { type Clip, video, type VideoDamaged, type VideoInterrupted } from "../../src/index.ts"

const app = sightline(clarifai()).use(video())

describe("a chain over a video", () => {
  it("answers with frames, whichever way they come about", () => {
    const chain = app
      .video(file("clip.mp4"))
      .sampleEvery({ ms: 500 })
      .between({ fromMs: 0, toMs: 9000 })
      .predict(models.general)
    expectTypeOf<ReturnType<typeof chain.run>>().resolves.toExtend<FramesAnswer>()
  })
  it("keeps the names that were selected", async () => {
    const { frames } = await app.video(file("clip.mp4")).concepts("train").keyframes().predict(models.general).run()
    expectTypeOf(frames[0]?.concepts[0]?.name).toEqualTypeOf<"train" | undefined>()
  })
  it("tells how a video may fail", async () => {
    const result = await app.video(file("clip.mp4")).predict(models.general).result()
    if (!result.ok) expectTypeOf<VideoDamaged | VideoInterrupted>().toExtend<typeof result.error>()
  })
  it("turns into images, and has the verbs of videos no longer", () => {
    const frames = app.video(file("clip.mp4")).scenes({ threshold: 0.4 }).skipSimilar().frames()
    expectTypeOf(frames).toHaveProperty("predict")
    expectTypeOf(frames).not.toHaveProperty("sampleEvery")
    expectTypeOf(app.input(file("photo.jpg"))).not.toHaveProperty("keyframes")
    expectTypeOf<Clip["kind"]>().toEqualTypeOf<"video">()
  })
  it("needs an object of options", () => {
    // @ts-expect-error the unit has a name
    app.video(file("clip.mp4")).sampleEvery(500)
  })
})
