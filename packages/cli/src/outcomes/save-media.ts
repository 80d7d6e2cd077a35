/** Saves media that a model has generated. */
import { mkdirSync, writeFileSync } from "node:fs"
import { basename, extname, join, resolve } from "node:path"
import { CommandError } from "../command-line/command-error.ts"
import { exitCode } from "../command-line/exit-code.ts"
import type { SaveMedia } from "./plain-answer.ts"

const safeName = (label: string): string =>
  basename(label, extname(label))
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[.-]+|[.-]+$/g, "")
    .slice(0, 60) || "output"

/** Saves media of the n-th input into a folder, named after the input; without a folder, media stay in the answer. */
export const makeSaveMedia = (
  cwd: string,
  directory: string | undefined
): ((label: string, index: number) => SaveMedia) => {
  if (directory === undefined) return () => () => undefined
  const folder = resolve(cwd, directory)
  try {
    mkdirSync(folder, { recursive: true })
  } catch (cause) {
    throw new CommandError(
      `the folder ${directory} cannot be created (${String((cause as NodeJS.ErrnoException).code)})`,
      exitCode.input
    )
  }
  return (label, index) => {
    let count = 0
    return (bytes, extension) => {
      const name = `${String(index + 1).padStart(4, "0")}-${safeName(label)}${count === 0 ? "" : `-${count}`}.${extension}`
      count++
      writeFileSync(join(folder, name), bytes)
      return join(directory, name)
    }
  }
}
