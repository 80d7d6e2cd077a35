// Clips made on purpose: odd timelines, shapes and containers, against ffprobe.
import { assert, describe, it } from "@effect/vitest"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import {
  decodeFrames,
  type DecodeOptions,
  openVideo,
  sampleFrames,
  splitVideo,
  type VideoInput
} from "../../src/index.ts"
import { ffmpeg, frameSeconds, hasFfmpeg } from "../oracle.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-made-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)
const source = (seconds: number, size = "160x120", rate = 25) => [
  "-f",
  "lavfi",
  "-i",
  `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`
]
const h264 = (gop: number, ...more: ReadonlyArray<string>) => [
  "-c:v",
  "libx264",
  "-preset",
  "ultrafast",
  "-bf",
  "2",
  "-g",
  String(gop),
  ...more
]
const small = { render: { form: "jpeg", quality: 50, maxSide: 32 } } as const

const makers: Record<string, (out: string) => void> = {
  "b-frames.mp4": (out) => ffmpeg(...source(2), ...h264(25), out),
  "open-gop.mp4": (out) =>
    ffmpeg(...source(4), "-c:v", "libx264", "-bf", "2", "-g", "25", "-x264-params", "open-gop=1:scenecut=0", out),
  "late-start.mkv": (out) => ffmpeg("-itsoffset", "3", ...source(2), ...h264(25), out),
  "cut-by-edit-list.mp4": (out) => {
    ffmpeg(...source(4), ...h264(25), at("whole.mp4"))
    ffmpeg("-ss", "1.5", "-i", at("whole.mp4"), "-c", "copy", out)
  },
  "fragmented.mp4": (out) => ffmpeg(...source(3), ...h264(25), "-movflags", "frag_keyframe+empty_moov", out),
  "no-duration.webm": (out) => ffmpeg(...source(2), "-c:v", "libvpx", "-g", "20", "-f", "webm", "-live", "1", out),
  "stream.ts": (out) => ffmpeg(...source(2), ...h264(25), out),
  "flash.flv": (out) => ffmpeg(...source(2), ...h264(25), out),
  "windows.wmv": (out) => ffmpeg(...source(2), "-c:v", "wmv2", out),
  "packed.avi": (out) => ffmpeg(...source(2), "-c:v", "mpeg4", "-bf", "2", "-g", "12", out),
  "jpegs.mov": (out) => ffmpeg(...source(1), "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", out),
  "deep.mkv": (out) => ffmpeg(...source(1), "-c:v", "libx264", "-pix_fmt", "yuv422p10le", "-g", "10", out)
}

describe.skipIf(!hasFfmpeg)("clips made with ffmpeg", () => {
  it.each(Object.entries(makers))("%s: every frame has the time that ffprobe says", async (name, make) => {
    make(at(name))
    const expected = frameSeconds(at(name))
    const first = Math.min(...expected)
    const video = await openVideo({ path: at(name) })
    try {
      const times: Array<number> = []
      for await (const { timeMs } of sampleFrames(video, { kind: "all", fromMs: 0, toMs: Infinity }, small))
        times.push(timeMs)
      assert.strictEqual(times.length, expected.length)
      for (const [i, timeMs] of times.entries()) assert.approximately(timeMs, ((expected[i] ?? 0) - first) * 1000, 1.01)
    } finally {
      await video.close()
    }
  })

  it("applies non-square pixels", async () => {
    ffmpeg(...source(1, "160x120"), "-vf", "setsar=2/1", ...h264(25), at("wide.mp4"))
    const video = await openVideo({ path: at("wide.mp4") })
    for await (const frame of sampleFrames(
      video,
      { kind: "at", timesMs: [0] },
      { render: { form: "rgb", quality: 90 } }
    )) {
      assert.deepStrictEqual([frame.width, frame.height, frame.bytes.byteLength], [320, 120, 320 * 120 * 3])
    }
    await video.close()
  })

  it("shows the default track, or the one asked for", async () => {
    ffmpeg(
      ...source(1, "160x120"),
      ...source(1, "80x60"),
      "-map",
      "0",
      "-map",
      "1",
      ...h264(25),
      "-disposition:v:0",
      "0",
      "-disposition:v:1",
      "default",
      at("two.mkv")
    )
    const chosen = await openVideo({ path: at("two.mkv") })
    assert.strictEqual(chosen.track.info.codedWidth, 80)
    const other = chosen.track.info.tracks.find(({ isDefault }) => !isDefault)
    await chosen.close()
    const asked = await openVideo({ path: at("two.mkv") }, { track: other?.id ?? 0 })
    assert.strictEqual(asked.track.info.codedWidth, 160)
    await asked.close()
    const refused = await openVideo({ path: at("two.mkv") }, { track: 99 }).catch((error: unknown) => error)
    assert.propertyVal(refused, "reason", "no-such-track")
  })

  it.each(["b-frames.mp4", "open-gop.mp4", "late-start.mkv", "cut-by-edit-list.mp4", "fragmented.mp4"])(
    "%s: its parts together show each frame once, at its own time",
    async (name) => {
      makers[name]?.(at(name))
      const video = await openVideo({ path: at(name) })
      const whole: Array<number> = []
      for await (const { timeMs } of sampleFrames(video, { kind: "all", fromMs: 0, toMs: Infinity }, small))
        whole.push(timeMs)
      const stitched: Array<number> = []
      let parts = 0
      for await (const part of splitVideo(video, { bytes: 8_000_000, ms: 1100 })) {
        parts++
        const inside = await openVideo(part.bytes)
        for await (const frame of sampleFrames(inside, { kind: "all", fromMs: 0, toMs: Infinity }, small)) {
          const timeMs = Math.round(part.fromMs + frame.timeMs)
          if (timeMs < part.toMs - 1) stitched.push(timeMs)
        }
        await inside.close()
      }
      await video.close()
      assert.isAbove(parts, 1)
      assert.strictEqual(stitched.length, whole.length)
      for (const [i, timeMs] of stitched.entries()) assert.approximately(timeMs, whole[i] ?? -1, 1.01)
    }
  )
})

describe.skipIf(!hasFfmpeg)("clips that were not read", () => {
  const interlaced = "-flags +ilme+ildct -field_order tt".split(" ")
  const clips: Record<string, readonly [seconds: number, ...args: ReadonlyArray<string>]> = {
    "interlaced-h264.mp4": [2, ..."-c:v libx264 -preset ultrafast -x264-params interlaced=1 -g 10".split(" ")],
    "interlaced-h264.ts": [2, ..."-c:v libx264 -preset ultrafast -x264-params tff=1 -g 10".split(" ")],
    "interlaced-mpeg2.mpg": [2, "-c:v", "mpeg2video", ...interlaced],
    "interlaced-mpeg2.ts": [2, "-c:v", "mpeg2video", ...interlaced],
    "interlaced-mpeg2.mkv": [2, "-c:v", "mpeg2video", ...interlaced],
    "interlaced-mpeg4.avi": [2, "-c:v", "mpeg4", ...interlaced],
    "mpeg2-with-b-pictures.ts": [2, ..."-c:v mpeg2video -bf 2 -g 12".split(" ")],
    "mpeg4.ts": [2, ..."-c:v mpeg4 -g 12".split(" ")],
    "prores.mov": [2, ..."-c:v prores_ks -profile:v 2".split(" ")],
    "prores-4444.mov": [2, ..."-c:v prores_ks -profile:v 4".split(" ")],
    "prores.mkv": [2, ..."-c:v prores_ks -profile:v 2".split(" ")],
    "mpeg1.mpg": [2, ..."-c:v mpeg1video -g 12".split(" ")]
  }
  it.each(Object.entries(clips))("%s: has a frame for each step", async (name, [seconds, ...args]) => {
    ffmpeg(...source(seconds, "160x96"), ...args, at(name))
    const times: Array<number> = []
    for await (const { height, timeMs, width } of decodeFrames(readFileSync(at(name)), { everyMs: 250 })) {
      assert.deepStrictEqual([width, height], [160, 96])
      times.push(timeMs)
    }
    assert.deepStrictEqual(
      times,
      Array.from({ length: 8 }, (_, i) => i * 250)
    )
  })

  it.each([
    ["a movie header", []],
    ["a movie header, with sound beside it", ["-f", "lavfi", "-i", "sine=duration=3", "-c:a", "aac"]]
  ])("samples in %s and in fragments behind it are all read, as file, bytes and by URL", async (_, sound) => {
    ffmpeg(...source(3), ...sound, ...h264(25), "-movflags", "frag_keyframe", at("partly.mp4"))
    const bytes = readFileSync(at("partly.mp4"))
    const seconds = [0, 500, 1000, 1500, 2000, 2500]
    const times = async (input: VideoInput, options: DecodeOptions = {}) => {
      const found: Array<number> = []
      for await (const { timeMs } of decodeFrames(input, { everyMs: 500, ...options })) found.push(timeMs)
      return found
    }
    assert.deepStrictEqual(await times(bytes), seconds)
    const fetch: typeof globalThis.fetch = async (_url, init) => {
      const [, from, to] = /bytes=(\d+)-(\d+)/.exec(new Headers(init?.headers).get("range") ?? "") ?? []
      const part = new Uint8Array(bytes.subarray(Number(from), Number(to) + 1))
      return new Response(part, {
        status: 206,
        headers: { "content-range": `bytes ${from}-${to}/${bytes.byteLength}` }
      })
    }
    assert.deepStrictEqual(await times("https://videos.test/clip.mp4", { fetch }), seconds)
    const video = await openVideo(bytes)
    let pictures = 0
    for await (const part of splitVideo(video, { bytes: 1e7, ms: 6e5 })) pictures += part.pictures
    await video.close()
    assert.strictEqual(pictures, 75)
  })

  it.each([
    ["h264", "libx264"],
    ["hevc", "libx265"]
  ])("a bare stream (%s) is told as such, not as corrupt", async (format, codec) => {
    ffmpeg(...source(1), "-c:v", codec, "-f", format, at(`bare.${format}`))
    const error = await openVideo(readFileSync(at(`bare.${format}`))).catch((cause: unknown) => cause)
    assert.propertyVal(error, "reason", "not-a-video")
    assert.include(String(error), "put it into a container")
  })

  it.each([
    ["uncopied.ts", "mpeg2video"],
    ["uncopied.mkv", "prores_ks"]
  ])(
    "%s: pictures that cannot be copied into parts are told as such, not as too large or cut off",
    async (name, codec) => {
      ffmpeg(...source(1), "-c:v", codec, at(name))
      const opened = await openVideo(readFileSync(at(name)))
      try {
        const parts = splitVideo(opened, { bytes: 1e7, ms: 6e5 })
        const error = await parts.next().catch((cause: unknown) => cause)
        assert.propertyVal(error, "_tag", "VideoUnsupported")
        assert.include(String(error), "cannot be copied into parts")
      } finally {
        await opened.close()
      }
    }
  )

  it.each([
    ["mp4", ["-encryption_scheme", "cenc-aes-ctr"]],
    ["in fragments", ["-encryption_scheme", "cenc-aes-ctr", "-movflags", "frag_keyframe+empty_moov"]]
  ])("encrypted, %s: a typed error says so, for frames and for parts", async (_, args) => {
    const key = [
      "-encryption_key",
      "00112233445566778899aabbccddeeff",
      "-encryption_kid",
      "0123456789abcdef0123456789abcdef"
    ]
    ffmpeg(...source(1), ...h264(25), ...args, ...key, at("encrypted.mp4"))
    const error = await openVideo(readFileSync(at("encrypted.mp4"))).then(
      () => undefined,
      (cause: unknown) => cause
    )
    assert.propertyVal(error, "_tag", "VideoUnsupported")
    assert.propertyVal(error, "reason", "encrypted")
  })

  it.each(["flac", "aiff", "wav", "rf64", "mp3", "ogg"])("sound alone (%s) is told as sound", async (format) => {
    const rf64 = format === "rf64" ? ["-rf64", "always"] : []
    const path = at(`sound.${format === "rf64" ? "wav" : format}`)
    ffmpeg("-f", "lavfi", "-i", "sine=duration=1", ...rf64, path)
    const error = await openVideo(readFileSync(path)).then(
      () => undefined,
      (cause: unknown) => cause
    )
    assert.propertyVal(error, "reason", "no-video-track")
    assert.include(String(error), "send it as audio")
  })
})
