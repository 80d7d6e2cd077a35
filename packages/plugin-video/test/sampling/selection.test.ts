// Where in its step a frame is taken: at its start, or in its middle as the service does.
import { assert, describe, it } from "@effect/vitest"
import { file, models, sightline } from "@sightline/core"
import { dataJson, dataPath, hasData } from "@sightline/fixtures"
import { decodeFrames, type FrameTimes, openVideo, sampleFrames, video, VideoOptionError } from "../../src/index.ts"
import { bodyOf, service } from "../service.ts"

const all = async <A>(items: AsyncIterable<A>): Promise<ReadonlyArray<A>> => {
  const found: Array<A> = []
  for await (const item of items) found.push(item)
  return found
}
const small = { render: { form: "jpeg", quality: 50, maxSide: 32 } } as const
const times = (frames: ReadonlyArray<{ readonly timeMs: number }>) => frames.map(({ timeMs }) => timeMs)

describe.skipIf(!hasData("video"))("frames in the middle of their steps", () => {
  const names = hasData("video")
    ? Object.keys((dataJson("video", "expected.json") as { readonly files: object }).files)
    : []
  const beer = hasData("video") ? dataPath("video", "clarifai-sample_h264_no-audio.mp4") : ""

  it.each(names.flatMap((name) => [1000, 430].map((everyMs) => [name, everyMs] as const)))(
    "%s, every %i ms: one for each step that the clip begins, on screen then",
    async (name, everyMs) => {
      const path = dataPath("video", name)
      const starts = await all(decodeFrames({ path }, { everyMs, maxSide: 32 }))
      const middles = await all(decodeFrames({ path }, { everyMs, maxSide: 32, frameTimes: "middle" }))
      assert.deepStrictEqual(
        times(middles),
        times(starts).map((timeMs) => timeMs + everyMs / 2)
      )
      const opened = await openVideo({ path })
      const there = await all(sampleFrames(opened, { kind: "at", timesMs: times(middles) }, small))
      // only the last step may be cut short by the end; its frame is the last picture
      const cutShort = there.length === middles.length - 1
      const pictures = cutShort
        ? await all(sampleFrames(opened, { kind: "all", fromMs: 0, toMs: Infinity }, small))
        : []
      await opened.close()
      if (cutShort) assert.strictEqual(middles.at(-1)?.frameTimeMs, pictures.at(-1)?.frameTimeMs)
      else assert.lengthOf(there, middles.length)
      assert.deepStrictEqual(
        middles.slice(0, there.length).map(({ frameTimeMs }) => frameTimeMs),
        there.map(({ frameTimeMs }) => frameTimeMs)
      )
    }
  )

  it("are those of the service: the middle of a step that ends after the clip is shown by its last picture", async () => {
    const frames = await all(
      decodeFrames({ path: beer }, { everyMs: 60_000, frameTimes: "middle", limits: { ms: 20_000 } })
    )
    assert.deepStrictEqual(times(frames), [30_000])
    assert.isAbove(frames[0]?.frameTimeMs ?? 0, 8000)
  })

  it("are chosen by the verb, else by the plugin, and told by the plan", async () => {
    const take = async (usual?: FrameTimes, asked?: FrameTimes) => {
      const connection = service()
      const app = sightline(connection).use(
        video({ maxSide: 64, predict: "local", ...(usual && { frameTimes: usual }) })
      )
      const chain = app.video(file(beer)).between({ fromMs: 1000, toMs: 3300 })
      const images = await chain.frames(asked && { frameTimes: asked }).run()
      const predicted = chain.predict(models.general)
      const plan = await predicted.plan()
      const { frames } = await predicted.run()
      const sent = connection.calls.map((call) => bodyOf(call).inputs.length)
      assert.deepStrictEqual(
        plan.calls.map(({ items }) => items),
        sent
      )
      return [images.map((outcome) => (outcome.ok ? outcome.value.facts.timeMs : undefined)), times(frames)]
    }
    const [starts, middles] = [
      [1000, 2000, 3000],
      [1500, 2500]
    ]
    assert.deepStrictEqual(await take(), [starts, starts])
    assert.deepStrictEqual(await take("middle"), [middles, middles])
    assert.deepStrictEqual(await take(undefined, "middle"), [middles, starts])
    assert.deepStrictEqual(await take("middle", "start"), [starts, middles])
  })

  it("are planned one for each step, also the last", async () => {
    const connection = service()
    const app = sightline(connection).use(video({ maxSide: 64, predict: "local", frameTimes: "middle" }))
    const chain = app.video(file(beer)).sampleEvery({ ms: 2000 }).predict(models.general)
    const plan = await chain.plan()
    const { frames } = await chain.run()
    assert.deepStrictEqual(times(frames), [1000, 3000, 5000, 7000, 9000])
    assert.strictEqual(
      plan.calls.reduce((sum, { items }) => sum + items, 0),
      5
    )
  })

  it("are refused by a word that says nothing", async () => {
    const said: string = "end"
    const failure = await all(decodeFrames({ path: beer }, { frameTimes: said as FrameTimes })).catch(
      (cause: unknown) => cause
    ) // as a program without types may say
    assert.instanceOf(failure, VideoOptionError)
    const app = sightline(service()).use(video())
    // the same
    const outcomes = await app
      .video(file(beer))
      .frames({ frameTimes: said as FrameTimes })
      .run()
      .catch((cause: unknown) => [cause])
    assert.include(JSON.stringify(outcomes), "VideoOptionError")
  })
})
