/** One process owns an engine folder. */
import { FileLocked, lockFile } from "@sightline/platform/file-lock"
import { join } from "node:path"
import { EngineFolderLocked } from "../errors.ts"

/** Takes a folder and returns what releases it. Throws `EngineFolderLocked`, or what the file system throws. */
export const lockFolder = (directory: string): (() => void) => {
  try {
    return lockFile(join(directory, "lock.sqlite"), { ownerFile: join(directory, "owner.json") }).release
  } catch (cause) {
    throw cause instanceof FileLocked ? new EngineFolderLocked({ directory, pid: cause.owner.pid ?? 0 }) : cause
  }
}
