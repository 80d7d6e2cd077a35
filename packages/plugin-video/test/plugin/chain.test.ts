// The plugin in chains, against a service that decodes what it is sent.
import { assert, describe, it } from "@effect/vitest"
import { file, models, sightline } from "@sightline/core"
import { dataPath, hasData } from "@sightline/fixtures"
import { video, VideoInterrupted } from "../../src/index.ts"
import { bodyOf, sampleMsOf, service } from "../service.ts"

const MiB = 1024 * 1024
const clip = (name: string) => dataPath("video", name)
const times = (frames: ReadonlyArray<{ readonly timeMs: number }>) => frames.map(({ timeMs }) => timeMs)
const everySecond = (n: number) => Array.from({ length: n }, (_, i) => i * 1000)

describe.skipIf(!hasData("video"))("a video in a chain", () => {
  const beer = clip("clarifai-sample_h264_no-audio.mp4")

  it("goes whole, with sample_ms, when it is within the limits", async () => {
    const connection = service()
    const app = sightline(connection).use(video())
    const { frames } = await app.video(file(beer)).sampleEvery({ ms: 500 }).predict(models.general).run()
    assert.deepStrictEqual(
      times(frames),
      Array.from({ length: 17 }, (_, i) => i * 500)
    )
    assert.deepStrictEqual(
      frames.map(({ index }) => index),
      frames.map((_, i) => i)
    )
    assert.strictEqual(connection.calls.length, 1)
    const [call] = connection.calls
    assert.isDefined(call)
    assert.strictEqual(sampleMsOf(call), 500)
    assert.isDefined(bodyOf(call).inputs[0]?.data.video?.base64)
  })

  it("gives the same frames when they are decoded here and sent as images", async () => {
    const connection = service()
    const app = sightline(connection).use(video({ predict: "local", maxSide: 160 }))
    const { frames } = await app.video(file(beer)).predict(models.general).run()
    assert.deepStrictEqual(times(frames), everySecond(9))
    assert.isTrue(frames.every(({ concepts }) => concepts[0]?.name === "picture"))
    assert.isTrue(connection.calls.every((call) => sampleMsOf(call) === undefined))
    assert.isTrue(connection.calls.every((call) => bodyOf(call).inputs.every(({ data }) => data.image !== undefined)))
  })

  it.each(["remote", "local"] as const)("does what the plan told, %s", async (predict) => {
    const connection = service({ limits: { maxVideoMs: 10_000 } })
    const app = sightline(connection).use(video({ predict, maxSide: 200 }))
    const chain = app.video(file(clip("bottles_long-gop_40s_no-audio.mp4"))).predict(models.general)
    const plan = await chain.plan()
    assert.strictEqual(connection.calls.length, 0)
    await chain.run()
    assert.deepStrictEqual(
      plan.calls.map(({ items }) => items),
      connection.calls.map((call) => bodyOf(call).inputs.length)
    )
  })

  it.each([
    ["by length", { maxVideoMs: 10_000 }],
    ["by size", { maxBytes: { image: MiB, text: MiB, audio: MiB, video: 170_000 } }]
  ] as const)("goes in parts over the limits, %s, with each second once", async (_, limits) => {
    const connection = service({ limits })
    const app = sightline(connection).use(video())
    const { frames } = await app
      .video(file(clip("bottles_long-gop_40s_no-audio.mp4")))
      .predict(models.general)
      .run()
    assert.isAbove(connection.calls.length, 2)
    assert.deepStrictEqual(
      frames.map(({ index, timeMs }) => [index, timeMs]),
      everySecond(40).map((timeMs, i) => [i, timeMs])
    )
  })

  it("decodes here what the service cannot do: ranges and key pictures", async () => {
    const connection = service()
    const app = sightline(connection).use(video())
    const ranged = await app.video(file(beer)).between({ fromMs: 2500, toMs: 5000 }).predict(models.general).run()
    assert.deepStrictEqual(times(ranged.frames), [2500, 3500, 4500])
    const keys = await app
      .video(file(clip("pancake_h264_opus.mkv")))
      .keyframes()
      .predict(models.general)
      .run()
    assert.deepStrictEqual(times(keys.frames), [0, 5000, 10_000])
  })

  it("turns into images that every verb for images takes", async () => {
    const connection = service()
    const app = sightline(connection).use(video({ maxSide: 100 }))
    const outcomes = await app
      .video(file(beer))
      .sampleEvery({ ms: 2000 })
      .frames()
      .atLeast(0)
      .predict(models.general)
      .run()
    assert.strictEqual(outcomes.length, 5)
    assert.isTrue(outcomes.every((outcome) => outcome.ok))
    const images = await app.video(file(beer)).sampleEvery({ ms: 4000 }).frames().run()
    assert.deepStrictEqual(
      images.map((outcome) => (outcome.ok ? outcome.value.facts.timeMs : undefined)),
      [0, 4000, 8000]
    )
  })

  it("gives thumbnails of the asked number and size", async () => {
    const app = sightline(service()).use(video())
    const outcomes = await app
      .video(file(clip("rotated-90_tiny.mov")))
      .thumbnails({ count: 2, maxSide: 64 })
      .run()
    const sizes = outcomes.map((outcome) => (outcome.ok ? outcome.value.facts.reference?.original : undefined))
    assert.deepStrictEqual(sizes, [
      { width: 36, height: 64 },
      { width: 36, height: 64 }
    ])
  })

  it("keeps the answered frames when a later call fails", async () => {
    const app = sightline(service({ refuse: 2, limits: { maxVideoMs: 10_000, maxAttempts: 1 } })).use(video())
    const result = await app
      .video(file(clip("bottles_long-gop_40s_no-audio.mp4")))
      .predict(models.general)
      .result()
    assert.isFalse(result.ok)
    const error: unknown = result.ok ? undefined : result.error
    assert.instanceOf(error, VideoInterrupted)
    assert.isAtLeast(error.frames.length, 16)
  })

  it("answers what was readable of a file cut short, then says where it ended", async () => {
    const { readFileSync } = await import("node:fs")
    const bytes = readFileSync(clip("cars_12.5fps_h264_aac_30s.mp4"))
    const app = sightline(service()).use(video({ predict: "local", maxSide: 64 }))
    const result = await app
      .video(bytes.subarray(0, bytes.length / 2))
      .predict(models.general)
      .result()
    const error: unknown = result.ok ? undefined : result.error
    assert.instanceOf(error, VideoInterrupted)
    assert.strictEqual(error.frames.length, 14)
    assert.include(error.message, "13520 ms")
  })

  it("sends a URL as it is, without fetching it here", async () => {
    const connection = service()
    const { frames } = await sightline(connection)
      .use(video())
      .video("https://videos.test/a.mp4")
      .predict(models.general)
      .run()
    assert.strictEqual(frames[0]?.concepts[0]?.name, "url")
    assert.strictEqual(sampleMsOf(connection.calls[0] ?? assert.fail("no call")), 1000)
  })

  it("refuses steps outside of the bounds before anything is sent", async () => {
    const connection = service()
    const app = sightline(connection).use(video())
    for (const ms of [99, 60_001, Number.NaN]) {
      const result = await app.video(file(beer)).sampleEvery({ ms }).predict(models.general).result()
      assert.strictEqual(result.ok ? "" : result.error._tag, "InvalidOption")
    }
    assert.strictEqual(connection.calls.length, 0)
  })
})
