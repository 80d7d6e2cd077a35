/** The folders that a confined process must be able to read: its own package, and those that it imports. */
import { existsSync, realpathSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join, sep } from "node:path"
import { fileURLToPath } from "node:url"

/** The outermost `node_modules` of a file; for a package of a workspace, its own folder. */
const folderOf = (file: string): string => {
  const installed = file.indexOf(`${sep}node_modules${sep}`)
  if (installed !== -1) return file.slice(0, installed + `${sep}node_modules`.length)
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder
    if (dirname(folder) === folder) return dirname(file)
  }
}

const resolveFrom = (base: string, name: string): string | undefined => {
  try {
    return createRequire(base).resolve(name)
  } catch {
    // A package without an entry for `require`: its manifest is enough.
    try {
      return createRequire(base).resolve(`${name}/package.json`)
    } catch {
      return undefined
    }
  }
}

/**
 * Folders with the code of a program: of the module `url`, and of packages that it imports, which need not be installed.
 *
 * @example codeFolders(import.meta.url, ["sharp"])
 */
export const codeFolders = (url: string | undefined, packages: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (url === undefined || !url.startsWith("file:")) return []
  const own = fileURLToPath(url)
  const files = [own, ...packages.flatMap((name) => resolveFrom(url, name) ?? [])]
  // Links are followed, but their own place must be readable too.
  return [...new Set(files.flatMap((file) => [folderOf(file), folderOf(realpathSync(file))]))]
}
