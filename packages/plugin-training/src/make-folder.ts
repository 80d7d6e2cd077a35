/** Making folders, and why the system refuses something. */
import { mkdir, stat } from "node:fs/promises"
import { dirname } from "node:path"

/** The system's name of a failure, such as `ENOENT`. */
export const codeOf = (cause: unknown): string | undefined =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined

/** Like `mkdir` with `recursive`, which never settles where the system refuses with "no such entry", as /proc does. */
export const makeFolder = async (folder: string): Promise<void> => {
  try {
    await stat(folder)
  } catch {
    if (dirname(folder) !== folder) await makeFolder(dirname(folder))
    await mkdir(folder).catch((cause: unknown) => {
      if (codeOf(cause) !== "EEXIST") throw cause // made by somebody else in between
    })
  }
}
