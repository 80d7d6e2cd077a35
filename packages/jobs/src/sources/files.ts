/** Files of this machine as inputs: those of a folder, or that match a pattern. */
import { glob, readdir, stat } from "node:fs/promises"
import { join, resolve } from "node:path"
import { JobSourceFailed } from "../errors.ts"
import type { Reference } from "./reference.ts"
import { type JobSource, pagesOf } from "./source.ts"

const failed = (source: string, cause: unknown) =>
  new JobSourceFailed({ source, problem: cause instanceof Error ? cause.message : String(cause), cause })

const isGlob = (pattern: string): boolean => /[*?[\]{}]/.test(pattern)

const isMedium = (name: string): boolean => !name.split(/[\\/]/).some((part) => part.startsWith("."))

/** Files below a folder, in the order of their names. */
async function* walk(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true })
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".")) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* walk(path)
    else if (entry.isFile()) yield path
  }
}

/** Files that match, in the order of their paths: the order of the file system may change between two listings. */
const matching = async (pattern: string): Promise<ReadonlyArray<string>> => {
  const names: Array<string> = []
  for await (const name of glob(pattern)) if (isMedium(name)) names.push(name)
  const found: Array<string> = []
  for (const name of names.toSorted()) if ((await stat(name)).isFile()) found.push(resolve(name))
  return found
}

async function* references(pattern: string): AsyncGenerator<Reference> {
  for await (const path of isGlob(pattern) ? await matching(pattern) : walk(resolve(pattern))) yield { file: path }
}

/**
 * The files of a folder and of those below it, or those that match a pattern, in the order of their paths. Files that
 * start with a dot are left out. Workers read them by their absolute paths.
 *
 * @throws `JobSourceFailed` when the job is submitted and the folder cannot be read
 * @example files("photos"); files("photos/**\/*.jpg")
 */
export const files = (pattern: string): JobSource => {
  const described = resolve(pattern)
  return {
    description: { type: "files", pattern: described },
    pages: async function* () {
      try {
        yield* pagesOf(references(pattern))
      } catch (cause) {
        throw failed(pattern, cause)
      }
    }
  }
}
