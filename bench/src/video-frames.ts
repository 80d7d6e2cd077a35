// Frames of ten minutes of 1080p and its parts, against the ffmpeg command doing the same, in one run.
// Options: --seconds 600, --rounds 3, --clip FILE, --json. Needs ffmpeg (only to compare with and to make the clip).
import { spawnSync } from "node:child_process"
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { decodeFrames, openVideo, sampleFrames, splitVideo } from "@sightline/plugin-video"
import { median } from "./harness.ts"

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "600" },
    rounds: { type: "string", default: "3" },
    clip: { type: "string" },
    json: { type: "boolean", default: false }
  }
})

const ffmpeg = (...args: ReadonlyArray<string>): void => {
  const { error, status, stderr } = spawnSync("ffmpeg", ["-v", "error", "-nostdin", "-y", ...args])
  if (error !== undefined) throw new Error("this benchmark needs the ffmpeg command", { cause: error })
  if (status !== 0) throw new Error(`ffmpeg failed: ${String(stderr)}`)
}

const folder = await mkdtemp(join(tmpdir(), "sightline-bench-"))
const seconds = Number(values.seconds)

/** A minute of a moving pattern under noise, about 4 Mbit/s, as often as needed. */
const makeClip = async (): Promise<string> => {
  const minute = join(folder, "minute.mp4")
  const length = Math.min(60, seconds)
  const pattern = `testsrc2=size=1920x1080:rate=30:duration=${length}`
  const coded = ["-c:v", "libx264", "-preset", "veryfast", "-b:v", "4M", "-pix_fmt", "yuv420p", "-an"]
  ffmpeg("-f", "lavfi", "-i", pattern, "-vf", "noise=alls=6:allf=t", ...coded, minute)
  const list = join(folder, "list")
  await writeFile(list, "file minute.mp4\n".repeat(Math.max(1, Math.round(seconds / length))))
  const clip = join(folder, "clip.mp4")
  ffmpeg("-f", "concat", "-safe", "0", "-i", list, "-c", "copy", clip)
  return clip
}

const clip = values.clip ?? (await makeClip())
const partMs = 10_000

const contenders: Readonly<Record<string, (out: string) => Promise<void> | void>> = {
  "ffmpeg -vf fps=1": (out) => ffmpeg("-i", clip, "-vf", "fps=1", join(out, "%d.jpg")),
  "one frame a second": async (out) => {
    for await (const { bytes, index } of decodeFrames({ path: clip }, { everyMs: 1000 }))
      await writeFile(join(out, `${index}.jpg`), bytes)
  },
  keyframes: async (out) => {
    const video = await openVideo({ path: clip })
    const wanted = { kind: "keyframes", fromMs: 0, toMs: Infinity } as const
    for await (const { bytes, index } of sampleFrames(video, wanted, { render: { form: "jpeg", quality: 90 } }))
      await writeFile(join(out, `${index}.jpg`), bytes)
    await video.close()
  },
  "ffmpeg -f segment": (out) =>
    ffmpeg(
      "-i",
      clip,
      "-map",
      "0:v",
      "-c",
      "copy",
      "-f",
      "segment",
      "-segment_time",
      String(partMs / 1000),
      "-reset_timestamps",
      "1",
      join(out, "%d.mp4")
    ),
  "split into parts": async (out) => {
    const video = await openVideo({ path: clip })
    for await (const { bytes, index } of splitVideo(video, { bytes: 64 * 1024 * 1024, ms: partMs }))
      await writeFile(join(out, `${index}.mp4`), bytes)
    await video.close()
  }
}

const times = new Map<string, Array<number>>()
const files = new Map<string, number>()
const run = async (name: string): Promise<void> => {
  const out = join(folder, "out")
  await mkdir(out)
  const start = performance.now()
  await contenders[name]?.(out)
  times.set(name, [...(times.get(name) ?? []), performance.now() - start])
  files.set(name, (await readdir(out)).length)
  await rm(out, { recursive: true })
}

try {
  // once beforehand, on a moment of it: loading the decoder is not what is measured
  for await (const _ of decodeFrames({ path: clip }, { toMs: 1000 }));
  const names = Object.keys(contenders)
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [i] of names.entries()) await run(names[(i + round) % names.length] ?? "")
  const ms = (name: string) => Math.round(median(times.get(name) ?? []))
  const row = (name: string, against: string, bound: number) => ({
    name,
    files: files.get(name),
    ms: ms(name),
    against,
    againstFiles: files.get(against),
    againstMs: ms(against),
    ratio: Math.round((ms(name) / ms(against)) * 100) / 100,
    bound
  })
  const rows = [
    row("one frame a second", "ffmpeg -vf fps=1", 0.6),
    row("keyframes", "ffmpeg -vf fps=1", 0.15),
    row("split into parts", "ffmpeg -f segment", 1.5)
  ]
  if (values.json) for (const line of rows) console.log(JSON.stringify({ bench: "video-frames", ...line }))
  else console.table(rows)
} finally {
  await rm(folder, { recursive: true, force: true })
}
