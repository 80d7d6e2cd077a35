/** `models.lock` in a folder of models: where each added model came from, and the hash of each of its files. */
import { readdir, readFile, rename, writeFile } from "node:fs/promises"
import { join, relative, sep } from "node:path"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { hashFile } from "./integrity.ts"
import { notAdded } from "./model-not-added.ts"

const LockedModel = Schema.Struct({
  /** As it was asked for. */
  source: Schema.String,
  /** As it was found: a version, a commit. */
  resolved: Schema.String,
  /** The hash of a tarball or file that was fetched in one piece. */
  integrity: Schema.optionalKey(Schema.String),
  license: Schema.optionalKey(Schema.String),
  addedAt: Schema.String,
  sizeBytes: Schema.Number,
  /** The hash of each file, by its path in the model's folder. */
  files: Schema.Record(Schema.String, Schema.String)
})

const Lock = Schema.Struct({ version: Schema.Literal(1), models: Schema.Record(Schema.String, LockedModel) })

/** A model in `models.lock`. */
export type LockedModelValue = typeof LockedModel.Type

const decodeLock = Schema.decodeUnknownResult(Schema.fromJsonString(Lock))
const fileName = "models.lock"

/** All models that were added, by id. A folder without the file has none. Throws `ModelNotAdded` for an unreadable file. */
export const readLock = async (folder: string): Promise<Readonly<Record<string, LockedModelValue>>> => {
  const text = await readFile(join(folder, fileName), "utf8").catch(() => undefined)
  if (text === undefined) return {}
  const decoded = decodeLock(text)
  if (Result.isSuccess(decoded)) return decoded.success.models
  throw notAdded(
    fileName,
    "manifest",
    `${join(folder, fileName)} cannot be read; restore it, or delete it to add models again`
  )
}

/** Replaces the file at once, so that a crash leaves the old or the new one. */
export const writeLock = async (folder: string, models: Readonly<Record<string, LockedModelValue>>): Promise<void> => {
  const temporary = join(folder, `.${fileName}-${process.pid}`)
  await writeFile(temporary, `${JSON.stringify({ version: 1, models }, undefined, 2)}\n`, { mode: 0o600 })
  await rename(temporary, join(folder, fileName))
}

/** The hash of each file of a folder. */
export const hashFolder = async (folder: string): Promise<Readonly<Record<string, string>>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const hashes: Record<string, string> = {}
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    hashes[relative(folder, path).split(sep).join("/")] = await hashFile(path)
  }
  return hashes
}

/** The first file of an added model that is missing or differs; undefined if all are as they were added, or it was not added. */
export const changedFile = async (folder: string, id: string): Promise<string | undefined> => {
  const locked = (await readLock(folder))[id]
  if (locked === undefined) return undefined
  for (const [path, hash] of Object.entries(locked.files)) {
    const found = await hashFile(join(folder, id, path)).catch(() => undefined)
    if (found !== hash) return path
  }
  return undefined
}
