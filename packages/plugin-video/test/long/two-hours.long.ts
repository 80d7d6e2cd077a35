// Two hours of video over every limit: each moment once, in order, and memory that does not grow with the length.
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { file, models, sightline } from "@sightline/core"
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { video } from "../../src/index.ts"
import { ffmpeg, hasFfmpeg } from "../oracle.ts"
import { service } from "../service.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-long-"))
const clip = (name: string) => join(folder, `${name}.mp4`)
const MiB = 1024 * 1024
const allowedMiB = 64
const seconds = 7200

const concat = (name: string, piece: string, times: number): void => {
  const list = join(folder, "list")
  writeFileSync(list, `file ${clip(piece)}\n`.repeat(times))
  ffmpeg("-f", "concat", "-safe", "0", "-i", list, "-c", "copy", clip(name))
}

const make = (name: string, length: number, more: ReadonlyArray<string>): void => {
  const pattern = ["-f", "lavfi", "-i", `testsrc2=size=320x240:rate=25:duration=${length}`]
  ffmpeg(...pattern, "-vf", "noise=alls=20:allf=t", "-c:v", "libx264", "-preset", "veryfast", ...more, clip(name))
}

let child: ChildProcess | undefined
let baseUrl = ""

beforeAll(async () => {
  if (!hasFfmpeg) return
  make("minute", 60, ["-g", "50", "-b:v", "420k", "-movflags", "+faststart"])
  concat("two-hours", "minute", 120)
  for (const name of ["minute", "two-hours"])
    ffmpeg("-i", clip(name), "-c", "copy", "-movflags", "frag_keyframe+empty_moov", clip(`${name}-in-fragments`))
  // key pictures at odd times, and none at a full second for long
  make("odd", 36, ["-g", "33", "-keyint_min", "33", "-sc_threshold", "0", "-b:v", "420k"])
  concat("odd-two-hours", "odd", 200)
  child = spawn(process.execPath, [join(import.meta.dirname, "service.ts")], { stdio: ["ignore", "pipe", "inherit"] })
  if (child.stdout === null) throw new Error("the service has no output")
  const [port] = await once(child.stdout, "data")
  baseUrl = `http://127.0.0.1:${String(port).trim()}`
})
afterAll(() => {
  child?.kill()
  rmSync(folder, { recursive: true, force: true })
})

interface Report {
  readonly grownMiB: number
  readonly found: ReadonlyArray<number>
}

/** Works through two hours in a process of its own, after a minute of the same. */
const measure = async (work: string, form = ""): Promise<Report> => {
  const script = join(import.meta.dirname, "memory-child.ts")
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [script, work, clip(`minute${form}`), clip(`two-hours${form}`), baseUrl],
    {
      maxBuffer: 16 * MiB
    }
  )
  const report: Report = JSON.parse(stdout)
  console.info(`${work}${form}: ${report.grownMiB} MiB more than for a minute`)
  return report
}

const everySecond = Array.from({ length: seconds }, (_, i) => i * 1000)

describe.skipIf(!hasFfmpeg)("two hours of video", () => {
  it("are over every limit", () => {
    assert.isAbove(statSync(clip("two-hours")).size, 300 * MiB)
  })
  it("give 7200 frames in order, in the memory that a minute takes and little more", async () => {
    const { found, grownMiB } = await measure("frames")
    assert.deepStrictEqual(found, everySecond)
    assert.isAtMost(grownMiB, allowedMiB)
  })
  it("are predicted part by part on one timeline, in the memory that a minute takes and little more", async () => {
    const { found, grownMiB } = await measure("predicted")
    assert.deepStrictEqual(found, everySecond)
    assert.isAtMost(grownMiB, allowedMiB)
  })
  it("are predicted as images, in the memory that a minute takes and little more", async () => {
    const { found, grownMiB } = await measure("images")
    assert.deepStrictEqual(found, everySecond)
    assert.isAtMost(grownMiB, allowedMiB)
  })
  it.each(["frames", "predicted", "images"])("in fragments take no more for %s", async (work) => {
    const { found, grownMiB } = await measure(work, "-in-fragments")
    assert.deepStrictEqual(found, everySecond)
    assert.isAtMost(grownMiB, allowedMiB)
  })
  it("are cut into parts that hold every picture once", async () => {
    const { found } = await measure("parts")
    const pictures = found.filter((_, i) => i % 2 === 1)
    assert.strictEqual(
      pictures.reduce((sum, count) => sum + count, 0),
      seconds * 25
    )
  })
  it("have each second once at seams between any two pictures", async () => {
    const connection = service({ limits: { maxVideoMs: 100_000 } })
    const { frames } = await sightline(connection)
      .use(video())
      .video(file(clip("odd-two-hours")))
      .predict(models.general)
      .run()
    assert.isAbove(connection.calls.length, 72)
    assert.deepStrictEqual(
      frames.map(({ timeMs }) => timeMs),
      everySecond
    )
  })
})
