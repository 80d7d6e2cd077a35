/** The action of `sightline frames`: decodes videos and writes frames as JPEG files. */
import { mkdir, writeFile } from "node:fs/promises"
import { basename, extname, join, resolve } from "node:path"
import { bytesOf, clarifai, Media, sightline } from "@sightline/core"
import { CommandError } from "../command-line/command-error.ts"
import { exitCode, type ExitCode, exitCodeOfSignal, exitCodeOfTag } from "../command-line/exit-code.ts"
import { formatOf, makeNotice } from "../outcomes/output-options.ts"
import { shownAddress } from "../inputs/input-item.ts"
import { toOutcomeError } from "../outcomes/outcome-line.ts"
import type { Io } from "../terminal/io.ts"
import { makeWriter } from "../terminal/line-writer.ts"
import type { FramesOptions } from "./frames.ts"

const loadVideo = async (maxSide: number | undefined) => {
  const { video } = await import("@sightline/plugin-video").catch(() => {
    throw new CommandError(
      "videos need the package @sightline/plugin-video; install it beside @sightline/cli",
      exitCode.input
    )
  })
  // No call is made: the connection only completes the app.
  return sightline(clarifai()).use(video(maxSide === undefined ? {} : { maxSide }))
}

const isAddress = (name: string): boolean => /^https?:\/\//i.test(name)

/** A file name from a video's: its base name, and the time of the frame in milliseconds. */
const frameName = (name: string, timeMs: number): string => {
  const path = isAddress(name) ? new URL(name).pathname : name
  return `${basename(path, extname(path)) || "video"}-${String(Math.round(timeMs)).padStart(8, "0")}.jpg`
}

/** Writes the frames of videos. */
export const writeFrames = async (
  io: Io,
  videos: ReadonlyArray<string>,
  options: FramesOptions & { readonly out: string }
): Promise<ExitCode> => {
  const { every = 1000, from, keyframes = false, maxSide, out, scenes = false, to } = options
  const app = await loadVideo(maxSide)
  const folder = resolve(io.cwd, out)
  await mkdir(folder, { recursive: true })
  const write = makeWriter(io.stdout)
  const isHuman = formatOf(io, options) === "human"
  const notice = makeNotice(io, options, "sightline frames")
  let frames = 0
  const failedCodes = new Set<ExitCode>()
  for (const name of videos) {
    if (io.stop.drain.aborted) return exitCodeOfSignal(io.stop.drain.reason)
    const media = isAddress(name)
      ? new Media("video", { from: "url", url: name })
      : new Media("video", { from: "file", path: resolve(io.cwd, name) }, { name })
    const label = isAddress(name) ? shownAddress(name) : name
    const clip = app.video(media)
    const picked = keyframes ? clip.keyframes() : scenes ? clip.scenes() : clip.sampleEvery({ ms: every })
    const bounded =
      from === undefined && to === undefined
        ? picked
        : picked.between({ fromMs: from ?? 0, toMs: to ?? Number.MAX_SAFE_INTEGER })
    try {
      for await (const outcome of bounded.frames().stream({ signal: io.stop.drain })) {
        if (!outcome.ok) throw outcome.error
        const timeMs = outcome.value.facts.timeMs ?? 0
        const file = join(out, frameName(name, timeMs))
        await writeFile(resolve(io.cwd, file), await bytesOf(outcome.value))
        frames++
        await write(isHuman ? `${file}\n` : `${JSON.stringify({ input: label, timeMs, file })}\n`)
      }
    } catch (error) {
      if (io.stop.drain.aborted) return exitCodeOfSignal(io.stop.drain.reason)
      const { message, tag } = toOutcomeError(error)
      if (tag === "Error") throw error
      failedCodes.add(exitCodeOfTag(tag))
      notice(`${label}: ${message}`)
    }
  }
  notice(`${frames} ${frames === 1 ? "frame" : "frames"} in ${out}`)
  const [code] = failedCodes
  return code === undefined ? exitCode.success : frames === 0 && failedCodes.size === 1 ? code : exitCode.partial
}
