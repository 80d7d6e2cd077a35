/** Changes a folder of models and its `models.lock` together, one change at a time, also from several processes. */
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { FileLocked, type FileLock, lockFile } from "@sightline/platform/file-lock"
import { type LockedModelValue, readLock, writeLock } from "./lock-file.ts"
import { notAdded } from "./model-not-added.ts"

/** A change is a rename and a small file, so that no process holds the lock for long. */
const longestWaitMs = 60_000
const pauseMs = 20

const waitForLock = async (folder: string, id: string): Promise<FileLock> => {
  for (let waited = 0; ; waited += pauseMs) {
    try {
      return lockFile(join(folder, ".adding.lock"))
    } catch (cause) {
      if (!(cause instanceof FileLocked)) throw cause
      if (waited >= longestWaitMs)
        throw notAdded(
          id,
          "disk",
          `process ${cause.owner.pid ?? "?"} keeps ${cause.file}; stop it, then run this again`
        )
    }
    await sleep(pauseMs)
  }
}

/** Runs a change with the current entries; it returns those that shall be written. */
export const updateLock = async (
  folder: string,
  id: string,
  change: (models: Readonly<Record<string, LockedModelValue>>) => Promise<Readonly<Record<string, LockedModelValue>>>
): Promise<void> => {
  const lock = await waitForLock(folder, id)
  try {
    await writeLock(folder, await change(await readLock(folder)))
  } finally {
    lock.release()
  }
}
