/** The action of `sightline strip`: makes images upright, removes private metadata, and writes new files. */
import { mkdir, rename, rm, writeFile } from "node:fs/promises"
import { basename, dirname, extname, join, resolve } from "node:path"
import { bytesOf, clarifai, Media, sightline } from "@sightline/core"
import { exif } from "@sightline/plugin-exif"
import { CommandError } from "../command-line/command-error.ts"
import { exitCode, type ExitCode, exitCodeOfSignal, exitCodeOfTag } from "../command-line/exit-code.ts"
import { formatOf, makeNotice } from "../outcomes/output-options.ts"
import { expandInputs } from "../inputs/expand-inputs.ts"
import { toOutcomeError } from "../outcomes/outcome-line.ts"
import type { Io } from "../terminal/io.ts"
import { makeWriter } from "../terminal/line-writer.ts"
import type { StripOptions } from "./strip.ts"

const extensionOfType: Readonly<Record<string, ReadonlyArray<string>>> = {
  "image/jpeg": [".jpg", ".jpeg", ".jpe"],
  "image/png": [".png"],
  "image/webp": [".webp"],
  "image/tiff": [".tif", ".tiff"],
  "image/gif": [".gif"],
  "image/avif": [".avif"],
  "image/heic": [".heic", ".heif"],
  "image/bmp": [".bmp"]
}

/** The file's own extension if it fits the new content; else that of the content. */
const extensionFor = (name: string, contentType: string | undefined): string => {
  const own = extname(name)
  const fitting = contentType === undefined ? undefined : extensionOfType[contentType]
  return fitting === undefined || fitting.includes(own.toLowerCase()) ? own : (fitting[0] ?? own)
}

/** Where the new file of an image is written. */
const targetOf = (name: string, contentType: string | undefined, { out }: StripOptions): string => {
  const extension = extensionFor(name, contentType)
  const folder = out ?? dirname(name)
  return join(folder, `${basename(name, extname(name))}${extension}`)
}

/** Strips images. */
export const stripImages = async (io: Io, images: ReadonlyArray<string>, options: StripOptions): Promise<ExitCode> => {
  // No call is made: the connection only completes the app.
  const app = sightline(clarifai()).use(exif({ automatic: false }))
  const notice = makeNotice(io, options, "sightline strip")
  const write = makeWriter(io.stdout)
  const isHuman = formatOf(io, options) === "human"
  if (options.out !== undefined) await mkdir(resolve(io.cwd, options.out), { recursive: true })
  let done = 0
  const failedCodes = new Set<ExitCode>()
  const written = new Set<string>()
  const given = { names: images, texts: [], kind: "image" as const, nul: false, cwd: io.cwd, stdin: io.stdin }
  for await (const { label, source } of expandInputs(given)) {
    if (io.stop.drain.aborted) return exitCodeOfSignal(io.stop.drain.reason)
    if (source.from !== "file") throw new CommandError(`${label} is not a file; download it first`)
    const media = new Media("image", { from: "file", path: source.path }, { name: label })
    try {
      const stripped = await app
        .input(media)
        .upright()
        .strip(options.profile ? {} : { keep: [] })
        .run({ signal: io.stop.drain })
      const file = targetOf(label, stripped.facts.contentType, options)
      const path = resolve(io.cwd, file)
      if (written.has(path))
        throw new CommandError(`two images would be written to ${file}; strip them into different folders`)
      written.add(path)
      const temporary = `${path}.${process.pid}.tmp`
      try {
        await writeFile(temporary, await bytesOf(stripped), { flag: "wx" })
        await rename(temporary, path)
      } finally {
        await rm(temporary, { force: true })
      }
      done++
      await write(isHuman ? `${file}\n` : `${JSON.stringify({ input: label, ok: true, file })}\n`)
    } catch (error) {
      if (io.stop.drain.aborted) return exitCodeOfSignal(io.stop.drain.reason)
      const failure = toOutcomeError(error)
      if (failure.tag === "Error") throw error
      failedCodes.add(exitCodeOfTag(failure.tag))
      if (isHuman) notice(`${label}: ${failure.message}`)
      else await write(`${JSON.stringify({ input: label, ok: false, error: failure })}\n`)
    }
  }
  const [code] = failedCodes
  notice(`${done} ${done === 1 ? "image" : "images"} written`)
  return code === undefined ? exitCode.success : done === 0 && failedCodes.size === 1 ? code : exitCode.partial
}
