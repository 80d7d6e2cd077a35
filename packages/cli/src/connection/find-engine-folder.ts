/** The engine's folder, found as git finds its own. */
import { statSync } from "node:fs"
import { dirname, join } from "node:path"

/** The name of the engine's folder. */
export const engineFolderName = ".sightline"

/** True for a folder that exists. */
export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** The nearest engine folder in `from` or above it; undefined if there is none. */
export const findEngineFolder = (from: string): string | undefined => {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, engineFolderName)
    if (isFolder(candidate)) return candidate
    if (dirname(folder) === folder) return undefined
  }
}
