/**
 * The folders that are open in this process. Engines on one folder share what is open, as after a hot reload, which makes a
 * new engine and never closes the old one.
 */
import { realpathSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import type { ManagedRuntime } from "effect/ManagedRuntime"
import { EngineFolderLocked, type EngineError } from "./errors.ts"
import type { Needs } from "./http/routes.ts"
import type { SettingsValue } from "./settings.ts"

/** What is open for a folder. */
export type EngineRuntime = ManagedRuntime<Needs, EngineError>

interface OpenFolder {
  readonly runtime: EngineRuntime
  /** The options that it was opened with, as text. */
  readonly options: string
  users: number
}

/** A hot reload may load this module again, so the folders are known to the whole thread. */
const folders: Map<string, OpenFolder> = ((globalThis as { [key: symbol]: Map<string, OpenFolder> | undefined })[
  Symbol.for("@sightline/engine/folders")
] ??= new Map())

/** The path without symbolic links, also of a folder that does not exist yet. */
const realPathOf = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return dirname(path) === path ? path : join(realPathOf(dirname(path)), basename(path))
  }
}

/** One name for each folder, whatever path it was given by. */
const nameOf = ({ directory, readOnly }: SettingsValue): string =>
  `${readOnly ? "read" : "write"} ${realPathOf(directory)}`

/** Options that only matter to requests, which bring their own. */
const optionsOf = ({ appId: _app, key: _key, userId: _user, ...shared }: SettingsValue): string =>
  JSON.stringify(shared)

/** A share of an open folder. */
export interface FolderShare {
  readonly runtime: EngineRuntime
  /** Gives the share back; the folder closes with the last one. */
  readonly release: () => Promise<void>
}

/** Opens a folder, or shares one that is open. Throws `EngineFolderLocked` if it is open with other options. */
export const shareFolder = (settings: SettingsValue, open: () => EngineRuntime): FolderShare => {
  const name = nameOf(settings)
  const options = optionsOf(settings)
  const found = folders.get(name)
  if (found !== undefined && found.options !== options)
    throw new EngineFolderLocked({ directory: settings.directory, pid: process.pid })
  const folder = found ?? { runtime: open(), options, users: 0 }
  folders.set(name, folder)
  folder.users++
  let released = false
  return {
    runtime: folder.runtime,
    release: async () => {
      if (released) return
      released = true
      folder.users--
      if (folder.users > 0) return
      if (folders.get(name) === folder) folders.delete(name)
      await folder.runtime.dispose()
    }
  }
}

/** Forgets a folder that could not be opened, so that the next call tries again. */
export const forgetFolder = async (runtime: EngineRuntime): Promise<void> => {
  for (const [name, folder] of folders) if (folder.runtime === runtime) folders.delete(name)
  await runtime.dispose()
}
