/** Media on disk, named by what they hold (SHA-256), so equal bytes are stored once and a name is never a path. */
import { createHash } from "node:crypto"
import { constants, existsSync, mkdirSync, readdirSync, unlinkSync } from "node:fs"
import { open, readFile, rename } from "node:fs/promises"
import { randomUUID } from "node:crypto"
import { join } from "node:path"

/** The files of one engine folder. */
export interface MediaFiles {
  /** Writes the bytes and waits until the disk has them; gives their hash. `release` when the row that names it is in. */
  readonly put: (bytes: Uint8Array) => Promise<{ readonly hash: string; readonly release: () => void }>
  /** The bytes; rejects when they are not there. */
  readonly read: (hash: string) => Promise<Uint8Array<ArrayBuffer>>
  /** Removes a file that no row names any more, unless somebody is just adding it again. */
  readonly drop: (hash: string) => void
  /** The sub-folders there are. */
  readonly shards: () => ReadonlyArray<string>
  /** The media in one of them; drafts that an earlier process left are removed on the way. */
  readonly names: (shard: string) => ReadonlyArray<string>
}

/** True for what `put` gives: nothing else may become a file name. */
export const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)

/** Opens (and makes) `<directory>/media`. */
export const openMedia = (directory: string): MediaFiles => {
  const root = join(directory, "media")
  const held = new Map<string, number>()
  const drafts = new Set<string>()
  const hold = (hash: string): (() => void) => {
    held.set(hash, (held.get(hash) ?? 0) + 1)
    return () => {
      const left = (held.get(hash) ?? 1) - 1
      if (left === 0) held.delete(hash)
      else held.set(hash, left)
    }
  }
  const place = (hash: string) => ({ folder: join(root, hash.slice(0, 2)), file: join(root, hash.slice(0, 2), hash) })
  return {
    put: async (bytes) => {
      const hash = createHash("sha256").update(bytes).digest("hex")
      const release = hold(hash)
      const { file, folder } = place(hash)
      if (existsSync(file)) return { hash, release }
      try {
        mkdirSync(folder, { recursive: true })
        const name = `.${randomUUID()}`
        const draft = join(folder, name)
        drafts.add(name)
        const handle = await open(draft, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600)
        try {
          await handle.writeFile(bytes)
          await handle.datasync()
        } finally {
          await handle.close()
        }
        await rename(draft, file)
        drafts.delete(name)
        await syncFolder(folder)
        return { hash, release }
      } catch (error) {
        release()
        throw error
      }
    },
    read: async (hash) => {
      if (!isHash(hash)) throw new Error("not a media hash")
      return new Uint8Array(await readFile(place(hash).file))
    },
    shards: () => (existsSync(root) ? readdirSync(root).filter((name) => /^[0-9a-f]{2}$/.test(name)) : []),
    names: (shard) => {
      const names = readdirSync(join(root, shard))
      for (const name of names) if (name.startsWith(".") && !drafts.has(name)) unlinkSync(join(root, shard, name))
      return names.filter(isHash)
    },
    drop: (hash) => {
      if (held.has(hash) || !isHash(hash)) return
      const { file } = place(hash)
      if (existsSync(file)) unlinkSync(file)
    }
  }
}

/** Makes the new name itself durable. Not every system lets a folder be opened; there the rename must do. */
const syncFolder = async (folder: string): Promise<void> => {
  try {
    const handle = await open(folder, "r")
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (process.platform !== "win32") throw error
  }
}
