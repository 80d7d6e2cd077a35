// What people ask of a clip, from files to answers: when is it, where does it go, which frames are worth a look.
import { assert, describe, it } from "@effect/vitest"
import { file, models, sightline } from "@sightline/core"
import { fakeConnection } from "@sightline/core/testing"
import { dataPath, hasData } from "@sightline/fixtures"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import sharp from "sharp"
import { afterAll } from "vitest"
import { bestFrames, decodeFrames, type Progress, timeline, trackBoxes, video } from "../../src/index.ts"
import { ffmpeg, hasFfmpeg } from "../oracle.ts"
import { bodyOf, service } from "../service.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-people-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ok = { code: 10000, description: "Ok" }

interface Pixels {
  readonly data: Buffer
  readonly width: number
  readonly height: number
}

/** A service that looks at the pixels of each image it gets. */
const looking = (see: (pixels: Pixels) => object) =>
  fakeConnection(async (call) => {
    const outputs = await Promise.all(
      bodyOf(call).inputs.map(async ({ data: sent }) => {
        const jpeg = Buffer.from(sent.image?.base64 ?? "", "base64")
        const { data, info } = await sharp(jpeg).removeAlpha().raw().toBuffer({ resolveWithObject: true })
        return { id: "o", status: ok, data: see({ data, width: info.width, height: info.height }) }
      })
    )
    return { status: ok, outputs }
  })

/** The share of red in the first pixel, as a concept. */
const redness = ({ data }: Pixels) => ({ concepts: [{ id: "red", name: "red", value: (data[0] ?? 0) / 255 }] })

/** The box around all bright pixels, as a region. */
const bright = ({ data, height, width }: Pixels) => {
  let [left, top, right, bottom] = [width, height, 0, 0]
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if ((data[(y * width + x) * 3] ?? 0) > 128) {
        left = Math.min(left, x)
        top = Math.min(top, y)
        right = Math.max(right, x + 1)
        bottom = Math.max(bottom, y + 1)
      }
  const box = {
    left_col: left / width,
    top_row: top / height,
    right_col: right / width,
    bottom_row: bottom / height
  }
  const concepts = [{ id: "lamp", name: "lamp", value: 0.9 }]
  return { regions: [{ id: "r", region_info: { bounding_box: box }, data: { concepts } }] }
}

const colours = (name: string, ...parts: ReadonlyArray<readonly [colour: string, seconds: number]>): string => {
  const out = join(folder, name)
  const inputs = parts.flatMap(([colour, seconds]) => [
    "-f",
    "lavfi",
    "-i",
    `color=${colour}:s=64x48:r=10:d=${seconds}`
  ])
  const joining = `${parts.map((_, i) => `[${i}]`).join("")}concat=n=${parts.length}`
  ffmpeg(...inputs, "-filter_complex", joining, "-c:v", "libx264", "-g", "10", "-pix_fmt", "yuv420p", out)
  return out
}

describe.skipIf(!hasFfmpeg)("a clip of colours", () => {
  const make = () =>
    colours("colours.mp4", ["black", 2], ["red", 3], ["black", 1], ["red", 2], ["black", 4], ["red", 2])

  it("has segments where a thing is seen, merged over gaps, and a best frame", async () => {
    const app = sightline(looking(redness)).use(video({ predict: "local" }))
    const { frames } = await app.video(file(make())).sampleEvery({ ms: 500 }).predict(models.general).run()
    const [red] = timeline(frames, { above: 0.8, gapMs: 1500 })
    assert.deepStrictEqual(
      red?.segments.map(({ fromMs, toMs }) => [fromMs, toMs]),
      [
        [2000, 8000],
        [12_000, 14_000]
      ]
    )
    assert.isAtLeast(bestFrames(frames).get("red")?.score ?? 0, 0.9)
  })
  it("has a frame for each scene", async () => {
    const app = sightline(service()).use(video())
    const scenes = await app.video(file(make())).scenes().frames().run()
    assert.deepStrictEqual(
      scenes.map((outcome) => (outcome.ok ? outcome.value.facts.timeMs : undefined)),
      [0, 2000, 5000, 6000, 8000, 12_000]
    )
  })
})

describe.skipIf(!hasFfmpeg)("a thing that moves", () => {
  it("is one track from end to end", async () => {
    const out = join(folder, "moving.mp4")
    const lamp = "color=black:s=160x120:r=10:d=4[b];color=white:s=24x24:r=10:d=4[w];[b][w]overlay=x=10+t*25:y=40"
    ffmpeg("-f", "lavfi", "-i", lamp, "-c:v", "libx264", "-pix_fmt", "yuv420p", out)
    const app = sightline(looking(bright)).use(video({ predict: "local" }))
    const { frames } = await app.video(file(out)).sampleEvery({ ms: 200 }).predict(models.detection).run()
    const tracks = trackBoxes(frames)
    assert.lengthOf(tracks, 1)
    const sightings = tracks[0]?.sightings ?? []
    assert.lengthOf(sightings, 20)
    for (const { region, timeMs } of sightings)
      assert.approximately(region.box.left * 160, 10 + (timeMs / 1000) * 25, 3)
  })
})

describe.skipIf(!hasData("video"))("a real clip", () => {
  const bottles = hasData("video") ? dataPath("video", "bottles_long-gop_40s_no-audio.mp4") : ""

  it("loses only frames that look like the one kept last, within the stated bound", async () => {
    const bound = 12
    const app = sightline(service()).use(video())
    const kept = await app.video(file(bottles)).sampleEvery({ ms: 500 }).skipSimilar({ bound }).frames().run()
    const keptMs = new Set(kept.map((outcome) => (outcome.ok ? outcome.value.facts.timeMs : -1)))
    let last: Buffer | undefined
    let all = 0
    for await (const { bytes, height, timeMs, width } of decodeFrames(
      { path: bottles },
      { everyMs: 500, form: "rgb" }
    )) {
      all++
      const raw = { width, height, channels: 3 } as const
      const cells = await sharp(bytes, { raw }).resize(16, 16, { fit: "fill", kernel: "linear" }).raw().toBuffer()
      if (keptMs.has(timeMs)) last = cells
      else {
        const before = last
        const most = cells.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (before?.[i] ?? 0))), 0)
        assert.isAtMost(most, bound + 6, `at ${timeMs} ms`) // another scaler makes cells a little otherwise
      }
    }
    assert.isAbove(kept.length, 0)
    assert.isBelow(kept.length, all)
  })

  it.each([
    ["decoded here", "local", 600_000],
    ["sent in parts", "remote", 10_000]
  ] as const)("tells people how far it is: %s", async (_, predict, maxVideoMs) => {
    const told: Array<Progress> = []
    const connection = service({ limits: { maxVideoMs } })
    const app = sightline(connection).use(
      video({ predict, maxSide: 64, onProgress: (progress) => told.push(progress) })
    )
    const { frames } = await app.video(file(bottles)).predict(models.general).run()
    assert.deepStrictEqual(
      told.map((progress) => progress.frames),
      frames.map(({ index }) => index + 1)
    )
    assert.strictEqual(told.at(-1)?.positionMs, 39_000)
    assert.approximately(told.at(-1)?.totalMs ?? 0, 39_855, 10)
    assert.isAtLeast(told.at(-1)?.secondsLeft ?? -1, 0)
  })
})
