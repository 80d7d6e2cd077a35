// Two hours of video over every limit: each moment once, in order, and memory that does not grow with the length.
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { models, sightline } from "@sightline/core"
import { fakeConnection } from "@sightline/core/testing"
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { decodeFrames, openVideo, splitVideo, video } from "../../src/index.ts"
import { ffmpeg, hasFfmpeg } from "../oracle.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-long-"))
const clip = (minutes: number) => join(folder, `${minutes}.mp4`)
const MiB = 1024 * 1024
const allowed = 64 * MiB

const concat = (minutes: number): void => {
  const list = join(folder, "list")
  writeFileSync(list, `file ${clip(1)}\n`.repeat(minutes))
  ffmpeg("-f", "concat", "-safe", "0", "-i", list, "-c", "copy", clip(minutes))
}

beforeAll(() => {
  if (!hasFfmpeg) return
  const pattern = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=60", "-vf", "noise=alls=20:allf=t"]
  ffmpeg(...pattern, "-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-b:v", "420k", clip(1))
  concat(10)
  concat(120)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The most memory above what the process had before, while `work` runs. */
const growth = async (work: () => Promise<void>): Promise<number> => {
  const before = process.memoryUsage().rss
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 50)
  await work()
  clearInterval(timer)
  return Math.max(most, process.memoryUsage().rss) - before
}

const frames = async (path: string, count: number): Promise<void> => {
  let expected = 0
  for await (const { index, timeMs } of decodeFrames(path, { everyMs: 1000 })) {
    assert.deepStrictEqual([index, timeMs], [expected, expected * 1000])
    expected++
  }
  assert.strictEqual(expected, count)
}

const parts = async (path: string, pictures: number): Promise<void> => {
  const opened = await openVideo(path)
  let untilMs = 0
  let seen = 0
  for await (const part of splitVideo(opened, { bytes: 4 * MiB, ms: 600_000 })) {
    assert.strictEqual(part.fromMs, untilMs)
    assert.isAtMost(part.bytes.byteLength, 4 * MiB)
    untilMs = part.toMs
    seen += part.pictures
  }
  await opened.close()
  assert.strictEqual(untilMs, Infinity)
  assert.strictEqual(seen, pictures)
}

/** Through the whole plugin: a service that answers each part with its seconds, as told by the part's own header. */
const predicted = async (path: string, seconds: number): Promise<void> => {
  const connection = fakeConnection(async ({ body }) => {
    const { inputs } = body as {
      readonly inputs: ReadonlyArray<{ readonly data: { readonly video: { readonly base64: string } } }>
    }
    const bytes = new Uint8Array(Buffer.from(inputs[0]?.data.video.base64 ?? "", "base64"))
    const part = await openVideo(bytes)
    const count = Math.ceil((await part.track.endUs()) / 1e6)
    await part.close()
    const found = Array.from({ length: count }, (_, index) => ({ frame_info: { index, time: index * 1000 }, data: {} }))
    return { status: { code: 10000 }, outputs: [{ status: { code: 10000 }, data: { frames: found } }] }
  })
  const answer = await sightline(connection).use(video()).video(path).predict(models.general).run()
  assert.isAbove(connection.calls.length, 12)
  assert.deepStrictEqual(
    answer.frames.map(({ timeMs }) => timeMs),
    Array.from({ length: seconds }, (_, i) => i * 1000)
  )
}

describe.skipIf(!hasFfmpeg)("two hours of video", () => {
  it("are over every limit", () => {
    assert.isAbove(statSync(clip(120)).size, 300 * MiB)
  })
  it("give 7200 frames in order, in the memory that ten minutes take", async () => {
    await frames(clip(10), 600)
    assert.isAtMost(await growth(() => frames(clip(120), 7200)), allowed)
  })
  it("are cut into parts that hold every picture once, in the memory that ten minutes take", async () => {
    for (let i = 0; i < 3; i++) await parts(clip(10), 15_000)
    assert.isAtMost(await growth(() => parts(clip(120), 180_000)), allowed)
  })
  it("are predicted part by part on one timeline", async () => {
    await predicted(clip(120), 7200)
  })
})
