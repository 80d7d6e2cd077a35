/** Examples from a folder with one sub-folder for each concept. */
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { file, type LocalFile } from "@sightline/core/plugin"
import { conceptName } from "./concept-name.ts"
import { type Example, type Examples, ExamplesUnreadable } from "./example.ts"

/** Options of {@link folder}. */
export interface FolderOptions {
  /** True: an image in one sub-folder is a negative example of all other concepts. @default true */
  readonly exclusive?: boolean
  /**
   * Which files are read, by the end of their names in lower case.
   *
   * @default [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic"]
   */
  readonly extensions?: ReadonlyArray<string>
}

/** An example from a file. */
export interface FileExample extends Example {
  readonly input: LocalFile
  /** Its path below the folder. */
  readonly name: string
}

/** The examples of a folder, with the concepts that its sub-folders name. */
export interface Folder extends AsyncIterable<FileExample> {
  /**
   * The names of the sub-folders in composed Unicode (NFC), sorted.
   *
   * @throws ExamplesUnreadable
   */
  readonly concepts: () => Promise<ReadonlyArray<string>>
}

/** True for examples whose concepts are known before the files are read. */
export const isFolder = (examples: Examples | undefined): examples is Folder =>
  examples !== undefined && "concepts" in examples && typeof examples.concepts === "function"

const imageExtensions = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic"]

const problems: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder",
  ENOTDIR: "it is a file, not a folder with a sub-folder for each concept",
  EACCES: "no permission to read it",
  EPERM: "no permission to read it"
}

const list = async (path: string) => {
  try {
    const entries = await readdir(path, { withFileTypes: true })
    return entries.filter((entry) => !entry.name.startsWith(".")).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  } catch (cause) {
    const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : ""
    throw new ExamplesUnreadable({ source: path, problem: problems[code] ?? "it could not be read" })
  }
}

const subFolders = async (path: string): Promise<ReadonlyArray<string>> => {
  const names = (await list(path)).filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  if (names.length > 0) return names
  const problem = "it has no sub-folders; put the images of each concept into a sub-folder with the concept's name"
  throw new ExamplesUnreadable({ source: path, problem })
}

const conceptsOf = (folders: ReadonlyArray<string>): ReadonlyArray<string> =>
  [...new Set(folders.map(conceptName))].toSorted()

/**
 * Examples from a folder that has one sub-folder for each concept: `photos/cat/1.jpg` is an example of `cat`.
 *
 * Read lazily, in the order of the names; can be read several times. Names in decomposed Unicode are composed, so that
 * a folder from a Mac has the same concepts as a program. Files and folders that start with a dot are skipped.
 *
 * @throws ExamplesUnreadable when it is read and the folder does not exist or has no sub-folders.
 */
export const folder = (
  path: string,
  { exclusive = true, extensions = imageExtensions }: FolderOptions = {}
): Folder => ({
  concepts: async () => conceptsOf(await subFolders(path)),
  async *[Symbol.asyncIterator]() {
    const folders = await subFolders(path)
    const all = conceptsOf(folders)
    for (const name of folders) {
      const concept = conceptName(name)
      for (const entry of await list(join(path, name))) {
        if (!entry.isFile() || !extensions.some((end) => entry.name.toLowerCase().endsWith(end))) continue
        yield {
          input: file(join(path, name, entry.name)),
          name: join(name, entry.name),
          concepts: [concept],
          ...(exclusive ? { notConcepts: all.filter((other) => other !== concept) } : {})
        }
      }
    }
  }
})
