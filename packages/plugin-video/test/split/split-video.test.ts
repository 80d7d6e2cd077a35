// Parts of clips side by side with the whole: the same pictures at the same times, whatever the step.
import { assert, describe, it } from "@effect/vitest"
import { dataPath, hasData } from "@sightline/fixtures"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { decodeFrames, openVideo, splitVideo } from "../../src/index.ts"
import { ffmpeg, hasFfmpeg } from "../oracle.ts"

type Seen = ReadonlyArray<readonly [timeMs: number, picture: string, changedMs: number]>

const rgb = { form: "rgb", maxSide: 32 } as const

const seenWhole = async (path: string, everyMs: number): Promise<Seen> => {
  const seen: Array<readonly [number, string, number]> = []
  for await (const { bytes, frameTimeMs, timeMs } of decodeFrames({ path }, { ...rgb, everyMs }))
    seen.push([timeMs, Buffer.from(bytes).toString("base64"), frameTimeMs])
  return seen
}

const seenInParts = async (path: string, everyMs: number) => {
  const seen: Array<readonly [number, string, number]> = []
  const video = await openVideo({ path })
  let parts = 0
  const limits = { bytes: 1e8, ms: 9000, targetBytes: 100_000, alignMs: everyMs, onGrid: true }
  for await (const { bytes, fromMs, toMs } of splitVideo(video, limits)) {
    parts++
    for await (const frame of decodeFrames(bytes, { ...rgb, everyMs })) {
      const timeMs = Math.round(fromMs + frame.timeMs)
      const picture = Buffer.from(frame.bytes).toString("base64")
      if (timeMs < toMs) seen.push([timeMs, picture, Math.round(fromMs + frame.frameTimeMs)])
    }
  }
  await video.close()
  return { parts, seen }
}

const clips = [
  "bikes_h264_no-audio.mp4",
  "bottles_long-gop_40s_no-audio.mp4",
  "cars_12.5fps_h264_aac_30s.mp4",
  "clarifai-sample_h264_no-audio.mp4",
  "vfr_screen-recording_h264.mp4",
  "pancake_h264_opus.mkv"
]

describe.skipIf(!hasData("video"))("parts that are shown from one multiple of the step to another", () => {
  it.each(clips.flatMap((name) => [1000, 300, 2500].map((everyMs) => [name, everyMs] as const)))(
    "%s, every %i ms: each moment once, with the picture that the whole shows then",
    async (name, everyMs) => {
      const whole = await seenWhole(dataPath("video", name), everyMs)
      const { parts, seen } = await seenInParts(dataPath("video", name), everyMs)
      assert.isAbove(parts, 1)
      assert.deepStrictEqual(
        seen.map(([timeMs]) => timeMs),
        whole.map(([timeMs]) => timeMs)
      )
      for (const [i, [timeMs, picture, changedMs]] of seen.entries()) {
        const there = whole[i]
        // where the picture changes at that very moment, clocks of whole ticks may tell either of the two
        const changes = Math.abs(timeMs - changedMs) <= 1 || Math.abs(timeMs - (there?.[2] ?? -1)) <= 1
        assert.isTrue(picture === there?.[1] || changes, `at ${timeMs} ms`)
      }
    }
  )
})

describe.skipIf(!hasFfmpeg)("parts of Matroska files that were made on purpose", () => {
  const made: Record<string, string> = {
    "open groups of pictures": "-c:v libx264 -bf 3 -g 33 -x264-params open-gop=1:scenecut=0",
    "a late start": "-c:v libx264 -preset ultrafast -bf 2 -g 31 -output_ts_offset 3.3",
    HEVC: "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=40:bframes=3"
  }
  it.each(Object.entries(made))("%s: each moment once, with the picture that the whole shows then", async (_, how) => {
    const folder = mkdtempSync(join(tmpdir(), "sightline-seams-"))
    try {
      const path = join(folder, "clip.mkv")
      ffmpeg("-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=14", ...how.split(" "), path)
      for (const everyMs of [1000, 700]) {
        const whole = await seenWhole(path, everyMs)
        const { parts, seen } = await seenInParts(path, everyMs)
        assert.isAbove(parts, 1)
        assert.deepStrictEqual(
          seen.map(([timeMs, picture]) => [timeMs, picture]),
          whole.map(([timeMs, picture]) => [timeMs, picture])
        )
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
