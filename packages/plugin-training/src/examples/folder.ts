/** Examples from a folder with a sub-folder for each concept. */
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { type Example, type Examples, ExamplesUnreadable } from "./example.ts"

/** How a folder is read. */
export interface FolderOptions {
  /** False when a picture of one concept may show others too; else it is a negative example of all others. */
  readonly exclusive?: boolean
  /** Which files count, by the end of their names; pictures of the usual formats when absent. */
  readonly extensions?: ReadonlyArray<string>
}

/** An example that is a file. */
export interface FileExample extends Example {
  /** The file's path. */
  readonly input: string
  /** Its path from the folder on. */
  readonly name: string
}

/** Examples of a folder, with the concepts that its sub-folders name. */
export interface Folder extends AsyncIterable<FileExample> {
  /** The names of the sub-folders, sorted. Fails with `ExamplesUnreadable`. */
  readonly concepts: () => Promise<ReadonlyArray<string>>
}

/** Whether examples are those of a folder, whose names are known before its pictures are read. */
export const isFolder = (examples: Examples): examples is Folder =>
  "concepts" in examples && typeof examples.concepts === "function"

const pictures = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic"]

const unreadable = (path: string, cause: unknown): ExamplesUnreadable => {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
  const problem =
    code === "ENOENT"
      ? "there is no such folder"
      : code === "ENOTDIR"
        ? "it is a file, not a folder with a sub-folder for each concept"
        : code === "EACCES" || code === "EPERM"
          ? "no permission to read it"
          : "it could not be read"
  return new ExamplesUnreadable({ source: path, problem })
}

const list = async (path: string) => {
  try {
    const entries = await readdir(path, { withFileTypes: true })
    return entries.filter((entry) => !entry.name.startsWith(".")).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

/**
 * Examples from a folder that has a sub-folder for each concept: `photos/cat/1.jpg` is an example of `cat`.
 *
 * Read lazily, in the order of the names; it can be read again. Fails with `ExamplesUnreadable` when read, where the
 * folder is not there or has no sub-folders.
 */
export const folder = (path: string, { exclusive = true, extensions = pictures }: FolderOptions = {}): Folder => {
  const concepts = async () => {
    const found = (await list(path)).filter((entry) => entry.isDirectory()).map((entry) => entry.name)
    if (found.length === 0)
      throw new ExamplesUnreadable({
        source: path,
        problem: "it has no sub-folders; put the pictures of each concept into a folder with its name"
      })
    return found
  }
  return {
    concepts,
    async *[Symbol.asyncIterator]() {
      const all = await concepts()
      for (const concept of all)
        for (const entry of await list(join(path, concept))) {
          if (!entry.isFile() || !extensions.some((end) => entry.name.toLowerCase().endsWith(end))) continue
          const file = join(path, concept, entry.name)
          yield {
            input: file,
            name: join(concept, entry.name),
            concepts: [concept],
            ...(exclusive ? { notConcepts: all.filter((other) => other !== concept) } : {})
          }
        }
    }
  }
}
