/** Lists files of this machine: one file, those below a folder, or those that match a pattern. */
// not `{ glob }`: a Node that has none would fail over that name before core can say which Node is needed
import fileSystem, { readdir, stat } from "node:fs/promises"
import { join, resolve, sep } from "node:path"

/** A file that was found. */
export interface FoundFile {
  /** The name as it was given, with what is below it. */
  readonly name: string
  /** The absolute path. */
  readonly path: string
  /** True if it was found in a folder, which may contain other files too. */
  readonly isInFolder: boolean
}

/** A folder cannot be read, or nothing is there. */
export class ListingFailed extends Error {
  /** The folder, file or pattern, as it was given. */
  readonly listed: string
  /** The code of the file system, such as `EACCES`; `ENOENT` where nothing is there; `NOMATCH` for a pattern without files. */
  readonly code: string
  constructor(listed: string, code: string, cause?: unknown) {
    super(`${listed} cannot be listed: ${code === "NOMATCH" ? "no file matches" : code}`, { cause })
    this.name = "ListingFailed"
    this.listed = listed
    this.code = code
  }
}

const codeOf = (cause: unknown): string =>
  typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "unknown error"

const isPattern = (name: string): boolean => /[*?[\]{}]/.test(name)

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() === true

/** Files below a folder in the order of their names. */
async function* walk(name: string, path: string): AsyncGenerator<FoundFile> {
  const entries = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
    throw new ListingFailed(name, codeOf(cause), cause)
  })
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".")) continue
    const below = name.endsWith(sep) || name.endsWith("/") ? name + entry.name : join(name, entry.name)
    const found = join(path, entry.name)
    if (entry.isDirectory()) yield* walk(below, found)
    else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(found))))
      yield { name: below, path: found, isInFolder: true }
  }
}

/** Files that match, in the order of their names: the order of a file system may change between two listings. */
async function* match(pattern: string, cwd: string): AsyncGenerator<FoundFile> {
  // on Windows a backslash separates folders; in a pattern it would escape
  const portable = sep === "\\" ? pattern.replaceAll("\\", "/") : pattern
  const names: Array<string> = []
  for await (const name of fileSystem.glob(portable, { cwd })) names.push(name)
  if (names.length === 0) throw new ListingFailed(pattern, "NOMATCH")
  for (const name of names.toSorted()) {
    const path = resolve(cwd, name)
    if (await isFile(path)) yield { name, path, isInFolder: false }
  }
}

/**
 * The files that a name stands for: itself, those of the folder and of those below it, or those that match a pattern, in
 * the order of their paths. Files and folders that start with a dot are left out unless the pattern names one. Links to
 * files are followed, links to folders are not.
 *
 * @throws ListingFailed while it is read
 */
export async function* listFiles(name: string, cwd: string): AsyncGenerator<FoundFile> {
  const path = resolve(cwd, name)
  const status = await stat(path).catch((cause: unknown) => codeOf(cause))
  if (typeof status !== "string") {
    if (status.isDirectory()) yield* walk(name, path)
    else yield { name, path, isInFolder: false }
    return
  }
  // a file may have a name that looks like a pattern
  if (!isPattern(name)) throw new ListingFailed(name, status)
  yield* match(name, cwd)
}
