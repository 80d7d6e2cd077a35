// Real clips of many codecs and containers, against what ffprobe and ffmpeg say of them.
import { assert, describe, it } from "@effect/vitest"
import { dataJson, dataPath, hasData } from "@sightline/fixtures"
import { decodeFrames, type Frame, openVideo, sampleFrames } from "../../src/index.ts"
import { gridDistance } from "../grid.ts"

interface Expected {
  readonly files: Record<
    string,
    {
      readonly video: ReadonlyArray<{
        readonly upright: readonly [number, number]
        readonly rotateClockwiseDegrees: number
        readonly firstFrameSeconds: number
        readonly frames: number
        readonly frameSeconds?: ReadonlyArray<number>
        readonly keyframeSeconds: ReadonlyArray<number>
        readonly samples: ReadonlyArray<{
          readonly atSeconds: number
          readonly frameSeconds: number
          readonly uprightGrid: ReadonlyArray<number>
        }>
      }>
    }
  >
}

const render = { form: "jpeg", quality: 90 } as const
const all = async <A>(items: AsyncIterable<A>): Promise<ReadonlyArray<A>> => {
  const found: Array<A> = []
  for await (const item of items) found.push(item)
  return found
}

// synthetic patterns whose colours lie outside of RGB: the reference averaged them before they were clipped
const clipped = new Set(["av1", "hevc"])

describe.skipIf(!hasData("video"))("clips of many kinds", () => {
  const files = hasData("video")
    ? (dataJson("video", "expected.json") as Expected).files // its shape is described in the file itself
    : {}
  it.each(Object.entries(files))("%s: each sample is the frame on screen then", async (name, { video: [expected] }) => {
    assert.isDefined(expected)
    const video = await openVideo({ path: dataPath("video", name) })
    try {
      const { info } = video.track
      assert.deepStrictEqual([info.width, info.height], [...expected.upright])
      assert.strictEqual(info.rotateClockwise, expected.rotateClockwiseDegrees)
      const timesMs = expected.samples.map((sample) => sample.atSeconds * 1000)
      const frames = await all(sampleFrames(video, { kind: "at", timesMs }, { render }))
      assert.deepStrictEqual(
        frames.map((frame) => [frame.index, frame.timeMs]),
        timesMs.map((timeMs, index) => [index, timeMs])
      )
      for (const [i, sample] of expected.samples.entries()) {
        const frame = frames[i]
        assert.isDefined(frame)
        assert.approximately(frame.frameTimeMs, (sample.frameSeconds - expected.firstFrameSeconds) * 1000, 1)
        assert.deepStrictEqual([frame.width, frame.height], [...expected.upright])
        const distance = await gridDistance(frame.bytes, sample.uprightGrid)
        assert.isAtMost(distance, clipped.has(info.codec) ? 20 : 10, `at ${sample.atSeconds} s`)
      }
    } finally {
      await video.close()
    }
  })

  it.each(Object.entries(files))("%s: every frame and keyframe has its time", async (name, { video: [expected] }) => {
    assert.isDefined(expected)
    const video = await openVideo({ path: dataPath("video", name) })
    const small = { render: { form: "jpeg", quality: 50, maxSide: 64 } } as const
    const since = (seconds: number) => (seconds - expected.firstFrameSeconds) * 1000
    const compare = (frames: ReadonlyArray<Frame>, seconds: ReadonlyArray<number>) => {
      assert.strictEqual(frames.length, seconds.length)
      for (const [i, frame] of frames.entries()) assert.approximately(frame.timeMs, since(seconds[i] ?? -1), 1)
    }
    try {
      if (expected.frameSeconds !== undefined && expected.frames <= 130) {
        const frames = await all(sampleFrames(video, { kind: "all", fromMs: 0, toMs: Infinity }, small))
        compare(frames, expected.frameSeconds)
      }
      const keys = await all(sampleFrames(video, { kind: "keyframes", fromMs: 0, toMs: Infinity }, small))
      compare(keys, expected.keyframeSeconds)
    } finally {
      await video.close()
    }
  })

  it("samples the documented clip as the recorded response does: frames 0 to 8 at 0 to 8000 ms", async () => {
    const frames = await all(
      decodeFrames({ path: dataPath("video", "clarifai-sample_h264_no-audio.mp4") }, { everyMs: 1000 })
    )
    assert.deepStrictEqual(
      frames.map(({ index, timeMs }) => [index, timeMs]),
      Array.from({ length: 9 }, (_, i) => [i, i * 1000])
    )
  })
})
