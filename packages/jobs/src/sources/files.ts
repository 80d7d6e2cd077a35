/** Files of this machine as inputs: those of a folder, or that match a pattern. */
import { listFiles } from "@sightline/platform/list-files"
import { kindOf } from "@sightline/platform/media-kind"
import { resolve } from "node:path"
import { JobSourceFailed } from "../errors.ts"
import type { Reference } from "./reference.ts"
import { type JobSource, pagesOf } from "./source.ts"

async function* references(pattern: string): AsyncGenerator<Reference> {
  for await (const { isInFolder, path } of listFiles(pattern, process.cwd())) {
    const kind = kindOf(path)
    if (kind === undefined && isInFolder) continue
    yield kind === undefined || kind === "image" ? { file: path } : { file: path, kind }
  }
}

/**
 * A file, the files of a folder and of those below it, or those that match a pattern, in the order of their paths. Their
 * kind is that of their extension; in folders, files with other extensions are left out, as are those that start with a
 * dot. Workers read them by their absolute paths.
 *
 * @throws `JobSourceFailed` when the job is submitted: a folder cannot be read, or nothing is there
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
        throw new JobSourceFailed({
          source: pattern,
          problem: cause instanceof Error ? cause.message : String(cause),
          cause
        })
      }
    }
  }
}
