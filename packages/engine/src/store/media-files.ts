/** Media files, named by the SHA-256 of their bytes: equal bytes are stored once, and no name of a caller is a path. */
import { createHash, randomUUID } from "node:crypto"
import { constants, existsSync, mkdirSync, readdirSync, statSync, unlinkSync } from "node:fs"
import { open, readFile, rename, unlink } from "node:fs/promises"
import { join } from "node:path"
import { nextTurn } from "../yield-to-event-loop.ts"

/** The bytes of a file are not those that its name promises. */
export class MediaDamaged extends Error {
  constructor() {
    super("the media file was changed or is damaged")
    this.name = "MediaDamaged"
  }
}

/** A file that was stored. It is not removed before `release`, which is called once its row is in the index. */
export interface StoredMedia {
  readonly hash: string
  readonly release: () => void
}

/** The media files of one engine folder. */
export interface MediaFiles {
  /** Stores bytes; resolves when the disk has them. */
  readonly put: (bytes: Uint8Array<ArrayBuffer>) => Promise<StoredMedia>
  /** The bytes of a medium. Rejects with `MediaDamaged`, or with the file system's error. */
  readonly read: (hash: string) => Promise<Uint8Array<ArrayBuffer>>
  /** Removes a file, unless it is being stored again. */
  readonly drop: (hash: string) => void
  /** The names of the sub-folders. */
  readonly shards: () => ReadonlyArray<string>
  /** The media in a sub-folder. */
  readonly names: (shard: string) => ReadonlyArray<string>
  /** Removes the unfinished files in a sub-folder that an earlier process left. */
  readonly dropUnfinished: (shard: string) => void
  /** True while a file is being stored. */
  readonly isHeld: (hash: string) => boolean
  /** When a file was created or last changed, in milliseconds since 1970. */
  readonly changedMs: (hash: string) => number
}

/** True for a hash that `put` returns: nothing else becomes a file name. */
export const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)

/** Bytes hashed in one turn of the event loop. */
const stepBytes = 8 << 20

const hashOf = async (bytes: Uint8Array): Promise<string> => {
  const hash = createHash("sha256")
  for (let at = 0; at < bytes.length; at += stepBytes) {
    if (at > 0) await nextTurn()
    hash.update(bytes.subarray(at, at + stepBytes))
  }
  return hash.digest("hex")
}

/** Reads a file without a copy of its bytes. */
const readBytes = async (file: string): Promise<Uint8Array<ArrayBuffer>> => {
  const { buffer, byteLength, byteOffset } = await readFile(file)
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** The names of the sub-folders. Anything else in the folder of media is not the engine's. */
const shardsIn = (root: string): ReadonlyArray<string> =>
  existsSync(root) && statSync(root).isDirectory()
    ? readdirSync(root, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && /^[0-9a-f]{2}$/.test(entry.name))
        .map(({ name }) => name)
    : []

/** The names of the files in a sub-folder. */
const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)

/** The media in a sub-folder. A file in another sub-folder than its name says is not the engine's. */
const mediaIn = (root: string, shard: string): ReadonlyArray<string> =>
  filesIn(join(root, shard)).filter((name) => isHash(name) && name.startsWith(shard))

/** True for the name of a file that is being written. */
const isDraft = (name: string): boolean => /^\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name)

/** True if the folder of an engine holds any media. */
export const hasMedia = (directory: string): boolean => {
  const root = join(directory, "media")
  return shardsIn(root).some((shard) => mediaIn(root, shard).length > 0)
}

/** An existing file is only relied on if it is whole: storing a damaged medium again repairs it. */
const isWhole = async (file: string, hash: string, size: number): Promise<boolean> =>
  existsSync(file) && statSync(file).size === size && (await hashOf(await readBytes(file))) === hash

/** Opens `<directory>/media`. Folders and files are created for their user only. */
export const openMedia = (directory: string): MediaFiles => {
  const root = join(directory, "media")
  const held = new Map<string, number>()
  const unfinished = new Set<string>()
  const hold = (hash: string): (() => void) => {
    held.set(hash, (held.get(hash) ?? 0) + 1)
    let released = false
    return () => {
      if (released) return
      released = true
      const left = (held.get(hash) ?? 1) - 1
      if (left === 0) held.delete(hash)
      else held.set(hash, left)
    }
  }
  const placeOf = (hash: string) => ({ folder: join(root, hash.slice(0, 2)), file: join(root, hash.slice(0, 2), hash) })
  const write = async (bytes: Uint8Array, folder: string, file: string): Promise<void> => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const name = `.${randomUUID()}`
    const draft = join(folder, name)
    unfinished.add(name)
    try {
      const handle = await open(draft, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600)
      try {
        await handle.writeFile(bytes)
        await handle.datasync()
      } finally {
        await handle.close()
      }
      await rename(draft, file)
      await syncFolder(folder)
    } catch (error) {
      await unlink(draft).catch(() => {}) // it may not exist
      throw error
    } finally {
      unfinished.delete(name)
    }
  }
  return {
    put: async (bytes) => {
      const hash = await hashOf(bytes)
      const release = hold(hash)
      const { file, folder } = placeOf(hash)
      try {
        if (!(await isWhole(file, hash, bytes.length))) await write(bytes, folder, file)
        return { hash, release }
      } catch (error) {
        release()
        throw error
      }
    },
    read: async (hash) => {
      if (!isHash(hash)) throw new Error("not a media hash")
      const bytes = await readBytes(placeOf(hash).file)
      if ((await hashOf(bytes)) !== hash) throw new MediaDamaged()
      return bytes
    },
    shards: () => shardsIn(root),
    names: (shard) => mediaIn(root, shard),
    dropUnfinished: (shard) => {
      for (const name of filesIn(join(root, shard)))
        if (isDraft(name) && !unfinished.has(name)) unlinkSync(join(root, shard, name))
    },
    drop: (hash) => {
      if (held.has(hash) || !isHash(hash)) return
      const { file } = placeOf(hash)
      if (existsSync(file)) unlinkSync(file)
    },
    isHeld: (hash) => held.has(hash),
    changedMs: (hash) => {
      const { ctimeMs, mtimeMs } = statSync(placeOf(hash).file)
      return Math.max(ctimeMs, mtimeMs)
    }
  }
}

/** Flushes a folder, so that a new name in it is durable. Some systems cannot open folders; there the rename must do. */
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
