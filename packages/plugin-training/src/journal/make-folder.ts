/** Creates folders, and files that only their owner can read. */
import { type FileHandle, mkdir, open, stat } from "node:fs/promises"
import { dirname } from "node:path"

/** The mode of folders and files that only their owner can read. */
export const privateMode = { folder: 0o700, file: 0o600 } as const

/** The system's code of an error, such as `ENOENT`; undefined for other errors. */
export const errorCodeOf = (cause: unknown): string | undefined =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined

/**
 * Creates a folder and its parents; those that exist keep their mode. Unlike `mkdir` with `recursive`, which never
 * settles below `/proc`, it rejects where the system refuses with `ENOENT`.
 */
export const makeFolder = async (folder: string, mode = 0o777): Promise<void> => {
  try {
    await stat(folder)
  } catch {
    if (dirname(folder) !== folder) await makeFolder(dirname(folder), mode)
    await mkdir(folder, { mode }).catch((cause: unknown) => {
      if (errorCodeOf(cause) !== "EEXIST") throw cause // another process created it in the meantime
    })
  }
}

/** Opens a file for appending, mode 0600; narrows the mode of a file that others could read. */
export const openPrivateFile = async (path: string): Promise<FileHandle> => {
  const file = await open(path, "a", privateMode.file)
  try {
    const { mode } = await file.stat()
    if ((mode & 0o077) !== 0) await file.chmod(privateMode.file)
    return file
  } catch (cause) {
    await file.close()
    throw cause
  }
}
