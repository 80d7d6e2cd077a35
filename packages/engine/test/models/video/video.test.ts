/** Videos: frames by index and time, through the decoder of plugin-video. */
import { assert, describe, it } from "@effect/vitest"
import { dataBytes, hasData } from "@sightline/fixtures"
import { ofVideo, withClassifier } from "../../support/video-files.ts"

interface Frame {
  readonly frame_info: { readonly index: number; readonly time: number }
  readonly data: { readonly concepts: ReadonlyArray<{ readonly id: string }> }
}

describe.skipIf(!hasData("video"))("a video", () => {
  it("is answered frame by frame, each in the middle of its interval", async () => {
    await using local = withClassifier()
    const bytes = dataBytes("video", "clarifai-sample_h264_no-audio.mp4")
    const { body, http } = await local.ask("POST /v2/models/tiny/outputs", ofVideo(bytes, { max_concepts: 1 }))
    assert.strictEqual(http, 200)
    const [output] = body.outputs
    assert.deepStrictEqual(output.input.data.video, {
      url: "https://samples.clarifai.com/placeholder.gif",
      base64: "true"
    })
    const frames: ReadonlyArray<Frame> = output.data.frames
    assert.deepStrictEqual(
      frames.map(({ frame_info }) => frame_info.index),
      [0, 1, 2, 3, 4, 5, 6, 7, 8]
    )
    assert.deepStrictEqual(
      frames.map(({ frame_info }) => frame_info.time),
      [500, 1500, 2500, 3500, 4500, 5500, 6500, 7500, 8500]
    )
    assert.isTrue(frames.every(({ data }) => data.concepts.length === 1))
  })

  it("is answered as in 2017 when the engine is told so", async () => {
    await using local = withClassifier({ frameTimes: "start" })
    const bytes = dataBytes("video", "clarifai-sample_h264_no-audio.mp4")
    const { body } = await local.ask("POST /v2/models/tiny/outputs", ofVideo(bytes, { sample_ms: 3000 }))
    const frames: ReadonlyArray<Frame> = body.outputs[0].data.frames
    assert.deepStrictEqual(
      frames.map(({ frame_info }) => [frame_info.index, frame_info.time]),
      [
        [0, 0],
        [1, 3000],
        [2, 6000]
      ]
    )
  })

  it("shorter than its first interval still has one frame", async () => {
    await using local = withClassifier()
    const { body } = await local.ask(
      "POST /v2/models/tiny/outputs",
      ofVideo(dataBytes("video", "clarifai-sample_h264_no-audio.mp4"), { sample_ms: 60_000 })
    )
    assert.deepStrictEqual(body.outputs[0].data.frames[0].frame_info, { index: 0, time: 30_000 })
    assert.strictEqual(body.outputs[0].data.frames.length, 1)
  })

  it("that asks for too many frames, or is none, is refused by itself", async () => {
    await using local = withClassifier({ limits: { videoFrames: 5 } })
    const many = await local.ask(
      "POST /v2/models/tiny/outputs",
      ofVideo(dataBytes("video", "clarifai-sample_h264_no-audio.mp4"))
    )
    assert.strictEqual(many.body.status.code, 30105)
    const none = await local.ask("POST /v2/models/tiny/outputs", ofVideo(new TextEncoder().encode("no video at all")))
    assert.strictEqual(none.body.status.code, 30101)
    const step = await local.ask("POST /v2/models/tiny/outputs", ofVideo(new Uint8Array([1]), { sample_ms: 50 }))
    assert.strictEqual(step.http, 400)
    assert.strictEqual(step.body.status.code, 40001)
  })
})
