import { describe, it } from "@effect/vitest"
import { file, models } from "@sightline/core"
import { lawsOf } from "@sightline/core/testing"
import { video } from "../../src/index.ts"

const url = "https://videos.test/clip.mp4"

/** A clip that is not there: its steps run, and reading it fails. Decoded clips have tests of their own. */
const missing = file("no-such-clip.mp4")

describe("the laws of a plugin hold:", () => {
  const laws = lawsOf(video(), {
    chains: (app) => ({
      whole: app.video(url).predict(models.general),
      sampled: app.video(url, { key: "k" }).sampleEvery({ ms: 500 }).predict(models.general),
      between: app.video(missing).between({ fromMs: 0, toMs: 1000 }).frames().predict(models.general),
      keyframes: app.video(missing).keyframes().skipSimilar().predict(models.general),
      scenes: app.video(missing).scenes({ threshold: 0.4 }).predict(models.general),
      thumbnails: app.video(missing).thumbnails({ count: 2 })
    })
  })
  for (const law of laws) it(law.name, law.check)
})
